import Dispatch
import GatewayModel
import Synchronization

/// The one writer. It takes all writes that wait, runs them in one transaction, and answers when that is durable: a
/// disk's sync is shared by all who came during the one before.
final class TableWriter: Sendable {
    /// What a write answers with; it may throw at any point, and then leaves nothing behind.
    typealias Work = @Sendable (WriteTransaction) throws(TableError) -> [UInt8]

    private struct Job: Sendable {
        let work: Work
        let completion: @Sendable (TableResponse) -> Void
    }

    private struct Waiting {
        var jobs: [Job] = []
        var isRunning = false
    }

    private let waiting = Mutex(Waiting())
    private let queue = DispatchQueue(label: "gatehouse.tables")
    private let state: WriterState

    /// Writes that share a sync; more would only make the first of them wait.
    private static let jobsTogether = 256

    init(
        path: String, isDurable: Bool, catalogue: TableCatalogue, faults: TableFaults,
        now: @escaping @Sendable () -> Timestamp
    ) throws {
        state = try WriterState(path: path, isDurable: isDurable, catalogue: catalogue, faults: faults, now: now)
    }

    /// `completion` is called on the writer's thread.
    func submit(_ work: @escaping Work, completion: @escaping @Sendable (TableResponse) -> Void) {
        let mustStart = waiting.withLock { waiting in
            waiting.jobs.append(Job(work: work, completion: completion))
            defer { waiting.isRunning = true }
            return !waiting.isRunning
        }
        if mustStart { queue.async { self.run() } }
    }

    /// Waits until everything submitted is answered.
    func flush() { queue.sync { run() } }

    /// Moves the log into the file; what a reader is still looking at stays in the log.
    func checkpoint() { queue.sync { state.checkpoint() } }

    private func run() {
        while true {
            let jobs = waiting.withLock { waiting in
                let jobs = Array(waiting.jobs.prefix(Self.jobsTogether))
                waiting.jobs.removeFirst(jobs.count)
                if jobs.isEmpty { waiting.isRunning = false }
                return jobs
            }
            guard !jobs.isEmpty else { return }
            let responses = state.run(jobs.map(\.work))
            for (job, response) in zip(jobs, responses) { job.completion(response) }
        }
    }
}

/// The writer's connection. Touched on the writer's queue only, but for its making.
private final class WriterState: @unchecked Sendable {
    private let connection: SQLiteConnection
    private let transaction: WriteTransaction
    private let catalogue: TableCatalogue
    private let faults: TableFaults
    private let now: @Sendable () -> Timestamp

    init(
        path: String, isDurable: Bool, catalogue: TableCatalogue, faults: TableFaults,
        now: @escaping @Sendable () -> Timestamp
    ) throws {
        self.catalogue = catalogue
        self.faults = faults
        self.now = now
        connection = try SQLiteConnection(path: path, readOnly: false)
        try TableSchema.prepare(connection, isDurable: isDurable)
        try TableSchema.migrate(connection)
        transaction = WriteTransaction(connection, catalogue)
        var tables: [String: TableDefinition?] = [:]
        let rows = try connection.prepare("SELECT id, name, document FROM tables")
        var problem: (any Error)?
        try rows.run {
            do {
                let record = try TableRecord(document: rows.bytes(2))
                tables[rows.text(1)] = TableDefinition(id: Int(rows.integer(0)), record)
            } catch { problem = error }
            return problem == nil
        }
        if let problem { throw problem }
        catalogue.replace(tables)
    }

    func checkpoint() { try? connection.execute("PRAGMA wal_checkpoint(TRUNCATE)") }

    func run(_ jobs: [TableWriter.Work]) -> [TableResponse] {
        transaction.now = Int(now().milliseconds)
        transaction.changedTables = [:]
        do throws(TableError) {
            try execute("BEGIN IMMEDIATE")
            var responses: [TableResponse] = []
            for job in jobs { responses.append(try run(job)) }
            try execute("COMMIT")
            catalogue.replace(transaction.changedTables)
            return responses
        } catch {
            try? connection.execute("ROLLBACK")
            transaction.forgetStatements()
            let response = faults.response(error)
            return jobs.map { _ in response }
        }
    }

    /// One write under a savepoint, so that its failure is its own.
    private func run(_ job: TableWriter.Work) throws(TableError) -> TableResponse {
        let tables = transaction.changedTables
        transaction.budget = EvaluationBudget()
        try execute("SAVEPOINT job")
        do throws(TableError) {
            let body = try job(transaction)
            try execute("RELEASE job")
            return TableResponse(status: 200, body: body)
        } catch {
            // A full disk, say, ends the whole transaction, and then there is no savepoint any more.
            do throws(TableError) { try execute("ROLLBACK TO job; RELEASE job") } catch let second {
                throw error.isFault ? error : second
            }
            transaction.changedTables = tables
            if !tables.isEmpty || error.isFault { transaction.forgetStatements() }
            return faults.response(error)
        }
    }

    private func execute(_ sql: String) throws(TableError) {
        do { try connection.execute(sql) } catch { throw error.tableError }
    }
}
