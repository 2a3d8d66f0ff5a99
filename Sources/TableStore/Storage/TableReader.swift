/// Reads of one thread, on a connection of its own: a reader never waits for the writer.
final class TableReader {
    let catalogue: TableCatalogue
    private let connection: SQLiteConnection
    private let queries: ItemQueries
    /// Of the catalogue, when the statements of `queries` were made.
    private var generation = 0

    init(path: String, catalogue: TableCatalogue) throws {
        self.catalogue = catalogue
        connection = try SQLiteConnection(path: path, readOnly: true)
        queries = ItemQueries(connection)
    }

    func table(named nameOrARN: String) throws(TableError) -> TableDefinition {
        if catalogue.generation != generation {
            generation = catalogue.generation
            queries.reset()
        }
        guard let table = catalogue.table(named: nameOrARN) else { throw .resourceNotFound }
        return table
    }

    func item(_ table: TableDefinition, _ key: ItemKey) throws(TableError) -> [UInt8]? {
        try queries.item(table, key)
    }

    /// Visits documents in the order of the source's keys, or backwards, until `visit` says no.
    func walk(
        _ source: ItemSource, _ range: KeyRange, from start: StartPosition?, forward: Bool,
        _ visit: ([UInt8]) -> Bool
    ) throws(TableError) {
        try queries.walk(source, range, from: start, forward: forward, visit)
    }

    /// All reads in `body` see one moment.
    func snapshot<Result>(_ body: () throws(TableError) -> Result) throws(TableError) -> Result {
        do throws(SQLiteConnection.Failure) { try connection.execute("BEGIN") } catch { throw error.tableError }
        defer { try? connection.execute("COMMIT") }
        return try body()
    }

    /// The number of items, counted no further than `countedItems`: DynamoDB's own number is hours old.
    func count(_ table: TableDefinition) throws(TableError) -> Int {
        do throws(SQLiteConnection.Failure) {
            let statement = try connection.prepare(
                "SELECT count(*) FROM (SELECT 1 FROM \(TableSchema.items(table)) LIMIT \(Self.countedItems))")
            var count = 0
            try statement.run {
                count = Int(statement.integer(0))
                return false
            }
            return count
        } catch { throw error.tableError }
    }

    private static let countedItems = 10_000
}
