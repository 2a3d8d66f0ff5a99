/// What operations on one table cost, in DynamoDB's capacity units.
///
/// Source: "DynamoDB read and write operations"; how page totals and index writes are rounded is in "Capacity unit
/// consumption".
struct ConsumedCapacity {
    private let table: TableDefinition
    private let isTransaction: Bool
    private var tableReads = 0.0
    private var tableWrites = 0.0
    private var indexes: [(index: IndexDefinition, reads: Double, writes: Double)] = []

    init(_ table: TableDefinition, isTransaction: Bool = false) {
        self.table = table
        self.isTransaction = isTransaction
    }

    /// A read of so many bytes at once: an item, or all that a page went over. Nothing found costs as little as one.
    mutating func addRead(size: Int, isConsistent: Bool, index: IndexDefinition? = nil) {
        let blocks = Double(max(1, (size + 4_095) / 4_096))
        let units = isTransaction ? blocks * 2 : isConsistent ? blocks : blocks / 2
        if let index { add(to: index, reads: units) } else { tableReads += units }
    }

    /// A write: the larger of the item before and after, and every index entry that it changes.
    mutating func add(_ change: ItemChange) throws(TableError) {
        let old = try change.old()
        let new = try change.new()
        tableWrites += units(max(old?.size ?? 0, new?.size ?? 0))
        for index in table.indexes {
            let before = old.flatMap(index.entry)
            let after = new.flatMap(index.entry)
            switch (before, after) {
            case (nil, nil): break
            case (let entry?, nil), (nil, let entry?): add(to: index, writes: units(entry.item.size))
            case (let before?, let after?):
                if before.key != after.key {
                    // The entry moves: it is deleted and made anew.
                    add(to: index, writes: units(before.item.size) + units(after.item.size))
                } else if before.item != after.item {
                    add(to: index, writes: units(max(before.item.size, after.item.size)))
                }
            }
        }
    }

    func write(to body: inout ResponseBody, _ detail: ReturnConsumedCapacity) {
        body.object { body in
            body.member("TableName")
            body.append(string: table.name)
            let reads = indexes.reduce(tableReads) { $0 + $1.reads }
            let writes = indexes.reduce(tableWrites) { $0 + $1.writes }
            writeUnits(reads, writes, to: &body)
            guard detail == .indexes else { return }
            body.member("Table")
            body.object { body in writeUnits(tableReads, tableWrites, to: &body) }
            write(indexes.filter { !$0.index.isGlobal }, as: "LocalSecondaryIndexes", to: &body)
            write(indexes.filter { $0.index.isGlobal }, as: "GlobalSecondaryIndexes", to: &body)
        }
    }

    /// One entry per table, in the order of their first change.
    static func ofTables(_ changes: [ItemChange], isTransaction: Bool) throws(TableError) -> [ConsumedCapacity] {
        var capacities: [ConsumedCapacity] = []
        for change in changes {
            try update(&capacities, change.table, isTransaction: isTransaction) { consumed throws(TableError) in
                try consumed.add(change)
            }
        }
        return capacities
    }

    /// Adds to the entry of a table, which is made when it is the first of the table.
    static func update<Failure: Error>(
        _ capacities: inout [ConsumedCapacity], _ table: TableDefinition, isTransaction: Bool,
        _ add: (inout ConsumedCapacity) throws(Failure) -> Void
    ) throws(Failure) {
        if let position = capacities.firstIndex(where: { $0.table.id == table.id }) {
            try add(&capacities[position])
        } else {
            var consumed = ConsumedCapacity(table, isTransaction: isTransaction)
            try add(&consumed)
            capacities.append(consumed)
        }
    }

    private func write(
        _ indexes: [(index: IndexDefinition, reads: Double, writes: Double)], as member: StaticString,
        to body: inout ResponseBody
    ) {
        guard !indexes.isEmpty else { return }
        body.member(member)
        body.object { body in
            for (index, reads, writes) in indexes {
                body.member(named: index.name)
                body.object { body in writeUnits(reads, writes, to: &body) }
            }
        }
    }

    private func writeUnits(_ reads: Double, _ writes: Double, to body: inout ResponseBody) {
        body.member("CapacityUnits")
        body.append("\(reads + writes)".utf8)
        // Transactions tell reads and writes apart.
        guard isTransaction else { return }
        if writes > 0 {
            body.member("WriteCapacityUnits")
            body.append("\(writes)".utf8)
        }
        if reads > 0 {
            body.member("ReadCapacityUnits")
            body.append("\(reads)".utf8)
        }
    }

    /// Of a write of so many bytes.
    private func units(_ size: Int) -> Double {
        let blocks = Double(max(1, (size + 1_023) / 1_024))
        return isTransaction ? blocks * 2 : blocks
    }

    private mutating func add(to index: IndexDefinition, reads: Double = 0, writes: Double = 0) {
        if let position = indexes.firstIndex(where: { $0.index.name == index.name }) {
            indexes[position].reads += reads
            indexes[position].writes += writes
        } else {
            indexes.append((index, reads, writes))
        }
    }
}

extension IndexDefinition {
    /// What the index has of an item; nil when the item is not in it.
    fileprivate func entry(of item: Item) -> (key: ItemKey, item: Item)? {
        key(of: item).map { ($0, project(item)) }
    }
}
