import Synchronization

/// What would become of codes that nobody was sent: guesses at them are counted as those at real ones are, so that nobody
/// learns from the answers who is there.
final class StrangersCodes: Sendable {
    /// Names that are remembered; beyond them those are forgotten first that were not guessed at often.
    private static let nameLimit = 20_000
    /// Wrong guesses at the last code, by name.
    private let failures = Mutex<[String: Int]>([:])

    /// Another code would have been sent.
    func sent(_ purpose: String, _ name: String, _ pool: UserPool) {
        failures.withLock { $0[Self.key(purpose, name, pool)] = nil }
    }

    /// The answer to a guess.
    func guess(_ purpose: String, _ name: String, _ pool: UserPool) -> PoolError {
        let key = Self.key(purpose, name, pool)
        let count = failures.withLock { failures in
            if failures.count >= Self.nameLimit, failures[key] == nil {
                failures = failures.filter { $0.value >= PoolUser.codeAttempts }
                if failures.count >= Self.nameLimit { failures = [:] }
            }
            let count = min((failures[key] ?? 0) + 1, PoolUser.codeAttempts + 1)
            failures[key] = count
            return count
        }
        return count > PoolUser.codeAttempts ? PoolUser.tooManyGuesses : PoolUser.wrongCode
    }

    private static func key(_ purpose: String, _ name: String, _ pool: UserPool) -> String {
        "\(pool.id) \(purpose) \(pool.strangerKey(name))"
    }
}
