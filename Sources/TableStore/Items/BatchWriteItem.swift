/// BatchWriteItem: up to 25 puts and deletes in several tables, without conditions.
///
/// DynamoDB may leave some undone; here all of them are made at once, or, when the request is refused, none.
struct BatchWriteItem: TableWrite {
    private struct TableWrites {
        let tableName: String
        let writes: [Write]
    }

    private enum Write: Sendable {
        case put(Item, document: [UInt8])
        case delete(key: Item)
    }

    private let tables: [TableWrites]
    private let reports: WriteReports

    init(_ request: RequestMembers) throws(TableError) {
        var constraints = Constraints()
        reports = try WriteReports(request, &constraints)
        let entries = try request.members("RequestItems")?.all
        guard let entries else {
            constraints.violate("requestItems", value: nil, "not be null")
            try constraints.check()
            throw Self.itemsRequired
        }
        try constraints.check()
        guard !entries.isEmpty else { throw Self.itemsRequired }
        var requests: [(table: String, elements: [Range<Int>])] = []
        for entry in entries {
            try RequestMembers.checkTableName(entry.name, "requestItems.\(entry.name).member")
            let elements = try RequestMembers.elements(request.body, entry.range)
            guard (1...ItemLimits.batchWriteRequests).contains(elements.count) else {
                throw Self.wrongCount(elements.isEmpty ? "{\(entry.name)=[]}" : "{\(entry.name)=[...]}")
            }
            requests.append((entry.name, elements))
        }
        guard requests.reduce(0, { $0 + $1.elements.count }) <= ItemLimits.batchWriteRequests else {
            throw .validation("Too many items requested for the BatchWriteItem call")
        }
        var tables: [TableWrites] = []
        for (table, elements) in requests {
            var writes: [Write] = []
            for element in elements { writes.append(try Self.write(try RequestMembers(request.body, in: element))) }
            tables.append(TableWrites(tableName: table, writes: writes))
        }
        self.tables = tables
    }

    private static func write(_ request: RequestMembers) throws(TableError) -> Write {
        let put = try request.members("PutRequest")
        let delete = try request.members("DeleteRequest")
        var constraints = Constraints()
        switch (put, delete) {
        case (let put?, nil):
            let range = constraints.required("Item", of: put)
            try constraints.check()
            guard let range else { break }
            let item = try Item(parsing: request.body, at: range, layer: .older)
            return .put(item, document: item.text)
        case (nil, let delete?):
            let range = constraints.required("Key", of: delete)
            try constraints.check()
            guard let range else { break }
            return .delete(key: try Item(parsing: request.body, at: range, layer: .older))
        case (.some, .some):
            throw .validation(
                "Supplied AttributeValue has more than one datatypes set, "
                    + "must contain exactly one of the supported datatypes")
        case (nil, nil): break
        }
        throw .validation(
            "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes")
    }

    func run(in transaction: WriteTransaction) throws(TableError) -> [UInt8] {
        var decided: [(table: TableDefinition, key: ItemKey, outcome: ItemChange.Outcome)] = []
        // A table may be named by its name and by its ARN.
        var seen: [Int: Set<ItemKey>] = [:]
        for writes in tables {
            let table = try transaction.table(named: writes.tableName)
            for write in writes.writes {
                let (key, outcome) = try Self.decide(write, table)
                guard seen[table.id, default: []].insert(key).inserted else { throw .duplicateKeys }
                decided.append((table, key, outcome))
            }
        }
        var changes: [ItemChange] = []
        for (table, key, outcome) in decided {
            let stored = try transaction.item(table, key)
            let change = ItemChange(table: table, key: key, stored: stored, outcome: outcome)
            try change.apply(in: transaction)
            changes.append(change)
        }
        var body = ResponseBody()
        body.member("UnprocessedItems")
        body.append("{}".utf8)
        try reports.write(changes, isTransaction: false, to: &body)
        return body.finished()
    }

    private static func decide(
        _ write: Write, _ table: TableDefinition
    ) throws(TableError) -> (ItemKey, ItemChange.Outcome) {
        switch write {
        case .put(let item, let document):
            let key: ItemKey
            // Unlike PutItem, the batch words a wrong key as a mismatch with the schema.
            do { key = try table.key(of: item) } catch { throw error.inKey }
            try table.checkIndexKeys(item)
            guard item.size <= ItemLimits.itemSize else { throw .itemTooLarge }
            return (key, .put(item, document: document))
        case .delete(let item):
            do { return (try table.key(ofKey: item), .delete) } catch { throw error.inKey }
        }
    }

    private static let itemsRequired = TableError.validation(
        "The requestItems parameter is required for BatchWriteItem")

    /// DynamoDB prints all requests as the value; the name of the table says as much.
    private static func wrongCount(_ shown: String) -> TableError {
        .enveloped(
            "Value '\(shown)' at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: "
                + "[Member must have length less than or equal to \(ItemLimits.batchWriteRequests), "
                + "Member must have length greater than or equal to 1]")
    }
}
