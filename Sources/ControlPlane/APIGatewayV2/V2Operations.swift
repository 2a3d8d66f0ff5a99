/// The operations of API Gateway V2 (`apigatewayv2`, 2018-11-29). Each resource's list stands in the resource's file.
///
/// Statuses are botocore's; where the service itself answers another one, the operation's reply says so.
enum V2Operations {}
