/// The resources of Amazon API Gateway V2 (`apigatewayv2`, 2018-11-29), named and spelled as on the wire.
///
/// One struct is wire body, stored document and compiler input. A member that is nil is absent on the wire.
package enum V2 {}
