/// What a write reports beside its result: ReturnConsumedCapacity and ReturnItemCollectionMetrics.
struct WriteReports: Sendable {
    let capacity: ReturnConsumedCapacity
    let metrics: ReturnItemCollectionMetrics

    init(_ request: RequestMembers, _ constraints: inout Constraints) throws(TableError) {
        capacity = try constraints.choice("ReturnConsumedCapacity", of: request, absent: .none)
        metrics = try constraints.choice("ReturnItemCollectionMetrics", of: request, absent: .none)
    }

    /// Writes the members for one item.
    func write(_ change: ItemChange, to body: inout ResponseBody) throws(TableError) {
        if capacity != .none {
            var consumed = ConsumedCapacity(change.table)
            try consumed.add(change)
            body.member("ConsumedCapacity")
            consumed.write(to: &body, capacity)
        }
        if metrics == .size, let key = try change.collectionKey() {
            body.member("ItemCollectionMetrics")
            Self.writeMetrics(of: key, to: &body)
        }
    }

    /// Writes the members for several items: a list of capacities, and the metrics of each table.
    func write(_ changes: [ItemChange], isTransaction: Bool, to body: inout ResponseBody) throws(TableError) {
        if capacity != .none {
            body.member("ConsumedCapacity")
            let consumed = try ConsumedCapacity.ofTables(changes, isTransaction: isTransaction)
            body.array(consumed) { body, consumed in consumed.write(to: &body, capacity) }
        }
        if metrics == .size { try Self.writeMetrics(of: changes, to: &body) }
    }

    private static func writeMetrics(of changes: [ItemChange], to body: inout ResponseBody) throws(TableError) {
        var tables: [(name: String, keys: [Item])] = []
        for change in changes {
            guard let key = try change.collectionKey() else { continue }
            if let position = tables.firstIndex(where: { $0.name == change.table.name }) {
                if !tables[position].keys.contains(key) { tables[position].keys.append(key) }
            } else {
                tables.append((change.table.name, [key]))
            }
        }
        guard !tables.isEmpty else { return }
        body.member("ItemCollectionMetrics")
        body.object { body in
            for table in tables {
                body.member(named: table.name)
                body.array(table.keys) { body, key in writeMetrics(of: key, to: &body) }
            }
        }
    }

    /// The estimate is DynamoDB's for any collection below a gigabyte; collections are not measured.
    private static func writeMetrics(of key: Item, to body: inout ResponseBody) {
        body.object { body in
            body.member("ItemCollectionKey")
            body.append(key)
            body.member("SizeEstimateRangeGB")
            body.append("[0.0,1.0]".utf8)
        }
    }
}

extension ItemChange {
    /// The partition key as an item, in tables that have item collections: those with a local secondary index.
    fileprivate func collectionKey() throws(TableError) -> Item? {
        guard table.indexes.contains(where: { !$0.isGlobal }) else { return nil }
        var item = try new()
        if item == nil { item = try old() }
        guard let item else { return nil }
        var key = Item()
        key[table.partitionKey.name] = item[table.partitionKey.name]
        return key
    }
}
