import GatewayModel

/// What a write sees of the store, on the writer's thread: everything as it is, its own changes included.
///
/// One object serves all writes, one after the other, and keeps their statements.
final class WriteTransaction {
    private let connection: SQLiteConnection
    private let catalogue: TableCatalogue
    private let queries: ItemQueries
    private var statements: [String: SQLiteStatement] = [:]
    /// Tables as this transaction leaves them; nil for those it removes.
    var changedTables: [String: TableDefinition?] = [:]
    /// Milliseconds since 1970.
    var now = 0
    /// Of the request whose turn it is.
    var budget = EvaluationBudget()

    init(_ connection: SQLiteConnection, _ catalogue: TableCatalogue) {
        self.connection = connection
        self.catalogue = catalogue
        queries = ItemQueries(connection)
    }

    // MARK: Tables

    func definition(_ nameOrARN: String) -> TableDefinition? {
        guard let name = catalogue.name(nameOrARN) else { return nil }
        return changedTables[name] ?? catalogue.table(named: name)
    }

    var account: AccountIdentity { catalogue.account }

    /// Tables that there are, those of this transaction included.
    var tableCount: Int {
        Set(catalogue.names).union(changedTables.keys).count { definition($0) != nil }
    }

    func table(named nameOrARN: String) throws(TableError) -> TableDefinition {
        guard let table = definition(nameOrARN) else { throw .resourceNotFound }
        return table
    }

    func create(_ record: TableRecord) throws(TableError) -> TableDefinition {
        do {
            let statement = try statement("INSERT INTO tables (name, document) VALUES (?, ?)")
            try statement.run([.text(record.name), .bytes(try record.document)])
            let table = TableDefinition(id: connection.lastInsertedRow, record)
            try TableSchema.create(table, connection)
            changedTables[table.name] = table
            return table
        } catch { throw Self.error(error) }
    }

    /// Stores a changed record. New indexes are filled, and those that are gone are dropped.
    func replace(_ table: TableDefinition, with record: TableRecord) throws(TableError) -> TableDefinition {
        do {
            let changed = TableDefinition(id: table.id, record)
            for index in table.indexes where !changed.indexes.contains(where: { $0.number == index.number }) {
                forgetStatements()
                try TableSchema.drop(index, of: table, connection)
            }
            for index in changed.indexes where !table.indexes.contains(where: { $0.number == index.number }) {
                try TableSchema.create(index, of: changed, connection)
                try fill(index, of: changed)
            }
            if table.expiry != changed.expiry { try setExpiry(of: changed) }
            let statement = try statement("UPDATE tables SET document = ? WHERE id = ?")
            try statement.run([.bytes(try record.document), .integer(Int64(table.id))])
            changedTables[table.name] = changed
            return changed
        } catch { throw Self.error(error) }
    }

    func remove(_ table: TableDefinition) throws(TableError) {
        do {
            forgetStatements()
            try TableSchema.drop(table, connection)
            try statement("DELETE FROM tables WHERE id = ?").run([.integer(Int64(table.id))])
            changedTables[table.name] = .some(nil)
        } catch { throw Self.error(error) }
    }

    // MARK: Items

    func item(_ table: TableDefinition, _ key: ItemKey) throws(TableError) -> [UInt8]? {
        try queries.item(table, key)
    }

    /// Puts the item in place of the one with its key, if there is one, and keeps the indexes right.
    func put(_ item: Item, document: [UInt8], _ table: TableDefinition, _ key: ItemKey) throws(TableError) {
        try unindex(table, key)
        do {
            let expires = table.expires(item)
            let put = try statement(
                """
                INSERT INTO \(TableSchema.items(table)) (hash, partition, sort, document, expires)
                VALUES (?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET document = excluded.document, expires = excluded.expires
                """)
            try put.run(Self.values(key) + [.bytes(document), expires.map { .integer(Int64($0)) } ?? .null])
            for index in table.indexes {
                guard let entry = index.key(of: item) else { continue }
                try insert(entry, key, index, table)
            }
        } catch { throw Self.error(error) }
    }

    func delete(_ table: TableDefinition, _ key: ItemKey) throws(TableError) {
        try unindex(table, key)
        do {
            let delete = try statement(
                "DELETE FROM \(TableSchema.items(table)) WHERE hash = ? AND partition = ? AND sort = ?")
            try delete.run(Self.values(key))
        } catch { throw Self.error(error) }
    }

    /// Removes the entries of the item that is there now.
    private func unindex(_ table: TableDefinition, _ key: ItemKey) throws(TableError) {
        guard !table.indexes.isEmpty, let document = try item(table, key) else { return }
        let item = try Item(stored: document)
        do {
            for index in table.indexes {
                guard let entry = index.key(of: item) else { continue }
                let delete = try statement(
                    """
                    DELETE FROM \(TableSchema.entries(table, index)) WHERE hash = ? AND partition = ? AND sort = ?
                    AND item_hash = ? AND item_partition = ? AND item_sort = ?
                    """)
                try delete.run(Self.values(entry) + Self.values(key))
            }
        } catch { throw Self.error(error) }
    }

