/// The operations of AWS Lambda (2015-03-31), by resource; each list stands in the file of its resource.
enum LambdaOperations {
    /// Source: botocore `service-2.json`; every path carries the date of the model in which it first appeared.
    static let function = "/2015-03-31/functions/{FunctionName}"
}
