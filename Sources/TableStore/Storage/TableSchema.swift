/// The tables in the SQLite file. Every DynamoDB table has one of its own, and one for each of its indexes: whatever is
/// asked of one costs the same however large the others are.
enum TableSchema {
    static let pageBytes = 8_192

    static func prepare(_ db: SQLiteConnection, isDurable: Bool) throws(SQLiteConnection.Failure) {
        // An item of 1 KB fits into a page together with its neighbours. Only before the first table is made.
        try db.execute("PRAGMA page_size = \(pageBytes)")
        try db.execute("PRAGMA journal_mode = WAL")
        // FULL syncs the log at every commit: an acknowledged write survives a power cut too.
        try db.execute("PRAGMA synchronous = \(isDurable ? "FULL" : "OFF")")
    }

    /// Makes what is missing. A file of a later version is refused.
    static func migrate(_ db: SQLiteConnection) throws(SQLiteConnection.Failure) {
        var version: Int64 = 0
        let statement = try db.prepare("PRAGMA user_version")
        try statement.run {
            version = statement.integer(0); return false
        }
        guard version <= self.version else {
            throw SQLiteConnection.Failure(code: 0, message: "the tables were written by a later version of Gatehouse")
        }
        for (step, change) in changes.enumerated().dropFirst(Int(version)) {
            try db.execute("BEGIN IMMEDIATE; \(change); PRAGMA user_version = \(step + 1); COMMIT")
        }
    }

    /// What made each version of the file from the one before.
    private static let changes = [
        """
        CREATE TABLE tables (
            id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, document BLOB NOT NULL);
        CREATE TABLE transaction_tokens (
            token TEXT PRIMARY KEY, digest BLOB NOT NULL, expires INTEGER NOT NULL) WITHOUT ROWID
        """,
        // Every transaction removes the tokens that have expired; most of them have not.
        "CREATE INDEX transaction_tokens_expires ON transaction_tokens (expires)",
    ]

    private static var version: Int { changes.count }

    static func items(_ table: TableDefinition) -> String { "t\(table.id)" }
    static func entries(_ table: TableDefinition, _ index: IndexDefinition) -> String {
        "t\(table.id)_i\(index.number)"
    }

    static func create(_ table: TableDefinition, _ db: SQLiteConnection) throws(SQLiteConnection.Failure) {
        let items = items(table)
        try db.execute(
            """
            CREATE TABLE \(items) (
                hash INTEGER NOT NULL, partition BLOB NOT NULL, sort BLOB NOT NULL, document BLOB NOT NULL,
                expires INTEGER, PRIMARY KEY (hash, partition, sort)) WITHOUT ROWID;
            CREATE INDEX \(items)_expires ON \(items) (expires) WHERE expires IS NOT NULL;
            """)
        for index in table.indexes { try create(index, of: table, db) }
    }

    static func create(_ index: IndexDefinition, of table: TableDefinition, _ db: SQLiteConnection)
        throws(SQLiteConnection.Failure)
    {
        try db.execute(
            """
            CREATE TABLE \(entries(table, index)) (
                hash INTEGER NOT NULL, partition BLOB NOT NULL, sort BLOB NOT NULL,
                item_hash INTEGER NOT NULL, item_partition BLOB NOT NULL, item_sort BLOB NOT NULL,
                PRIMARY KEY (hash, partition, sort, item_hash, item_partition, item_sort)) WITHOUT ROWID
            """)
    }

    static func drop(_ index: IndexDefinition, of table: TableDefinition, _ db: SQLiteConnection)
        throws(SQLiteConnection.Failure)
    {
        try db.execute("DROP TABLE \(entries(table, index))")
    }

    static func drop(_ table: TableDefinition, _ db: SQLiteConnection) throws(SQLiteConnection.Failure) {
        for index in table.indexes { try drop(index, of: table, db) }
        try db.execute("DROP TABLE \(items(table))")
    }
}
