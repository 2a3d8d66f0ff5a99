/// Which parameter an expression came in; its faults name it.
enum ExpressionKind: String, Sendable {
    case condition = "ConditionExpression"
    case filter = "FilterExpression"
    case projection = "ProjectionExpression"
    case update = "UpdateExpression"
    case keyCondition = "KeyConditionExpression"

    func fault(_ message: String) -> TableError { .validation("Invalid \(rawValue): \(message)") }
}
