/// PutItem: creates an item or replaces it as a whole. Also the Put action of TransactWriteItems.
struct PutItem: ItemWrite, TableWrite {
    let tableName: String
    let condition: WriteCondition
    private let item: Item
    private let document: [UInt8]
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
        let range = constraints.required("Item", of: request)
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
        document = item.text
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

    func key(in table: TableDefinition) throws(KeyFault) -> ItemKey { try table.key(of: item) }

    func error(of fault: KeyFault) -> TableError { fault.inItem }

    func check(in table: TableDefinition) throws(TableError) {
        try table.checkIndexKeys(item)
        guard item.size <= ItemLimits.itemSize else { throw .itemTooLarge }
    }

    func outcome(for old: Item?, in table: TableDefinition) throws(TableError) -> ItemChange.Outcome {
        .put(item, document: document)
    }
}

extension PutItem {
    /// Bytes of the item, which transactions add up and refuse at once when it is too large.
    var size: Int { item.size }
}

extension ReturnValues {
    func checkIsOldOrNone() throws(TableError) {
        guard self == .none || self == .allOld else {
            throw .validation("ReturnValues can only be ALL_OLD or NONE")
        }
    }
}

extension TableError {
    static let itemTooLarge = validation("Item size has exceeded the maximum allowed size")
    static let updateTooLarge = validation("Item size to update has exceeded the maximum allowed size")
}
