/// What one write makes of one item, decided but not yet made.
struct ItemChange: Sendable {
    enum Outcome: Sendable {
        case put(Item, document: [UInt8])
        case delete
        /// A condition check changes nothing, nor does an update that only removes where there is no item.
        case keep

        static func put(_ item: Item) -> Outcome { .put(item, document: item.text) }
    }

    let table: TableDefinition
    let key: ItemKey
    /// The item's document before, when there was one.
    let stored: [UInt8]?
    let outcome: Outcome

    func apply(in transaction: WriteTransaction) throws(TableError) {
        switch outcome {
        case .put(let item, let document): try transaction.put(item, document: document, table, key)
        case .delete: if stored != nil { try transaction.delete(table, key) }
        case .keep: break
        }
    }

    /// The item before; read from its document, which most writes do not need.
    func old() throws(TableError) -> Item? { try Item(stored: stored) }

    func new() throws(TableError) -> Item? {
        switch outcome {
        case .put(let item, _): item
        case .delete: nil
        case .keep: try old()
        }
    }
}

extension Item {
    /// The item of a document, when there is one.
    init?(stored document: [UInt8]?) throws(TableError) {
        guard let document else { return nil }
        try self.init(stored: document)
    }
}
