/// A ConditionExpression or FilterExpression: parsed once for a request, evaluated for every item.
struct ConditionExpression: Sendable {
    let condition: Condition

    init(_ text: String, kind: ExpressionKind, scope: inout ExpressionScope) throws(TableError) {
        condition = try Condition(text, kind, &scope)
    }

    /// - Parameter item: nil when there is none; that is as an item without attributes.
    func matches(_ item: Item?, _ budget: inout EvaluationBudget) throws(TableError) -> Bool {
        try condition.holds(for: item ?? Item(), &budget)
    }

    var paths: [DocumentPath] { condition.paths }
}

extension Condition {
    init(_ text: String, _ kind: ExpressionKind, _ scope: inout ExpressionScope) throws(TableError) {
        var parser = try ExpressionParser(text, kind: kind)
        let written = try parser.condition()
        guard !parser.hasRedundantParentheses else { throw kind.fault("The expression has redundant parentheses;") }
        try written.checkFunctions(kind)
        try written.checkWords(kind)
        self = try ConditionResolver(kind: kind).condition(written, &scope)
    }
}
