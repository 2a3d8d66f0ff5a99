package import GatewayModel

/// DynamoDB-compatible tables in one SQLite file.
package final class TableStore: Sendable {
    private let path: String
    private let catalogue: TableCatalogue
    private let writer: TableWriter
    private let sweeper: ExpirySweeper

    /// - Parameters:
    ///   - path: the file; made when it is missing.
    ///   - isDurable: whether an acknowledged write survives the end of the machine; a server that keeps nothing need
    ///     not wait for its disk.
    package init(
        path: String, isDurable: Bool, account: AccountIdentity, now: @escaping @Sendable () -> Timestamp
    ) throws {
        self.path = path
        catalogue = TableCatalogue(account: account)
        writer = try TableWriter(path: path, isDurable: isDurable, catalogue: catalogue, now: now)
        sweeper = ExpirySweeper(writer: writer, catalogue: catalogue)
        sweeper.start()
    }

    /// For one thread or event loop.
    package func makeSession() throws -> TableSession {
        TableSession(reader: try TableReader(path: path, catalogue: catalogue), writer: writer)
    }

    /// Finishes the writes that wait.
    package func close() {
        sweeper.stop()
        writer.flush()
    }
}

/// Answers operations for one thread.
package final class TableSession {
    private let reader: TableReader
    private let writer: TableWriter

    init(reader: TableReader, writer: TableWriter) {
        self.reader = reader
        self.writer = writer
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
            return error.response()
        }
    }
}
