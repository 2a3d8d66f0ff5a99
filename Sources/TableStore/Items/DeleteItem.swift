/// DeleteItem: deletes an item, if there is one. Also the Delete action of TransactWriteItems.
struct DeleteItem: ItemWrite, TableWrite {
    private let request: ItemWriteRequest

    init(_ request: RequestMembers) throws(TableError) { try self.init(action: request, at: "") }

    init(action request: RequestMembers, at path: String) throws(TableError) {
        self.request = try ItemWriteRequest(request, "Key", at: path)
    }

    var tableName: String { request.tableName }
    var condition: WriteCondition { request.condition }

    func run(in transaction: WriteTransaction) throws(TableError) -> [UInt8] {
        try request.answer(to: try perform(in: transaction))
    }

    func key(in table: TableDefinition) throws(KeyFault) -> ItemKey { try table.key(ofKey: request.item) }

    func outcome(for old: Item?, in table: TableDefinition) throws(TableError) -> ItemChange.Outcome { .delete }
}
