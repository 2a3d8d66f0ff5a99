@testable import TableStore

extension ConditionExpression {
    func matches(_ item: Item?) throws(TableError) -> Bool {
        var budget = EvaluationBudget()
        return try matches(item, &budget)
    }
}

/// The names and values of a request.
func scope(
    names: String? = nil, values: String? = nil, takesValues: Bool = true, _ layer: WireLayer = .current
) throws(TableError) -> ExpressionScope {
    let members = [
        names.map { "'ExpressionAttributeNames':\($0)" }, values.map { "'ExpressionAttributeValues':\($0)" },
    ]
    let request = try RequestMembers(json("{\(members.compactMap { $0 }.joined(separator: ","))}"))
    return try ExpressionScope(request, takesValues: takesValues, layer: layer)
}

func condition(
    _ text: String, kind: ExpressionKind = .condition, names: String? = nil, values: String? = nil
) throws(TableError) -> ConditionExpression {
    var scope = try scope(names: names, values: values)
    return try ConditionExpression(text, kind: kind, scope: &scope)
}

func projection(_ text: String, names: String? = nil) throws(TableError) -> ProjectionExpression {
    var scope = try scope(names: names)
    return try ProjectionExpression(text, scope: &scope)
}

func update(_ text: String, names: String? = nil, values: String? = nil) throws(TableError) -> UpdateExpression {
    var scope = try scope(names: names, values: values)
    return try UpdateExpression(text, scope: &scope)
}

func keyCondition(
    _ text: String, names: String? = nil, values: String? = nil
) throws(TableError) -> KeyConditionExpression {
    var scope = try scope(names: names, values: values)
    return try KeyConditionExpression(text, scope: &scope)
}