    private func insert(
        _ entry: ItemKey, _ key: ItemKey, _ index: IndexDefinition, _ table: TableDefinition
    ) throws(SQLiteConnection.Failure) {
        let insert = try statement(
            """
            INSERT INTO \(TableSchema.entries(table, index))
            (hash, partition, sort, item_hash, item_partition, item_sort) VALUES (?, ?, ?, ?, ?, ?)
            """)
        try insert.run(Self.values(entry) + Self.values(key))
    }

    // MARK: Whole tables

    /// Enters the items that are there already into a new index.
    private func fill(_ index: IndexDefinition, of table: TableDefinition) throws {
        try eachItem(of: table) { key, item in
            if let entry = index.key(of: item) { try insert(entry, key, index, table) }
        }
    }

    private func setExpiry(of table: TableDefinition) throws {
        let update = try statement(
            "UPDATE \(TableSchema.items(table)) SET expires = ? WHERE hash = ? AND partition = ? AND sort = ?")
        try eachItem(of: table) { key, item in
            let expires = table.expires(item).map { SQLiteStatement.Value.integer(Int64($0)) }
            try update.run([expires ?? .null] + Self.values(key))
        }
    }

    /// Rows are read page by page: changing a table while a statement walks over it would confuse the walk.
    private func eachItem(of table: TableDefinition, _ body: (ItemKey, Item) throws -> Void) throws {
        let rows = try connection.prepare(
            """
            SELECT partition, sort, document FROM \(TableSchema.items(table))
            WHERE (hash, partition, sort) > (?, ?, ?) ORDER BY hash, partition, sort LIMIT 256
            """)
        var last: [SQLiteStatement.Value] = [.integer(-1), .bytes([]), .bytes([])]
        while true {
            var page: [(ItemKey, document: [UInt8])] = []
            var room = Self.pageBytes
            try rows.run(last) {
                let document = rows.bytes(2)
                page.append((ItemKey(partition: rows.bytes(0), sort: rows.bytes(1)), document))
                room -= document.count
                return room > 0
            }
            guard let end = page.last else { return }
            last = Self.values(end.0)
            for (key, document) in page { try body(key, try Item(stored: document)) }
        }
    }

    private static let pageBytes = 4 * 1_048_576

    /// Removes up to `limit` items that have expired; how many there were.
    func removeExpired(_ table: TableDefinition, limit: Int) throws(TableError) -> Int {
        guard table.expiry != nil else { return 0 }
        var keys: [ItemKey] = []
        do {
            let expired = try statement(
                """
                SELECT partition, sort FROM \(TableSchema.items(table))
                WHERE expires IS NOT NULL AND expires > ? AND expires < ? LIMIT \(limit)
                """)
            let seconds = Int64(now / 1_000)
            try expired.run([.integer(seconds - Self.longestExpired), .integer(seconds)]) {
                keys.append(ItemKey(partition: expired.bytes(0), sort: expired.bytes(1)))
                return true
            }
        } catch { throw Self.error(error) }
        for key in keys { try delete(table, key) }
        return keys.count
    }

    /// Seconds: what expired more than five years ago stays, as DynamoDB has it ("TTL" in the developer guide).
    private static let longestExpired: Int64 = 5 * 365 * 86_400

    // MARK: Idempotency

    /// The digest of the request that used the token in the last ten minutes; nil when none did.
    func digest(ofToken token: String) throws(TableError) -> [UInt8]? {
        do {
            try statement("DELETE FROM transaction_tokens WHERE expires < ?").run([.integer(Int64(now))])
            let found = try statement("SELECT digest FROM transaction_tokens WHERE token = ?")
            var digest: [UInt8]?
            try found.run([.text(token)]) {
                digest = found.bytes(0)
                return false
            }
            return digest
        } catch { throw Self.error(error) }
    }

    /// Milliseconds that a ClientRequestToken is remembered.
    private static let tokenLife = 600_000

    func keep(token: String, digest: [UInt8]) throws(TableError) {
        do {
            try statement("INSERT INTO transaction_tokens (token, digest, expires) VALUES (?, ?, ?)").run([
                .text(token), .bytes(digest), .integer(Int64(now + Self.tokenLife)),
            ])
        } catch { throw Self.error(error) }
    }

    // MARK: Statements

    /// Statements of tables that are dropped, or whose drop was rolled back, are made anew.
    func forgetStatements() {
        statements = [:]
        queries.reset()
    }

    private func statement(_ sql: String) throws(SQLiteConnection.Failure) -> SQLiteStatement {
        if let statement = statements[sql] { return statement }
        let statement = try connection.prepare(sql)
        statements[sql] = statement
        return statement
    }

    private static func values(_ key: ItemKey) -> [SQLiteStatement.Value] {
        [.integer(key.hash), .bytes(key.partition), .bytes(key.sort)]
    }

    private static func error(_ error: any Error) -> TableError {
        switch error {
        case let error as TableError: error
        case let failure as SQLiteConnection.Failure: failure.tableError
        default: .internalFailure("\(error)")
        }
    }
}
