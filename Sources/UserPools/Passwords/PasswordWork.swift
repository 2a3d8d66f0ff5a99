import Dispatch
import Synchronization

/// The one thread on which passwords and keys are worked on: however many sign in at once, the rest of the machine stays
/// with the traffic.
final class PasswordWork: Sendable {
    private let queue = DispatchQueue(label: "gatehouse.pools.passwords", qos: .utility)
    private let waiting = Atomic(0)

    /// Who comes when so many wait is told to come again later: some seconds of work.
    static let limit = 1_000
    /// Who has been let in once is refused later only: behind a checked password come the signatures of its tokens.
    static let limitOfFollowers = 2 * limit

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
            queue.async { continuation.resume(returning: body()) }
        }
    }
}
