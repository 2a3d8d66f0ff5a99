import Dispatch
import Synchronization

/// The one thread on which passwords are worked on: however many sign in at once, the rest of the machine stays with
/// the traffic.
final class PasswordWork: Sendable {
    private let queue = DispatchQueue(label: "gatehouse.pools.passwords", qos: .utility)
    private let waiting = Atomic(0)

    /// Who comes when so many wait is told to come again later: some seconds of work.
    static let limit = 1_000

    func run<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async throws(PoolError) -> Result {
        guard waiting.add(1, ordering: .relaxed).newValue <= Self.limit else {
            waiting.subtract(1, ordering: .relaxed)
            throw PoolError("TooManyRequestsException", "Rate exceeded")
        }
        defer { waiting.subtract(1, ordering: .relaxed) }
        return await always(body)
    }

    /// For what comes behind work that was let in.
    func always<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: body()) }
        }
    }
}
