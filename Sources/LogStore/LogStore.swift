import Dispatch
import GRDB
package import GatewayModel
import Synchronization

/// Amazon CloudWatch Logs: groups, streams and events in one SQLite file.
///
/// Readers never wait for writers. What is written survives the end of the process; the end of the machine may take the
/// last moments with it, as nothing of a log is worth a sync per line.
package final class LogStore: Sendable {
    let database: any DatabaseWriter
    let account: AccountIdentity
    package let names: LogNames
    private let clock: @Sendable () -> Timestamp
    /// What the file may hold.
    let storageBytes: Int64
    let sessions = Mutex(LiveTailSessions())
    private let tidying = DispatchQueue(label: "gatehouse.logs.tidy", qos: .utility)
    private let tidyState = Mutex(TidyState())

    private struct TidyState {
        var isScheduled = false
        var isOfEverything = false
        var isClosed = false
    }

    /// How often there is something to tidy.
    package static let tidyInterval = Duration.seconds(600)

    /// Why the file cannot be used, in a sentence.
    package struct StartFailure: Error, CustomStringConvertible {
        package let description: String
    }

    /// - Parameters:
    ///   - path: the SQLite file; made when it is missing. Nil keeps everything in memory.
    ///   - isDurable: whether anybody reads it behind the end of the process.
    ///   - storageBytes: what the file may hold; nil: the default.
    package convenience init(
        path: String?, isDurable: Bool, account: AccountIdentity, storageBytes: Int64? = nil,
        now: @escaping @Sendable () -> Timestamp
    ) throws {
        var configuration = Configuration()
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA synchronous = \(isDurable ? "NORMAL" : "OFF")")
        }
        let database: any DatabaseWriter =
            try path.map { try DatabasePool(path: $0, configuration: configuration) } ?? DatabaseQueue()
        guard try !database.read(LogSchema.migrator.hasBeenSuperseded) else {
            throw StartFailure(description: "\(path ?? "The database") was written by a later version of Gatehouse.")
        }
        try self.init(database, account, storageBytes ?? LogLimits.storageBytes, now)
    }

    private init(
        _ database: any DatabaseWriter, _ account: AccountIdentity, _ storageBytes: Int64,
        _ now: @escaping @Sendable () -> Timestamp
    ) throws {
        try LogSchema.migrator.migrate(database)
        self.database = database
        self.account = account
        self.storageBytes = storageBytes
        names = LogNames(account)
        clock = now
    }

    /// The same groups and streams again, without events: what changes there is neither kept nor seen by anybody.
    package func draft() throws -> LogStore {
        let draft = try LogStore(try DatabaseQueue(), account, storageBytes, clock)
        try Self.copyGroups(from: database, to: draft.database, isOwnToo: true)
        return draft
    }

    /// Makes a file with the groups of another one and the streams that somebody has made, without events. A server may be
    /// using the other one.
    package static func copyGroups(from source: String, to target: String) throws {
        var configuration = Configuration()
        configuration.readonly = true
        let original = try DatabaseQueue(path: source, configuration: configuration)
        defer { try? original.close() }
        let copy = try DatabaseQueue(path: target)
        defer { try? copy.close() }
        try LogSchema.migrator.migrate(copy)
        try copyGroups(from: original, to: copy, isOwnToo: false)
        try copy.write { db in
            try db.execute(sql: "UPDATE groups SET storedBytes = 0")
            try db.execute(sql: "UPDATE streams SET firstEvent = NULL, lastEvent = NULL, lastIngestion = NULL")
        }
    }

    private static func copyGroups(
        from source: some DatabaseReader, to target: some DatabaseWriter, isOwnToo: Bool
    ) throws {
        let tables = try source.read { db in
            try [
                ("groups", LogGroup.columns, "true"), ("streams", LogStream.columns, isOwnToo ? "true" : "NOT isOwn"),
            ].map { table, columns, condition in
                let rows = try Row.fetchAll(db, sql: "SELECT \(columns) FROM \(table) WHERE \(condition)")
                return (table, columns, rows.map { Array($0.databaseValues) })
            }
        }
        try target.write { db in
            for (table, columns, rows) in tables {
                for row in rows {
                    let places = row.map { _ in "?" }.joined(separator: ", ")
                    try db.cachedStatement(sql: "INSERT INTO \(table) (\(columns)) VALUES (\(places))")
                        .execute(arguments: StatementArguments(row))
                }
            }
        }
    }

    /// Milliseconds since 1970.
    var now: Int64 { clock().milliseconds }

    /// Moves the log into the file: then that alone holds everything. Nobody calls any longer.
    package func close() {
        endLiveTails()
        tidyState.withLock { $0.isClosed = true }
        finishTidying()
        try? database.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
        try? database.close()
    }

    // MARK: Transactions

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(LogError) -> Value {
        do { return try await database.read(body) } catch { throw Self.failure(error) }
    }

    func write<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(LogError) -> Value {
        do { return try await database.write(body) } catch { throw Self.failure(error) }
    }

    /// For people: what is wrong, and not in which statement.
    private static func failure(_ error: any Error) -> LogError {
        if let error = error as? LogError { return error }
        guard let error = error as? DatabaseError else { return .unavailable("\(error)") }
        return .unavailable("SQLite error \(error.resultCode.rawValue): \(error.message ?? "\(error.resultCode)")")
    }

    // MARK: Tidying

    /// Returns when nothing is being tidied, nor about to be.
    func finishTidying() { tidying.sync {} }

    /// Has what may go removed in the background, unless that is about to happen anyway.
    package func tidySoon() { tidySoon(everything: true) }

    /// - Parameter everything: not only what is beyond the room that there is.
    func tidySoon(everything: Bool) {
        let begins = tidyState.withLock { state in
            state.isOfEverything = state.isOfEverything || everything
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        guard begins else { return }
        tidying.async { [weak self] in
            guard let self else { return }
            let everything = tidyState.withLock { state in
                defer { (state.isScheduled, state.isOfEverything) = (false, false) }
                return state.isOfEverything
            }
            tidy(everything: everything) { tidyState.withLock(\.isClosed) }
        }
    }
}
