/// DeleteItem: deletes an item, if there is one. Also the Delete action of TransactWriteItems.
struct DeleteItem: ItemWrite, TableWrite {
    let tableName: String
    let condition: WriteCondition
    private let key: Item
    private let returnValues: ReturnValues
    private let reports: WriteReports

    init(_ request: RequestMembers) throws(TableError) {
        try self.init(request, layer: .current, at: "")
    }

    init(action request: RequestMembers, at path: String) throws(TableError) {
        try self.init(request, layer: .older, at: path)
    }

    private init(_ request: RequestMembers, layer: WireLayer, at path: String) throws(TableError) {
        tableName = try request.tableName(at: path)
        var constraints = Constraints(at: path)
        let range = constraints.required("Key", of: request)
        let wanted = try constraints.choice("ReturnValues", of: request, absent: ReturnValues.none)
        reports = try WriteReports(request, &constraints)
        let onFailure: ReturnValuesOnConditionCheckFailure = try constraints.choice(
            "ReturnValuesOnConditionCheckFailure", of: request, absent: .none)
        try constraints.check()
        returnValues = wanted
        (key, condition) = try TableError.enveloping(layer) { () throws(TableError) in
            var expressions = try RequestExpressions(
                request, ["ConditionExpression"], legacy: path.isEmpty ? ["Expected", "ConditionalOperator"] : [],
                layer: layer)
            let key = try range.map { range throws(TableError) in
                try Item(parsing: request.body, at: range, layer: layer)
            }
            try wanted.checkIsOldOrNone()
            let expression = try expressions.condition()
            try expressions.finish()
            return (key ?? Item(), WriteCondition(expression: expression, onFailure: onFailure))
        }
    }

    func run(in transaction: WriteTransaction) throws(TableError) -> [UInt8] {
        let change = try perform(in: transaction)
        var body = ResponseBody()
        if returnValues == .allOld, let stored = change.stored {
            body.member("Attributes")
            body.append(stored)
        }
        try reports.write(change, to: &body)
        return body.finished()
    }

    func key(in table: TableDefinition) throws(KeyFault) -> ItemKey { try table.key(ofKey: key) }

    func outcome(for old: Item?, in table: TableDefinition) throws(TableError) -> ItemChange.Outcome { .delete }
}
