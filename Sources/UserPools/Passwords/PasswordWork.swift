internal import CThreads
import Dispatch
internal import Foundation
import Synchronization

/// The one thread on which passwords and keys are worked on. It comes last at the machine's processors: however many sign
/// in at once, the traffic does not wait for them.
final class PasswordWork: Sendable {
    private final class Queue: Sendable {
        let jobs = Mutex<(waiting: [@Sendable () -> Void], hasEnded: Bool)>(([], false))
        let ready = DispatchSemaphore(value: 0)

        /// nil at the end.
        func next() -> [@Sendable () -> Void]? {
            ready.wait()
            return jobs.withLock { jobs in
                defer { jobs.waiting = [] }
                return jobs.hasEnded && jobs.waiting.isEmpty ? nil : jobs.waiting
            }
        }
    }

    private let queue = Queue()
    private let waiting = Atomic(0)

    /// Who comes when so many wait is told to come again later: some seconds of work.
    static let limit = 1_000
    /// Who has been let in once is refused later only: behind a checked password come the signatures of its tokens.
    static let limitOfFollowers = 2 * limit

    init() {
        let thread = Thread { [queue] in
            thread_come_last()
            while let jobs = queue.next() { for job in jobs { job() } }
        }
        thread.name = "gatehouse.pools.passwords"
        thread.start()
    }

    deinit {
        queue.jobs.withLock { $0.hasEnded = true }
        queue.ready.signal()
    }

    /// - Parameter follows: behind work that was let in, for the same call.
    func run<Result: Sendable>(
        follows: Bool = false, _ body: @escaping @Sendable () -> Result
    ) async throws(PoolError) -> Result {
        let count = waiting.add(1, ordering: .relaxed).newValue
        defer { waiting.subtract(1, ordering: .relaxed) }
        guard count <= (follows ? Self.limitOfFollowers : Self.limit) else {
            throw PoolError("TooManyRequestsException", "Rate exceeded")
        }
        return await withCheckedContinuation { continuation in
            queue.jobs.withLock { $0.waiting.append { continuation.resume(returning: body()) } }
            queue.ready.signal()
        }
    }
}
