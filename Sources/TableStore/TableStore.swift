package import GatewayModel

/// DynamoDB-compatible tables in one SQLite file.
package final class TableStore: Sendable {
    private let path: String
    private let catalogue: TableCatalogue
    private let writer: TableWriter
    private let sweeper: ExpirySweeper?
    private let faults: TableFaults

    /// - Parameters:
    ///   - path: the file; made when it is missing.
    ///   - isDurable: whether an acknowledged write survives the end of the machine; a server that keeps nothing need
    ///     not wait for its disk.
    ///   - sweeps: whether expired items are removed in the background, every few seconds.
    ///   - onFault: told, in a sentence, what is behind an answer of 500.
    package init(
        path: String, isDurable: Bool, account: AccountIdentity, sweeps: Bool = true,
        now: @escaping @Sendable () -> Timestamp, onFault: @escaping @Sendable (String) -> Void = { _ in }
    ) throws {
        self.path = path
        faults = TableFaults(tell: onFault)
        catalogue = TableCatalogue(account: account)
        do {
            writer = try TableWriter(path: path, isDurable: isDurable, catalogue: catalogue, faults: faults, now: now)
        } catch let failure as SQLiteConnection.Failure {
            throw SQLiteConnection.Failure(code: failure.code, message: "\(failure.message) (\(path))")
        }
        sweeper = sweeps ? ExpirySweeper(writer: writer, catalogue: catalogue) : nil
        sweeper?.start()
    }

    /// For one thread or event loop. Nil when the file cannot be opened, which is told.
    package func makeSession() -> TableSession? {
        do {
            return TableSession(reader: try TableReader(path: path, catalogue: catalogue), writer: writer, faults)
        } catch {
            faults.tell("tables: \(error) (\(path))")
            return nil
        }
    }

    /// The answer to a request that can be refused without a look at the tables; nil when it cannot.
    package static func refusal(of operation: String, _ body: [UInt8]) -> TableResponse? {
        do throws(TableError) {
            _ = try TableOperation(operation, try RequestMembers(body))
            return nil
        } catch {
            return error.response()
        }
    }

    /// Finishes the writes that wait, and moves the log into the file: then that alone holds the tables.
    package func close() {
        sweeper?.stop()
        writer.flush()
        writer.checkpoint()
    }
}

/// Answers operations for one thread.
package final class TableSession {
    private let reader: TableReader
    private let writer: TableWriter
    private let faults: TableFaults

    init(reader: TableReader, writer: TableWriter, _ faults: TableFaults) {
        self.reader = reader
        self.writer = writer
        self.faults = faults
    }

    /// Reads are answered at once; for a write nothing comes back, and `completion` is called on the writer's thread when
    /// it is durable, or has failed.
    ///
    /// - Parameter operation: what follows `DynamoDB_20120810.` in X-Amz-Target.
    package func perform(
        _ operation: String, _ body: [UInt8], completion: @escaping @Sendable (TableResponse) -> Void
    ) -> TableResponse? {
        do throws(TableError) {
            let request = try RequestMembers(body)
            switch try TableOperation(operation, request) {
            case .read(let read): return TableResponse(status: 200, body: try read(reader))
            case .write(let work):
                writer.submit(work, completion: completion)
                return nil
            }
        } catch {
            return faults.response(error)
        }
    }
}

/// Tells the operator of faults, when clients are.
struct TableFaults: Sendable {
    let tell: @Sendable (String) -> Void

    static let untold = TableFaults { _ in }

    func response(_ error: TableError) -> TableResponse {
        if let detail = error.detail { tell("tables: \(detail)") }
        return error.response()
    }
}
