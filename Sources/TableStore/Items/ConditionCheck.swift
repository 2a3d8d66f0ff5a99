/// The ConditionCheck action of TransactWriteItems: it only looks at an item.
struct ConditionCheck: ItemWrite {
    let tableName: String
    let condition: WriteCondition
    private let key: Item

    init(action request: RequestMembers, at path: String) throws(TableError) {
        tableName = try request.tableName(at: path)
        var constraints = Constraints(at: path)
        let range = constraints.required("Key", of: request)
        _ = constraints.required("ConditionExpression", of: request)
        let onFailure: ReturnValuesOnConditionCheckFailure = try constraints.choice(
            "ReturnValuesOnConditionCheckFailure", of: request, absent: .none)
        try constraints.check()
        var expressions = try RequestExpressions(request, ["ConditionExpression"], legacy: [], layer: .older)
        key =
            try range.map { range throws(TableError) in
                try Item(parsing: request.body, at: range, layer: .older)
            } ?? Item()
        condition = WriteCondition(expression: try expressions.condition(), onFailure: onFailure)
        try expressions.finish()
    }

    func key(in table: TableDefinition) throws(KeyFault) -> ItemKey { try table.key(ofKey: key) }

    func outcome(for old: Item?, in table: TableDefinition) throws(TableError) -> ItemChange.Outcome { .keep }
}
