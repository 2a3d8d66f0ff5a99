import Dispatch
import Synchronization

/// Removes items that have expired, in the background and in small bites. DynamoDB takes hours for it; readers may see
/// an expired item until then.
final class ExpirySweeper: Sendable {
    private let writer: TableWriter
    private let catalogue: TableCatalogue
    private let isStopped = Atomic(false)
    /// Dispatch's sources may be used from any thread.
    private nonisolated(unsafe) let timer: any DispatchSourceTimer

    private static let seconds = 5
    private static let itemsAtOnce = 100

    init(writer: TableWriter, catalogue: TableCatalogue) {
        self.writer = writer
        self.catalogue = catalogue
        timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "gatehouse.tables.expiry"))
    }

    func start() {
        timer.setEventHandler { [weak self] in self?.sweep() }
        timer.schedule(deadline: .now() + .seconds(Self.seconds), repeating: .seconds(Self.seconds))
        timer.resume()
    }

    func stop() {
        isStopped.store(true, ordering: .relaxed)
        timer.cancel()
    }

    deinit { timer.cancel() }

    private func sweep() {
        for table in catalogue.all where table.expiry != nil { sweep(table.name) }
    }

    private func sweep(_ name: String) {
        guard !isStopped.load(ordering: .relaxed) else { return }
        writer.submit { transaction throws(TableError) in
            guard let table = transaction.definition(name) else { return [] }
            let count = try transaction.removeExpired(table, limit: Self.itemsAtOnce)
            return count == Self.itemsAtOnce ? [1] : []
        } completion: { [weak self] response in
            // There may be more of them.
            if response.status == 200, !response.body.isEmpty { self?.sweep(name) }
        }
    }
}
