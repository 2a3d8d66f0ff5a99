/// PutItem: creates an item or replaces it as a whole. Also the Put action of TransactWriteItems.
struct PutItem: ItemWrite, TableWrite {
    private let request: ItemWriteRequest
    private let document: [UInt8]

    init(_ request: RequestMembers) throws(TableError) { try self.init(action: request, at: "") }

    init(action request: RequestMembers, at path: String) throws(TableError) {
        self.request = try ItemWriteRequest(request, "Item", at: path)
        document = self.request.item.text
    }

    var tableName: String { request.tableName }
    var condition: WriteCondition { request.condition }
    private var item: Item { request.item }

    func run(in transaction: WriteTransaction) throws(TableError) -> [UInt8] {
        try request.answer(to: try perform(in: transaction))
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
