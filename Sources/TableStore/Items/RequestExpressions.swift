/// The expressions of one request or action, and the names and values that they share; or, in their place, the
/// parameters that DynamoDB had before expressions.
///
/// The expressions are parsed in the order of the calls; `finish` comes last and refuses what none of them used.
struct RequestExpressions {
    private let request: RequestMembers
    private let legacy: [String]
    private let layer: WireLayer
    private var scope: ExpressionScope

    /// - Parameters:
    ///   - expressions: the members of this operation that are expressions, in the order in which messages list them.
    ///   - legacy: its members from before there were expressions; a request has one kind or the other.
    init(
        _ request: RequestMembers, _ expressions: [StaticString], legacy: [StaticString], layer: WireLayer
    ) throws(TableError) {
        self.request = request
        self.legacy = legacy.map(\.description)
        self.layer = layer
        let given = expressions.filter { request.range($0) != nil }
        // KeyConditions stands beside a filter or projection that is an expression; only a KeyConditionExpression takes
        // its place.
        let mayStay = request.range("KeyConditionExpression") == nil ? "KeyConditions" : ""
        let older = legacy.filter { request.range($0) != nil && $0.description != mayStay }
        if !given.isEmpty, !older.isEmpty {
            throw .validation(
                "Can not use both expression and non-expression parameters in the same request: "
                    + "Non-expression parameters: {\(Self.list(older, ", "))} "
                    + "Expression parameters: {\(Self.list(given, ", "))}")
        }
        // An operation that only projects has no values at all.
        let valued = expressions.filter { $0.description != "ProjectionExpression" }
        if request.range("ExpressionAttributeNames") != nil, given.isEmpty {
            throw .validation("ExpressionAttributeNames can only be specified when using expressions")
        }
        if !valued.isEmpty, request.range("ExpressionAttributeValues") != nil,
            !valued.contains(where: { request.range($0) != nil })
        {
            let missing = Self.list(valued, " and ") + (valued.count == 1 ? " is null" : " are null")
            throw .validation(
                "ExpressionAttributeValues can only be specified when using expressions"
                    + (layer == .older ? ": \(missing)" : ""))
        }
        scope = try ExpressionScope(request, takesValues: !valued.isEmpty, layer: layer)
    }

    mutating func condition() throws(TableError) -> ConditionExpression? {
        if let text = try request.string("ConditionExpression") {
            return try ConditionExpression(text, kind: .condition, scope: &scope)
        }
        return takes("Expected") ? try ConditionExpression(expectedOf: request, layer) : nil
    }

    mutating func filter() throws(TableError) -> ConditionExpression? {
        if let text = try request.string("FilterExpression") {
            return try ConditionExpression(text, kind: .filter, scope: &scope)
        }
        if takes("QueryFilter") { return try ConditionExpression(filter: "QueryFilter", of: request, layer) }
        return takes("ScanFilter") ? try ConditionExpression(filter: "ScanFilter", of: request, layer) : nil
    }

    mutating func projection() throws(TableError) -> ProjectionExpression? {
        if let text = try request.string("ProjectionExpression") {
            return try ProjectionExpression(text, scope: &scope)
        }
        return takes("AttributesToGet") ? try ProjectionExpression(attributesToGetOf: request) : nil
    }

    mutating func update() throws(TableError) -> UpdateExpression? {
        if let text = try request.string("UpdateExpression") { return try UpdateExpression(text, scope: &scope) }
        return takes("AttributeUpdates") ? try UpdateExpression(attributeUpdatesOf: request, layer) : nil
    }

    mutating func keyCondition() throws(TableError) -> KeyConditionExpression? {
        if let text = try request.string("KeyConditionExpression") {
            return try KeyConditionExpression(text, scope: &scope)
        }
        return takes("KeyConditions") ? try KeyConditionExpression(keyConditionsOf: request, layer) : nil
    }

    func finish() throws(TableError) { try scope.checkAllUsed() }

    private func takes(_ parameter: String) -> Bool { legacy.contains(parameter) }

    private static func list(_ members: [StaticString], _ separator: String) -> String {
        members.map(\.description).joined(separator: separator)
    }
}

extension TableError {
    /// Runs checks of values and expressions. PutItem, UpdateItem and DeleteItem are of the newer validation layer, which
    /// puts what is wrong in an envelope; as actions of a transaction they are not.
    static func enveloping<Result>(
        _ layer: WireLayer, _ checks: () throws(TableError) -> Result
    ) throws(TableError) -> Result {
        do { return try checks() } catch { throw layer == .current ? error.inEnvelope : error }
    }
}
