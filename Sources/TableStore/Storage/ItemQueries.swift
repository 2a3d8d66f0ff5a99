/// The SQL that reads items, and its statements: one set for each connection.
final class ItemQueries {
    private let connection: SQLiteConnection
    /// By the number of the table.
    private var pointReads: [Int: SQLiteStatement] = [:]
    /// By their SQL; the shapes of walks over tables are few.
    private var walks: [String: SQLiteStatement] = [:]

    init(_ connection: SQLiteConnection) { self.connection = connection }

    /// Forgets the statements of tables that have changed or are gone.
    func reset() {
        pointReads = [:]
        walks = [:]
    }

    /// The document of the item, or nil.
    func item(_ table: TableDefinition, _ key: ItemKey) throws(TableError) -> [UInt8]? {
        do throws(SQLiteConnection.Failure) {
            let statement = try pointRead(table)
            var document: [UInt8]?
            try statement.run([.integer(key.hash), .bytes(key.partition), .bytes(key.sort)]) {
                document = statement.bytes(0)
                return false
            }
            return document
        } catch { throw error.tableError }
    }

    private func pointRead(_ table: TableDefinition) throws(SQLiteConnection.Failure) -> SQLiteStatement {
        if let statement = pointReads[table.id] { return statement }
        let statement = try connection.prepare(
            "SELECT document FROM \(TableSchema.items(table)) WHERE hash = ? AND partition = ? AND sort = ?")
        pointReads[table.id] = statement
        return statement
    }

    /// Visits documents in the order of the source's keys, or backwards, until `visit` says no.
    func walk(
        _ source: ItemSource, _ range: KeyRange, from start: StartPosition?, forward: Bool,
        _ visit: ([UInt8]) -> Bool
    ) throws(TableError) {
        var query = Walk(source, forward: forward)
        query.bound(by: range, isContinued: start != nil)
        if let start { query.begin(behind: start, within: range) }
        do throws(SQLiteConnection.Failure) {
            let statement = try walk(query.sql)
            try statement.run(query.values) { visit(statement.bytes(0)) }
        } catch { throw error.tableError }
    }

    private func walk(_ sql: String) throws(SQLiteConnection.Failure) -> SQLiteStatement {
        if let statement = walks[sql] { return statement }
        let statement = try connection.prepare(sql)
        walks[sql] = statement
        return statement
    }
}

/// The SQL of one walk, put together.
private struct Walk {
    private let isIndex: Bool
    private let from: String
    private let forward: Bool
    private var conditions: [String] = []
    private(set) var values: [SQLiteStatement.Value] = []

    init(_ source: ItemSource, forward: Bool) {
        self.forward = forward
        switch source {
        case .table(let table):
            isIndex = false
            from = "\(TableSchema.items(table)) AS e"
        case .index(let index, let table):
            isIndex = true
            // CROSS JOIN keeps SQLite to this order: entries first, then each entry's item.
            from = """
                \(TableSchema.entries(table, index)) AS e CROSS JOIN \(TableSchema.items(table)) AS i
                ON i.hash = e.item_hash AND i.partition = e.item_partition AND i.sort = e.item_sort
                """
        }
    }

    /// A walk that goes on behind a position leaves out the bound that lies before it: SQLite seeks by one bound only,
    /// and from the range's own it would pass over all that earlier walks have seen.
    mutating func bound(by range: KeyRange, isContinued: Bool) {
        let hasLower = !(isContinued && forward)
        let hasUpper = !(isContinued && !forward)
        switch range {
        case .partition(let partition, let bounds):
            add("e.hash = ? AND e.partition = ?", .integer(partition.hash), .bytes(partition.bytes))
            if hasLower, let lower = bounds.lower {
                add("e.sort \(lower.isIncluded ? ">=" : ">") ?", .bytes(lower.bytes))
            }
            if hasUpper, let upper = bounds.upper {
                add("e.sort \(upper.isIncluded ? "<=" : "<") ?", .bytes(upper.bytes))
            }
        case .hashes(let hashes):
            if hasLower { add("e.hash >= ?", .integer(hashes.lowerBound)) }
            if hasUpper { add("e.hash < ?", .integer(hashes.upperBound)) }
        }
    }

    mutating func begin(behind start: StartPosition, within range: KeyRange) {
        let sign = forward ? ">" : "<"
        let ties: [SQLiteStatement.Value] = [
            .integer(start.itemKey.hash), .bytes(start.itemKey.partition), .bytes(start.itemKey.sort),
        ]
        let sort = SQLiteStatement.Value.bytes(start.key.sort)
        switch (range, isIndex) {
        case (.partition, false): add("e.sort \(sign) ?", sort)
        case (.partition, true):
            add("(e.sort, e.item_hash, e.item_partition, e.item_sort) \(sign) (?, ?, ?, ?)", [sort] + ties)
        case (.hashes, _):
            let key: [SQLiteStatement.Value] = [.integer(start.key.hash), .bytes(start.key.partition), sort]
            if isIndex {
                add(
                    "(e.hash, e.partition, e.sort, e.item_hash, e.item_partition, e.item_sort) \(sign) "
                        + "(?, ?, ?, ?, ?, ?)", key + ties)
            } else {
                add("(e.hash, e.partition, e.sort) \(sign) (?, ?, ?)", key)
            }
        }
    }

    var sql: String {
        let direction = forward ? "" : " DESC"
        var order = ["e.hash", "e.partition", "e.sort"]
        if isIndex { order += ["e.item_hash", "e.item_partition", "e.item_sort"] }
        return "SELECT \(isIndex ? "i" : "e").document FROM \(from) WHERE "
            + conditions.joined(separator: " AND ") + " ORDER BY "
            + order.map { $0 + direction }.joined(separator: ", ")
    }

    private mutating func add(_ condition: String, _ values: SQLiteStatement.Value...) { add(condition, values) }

    private mutating func add(_ condition: String, _ values: [SQLiteStatement.Value]) {
        conditions.append(condition)
        self.values += values
    }
}
