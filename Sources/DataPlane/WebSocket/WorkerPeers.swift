import NIOCore
import Synchronization

/// The workers of all loops: who is called back may be connected by another one.
final class WorkerPeers: Sendable {
    private let workers: [NIOLoopBound<LoopWorker>]
    /// How many clients are connected to WebSocket APIs, by whatever loop.
    let clients = Atomic(0)

    static let none = WorkerPeers([])

    /// By their numbers.
    init(_ workers: [NIOLoopBound<LoopWorker>]) { self.workers = workers }

    var count: Int { workers.count }

    /// Runs `body` with the worker of that number, on its loop: at once where that is the caller's. False when there is none.
    func run(on number: Int, _ body: @escaping @Sendable (LoopWorker) -> Void) -> Bool {
        guard workers.indices.contains(number) else { return false }
        let worker = workers[number]
        if worker.eventLoop.inEventLoop { body(worker.value) } else { worker.eventLoop.execute { body(worker.value) } }
        return true
    }
}
