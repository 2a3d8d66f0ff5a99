/// What PutItem and DeleteItem ask for: their requests differ only in the name of the member that says which item.
struct ItemWriteRequest {
    let tableName: String
    /// The whole item, or its key.
    let item: Item
    let condition: WriteCondition
    private let returnValues: ReturnValues
    private let reports: WriteReports

    /// An operation of its own; or, where `path` says where it stands, an action of TransactWriteItems.
    init(_ request: RequestMembers, _ member: StaticString, at path: String = "") throws(TableError) {
        let layer: WireLayer = path.isEmpty ? .current : .older
        tableName = try request.tableName(at: path)
        var constraints = Constraints(at: path)
        let range = constraints.required(member, of: request)
        let wanted = try constraints.choice("ReturnValues", of: request, absent: ReturnValues.none)
        reports = try WriteReports(request, &constraints)
        let onFailure: ReturnValuesOnConditionCheckFailure = try constraints.choice(
            "ReturnValuesOnConditionCheckFailure", of: request, absent: .none)
        try constraints.check()
        returnValues = wanted
        (item, condition) = try TableError.enveloping(layer) { () throws(TableError) in
            var expressions = try RequestExpressions(
                request, ["ConditionExpression"], legacy: path.isEmpty ? ["Expected", "ConditionalOperator"] : [],
                layer: layer)
            let item = try range.map { range throws(TableError) in
                try Item(parsing: request.body, at: range, layer: layer)
            }
            try wanted.checkIsOldOrNone()
            let expression = try expressions.condition()
            try expressions.finish()
            return (item ?? Item(), WriteCondition(expression: expression, onFailure: onFailure))
        }
    }

    /// The operation's answer: what the item was, if that was asked for, and the reports.
    func answer(to change: ItemChange) throws(TableError) -> [UInt8] {
        var body = ResponseBody()
        if returnValues == .allOld, let stored = change.stored {
            body.member("Attributes")
            body.append(stored)
        }
        try reports.write(change, to: &body)
        return body.finished()
    }
}
