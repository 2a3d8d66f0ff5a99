import Synchronization

/// Counts wrong passwords and codes, and locks out who tries on: after five failures for a second, then for twice as long
/// each time, up to about a quarter of an hour. Attempts meanwhile do not count. It is forgotten after 15 quiet minutes.
///
/// Source: Developer Guide, lockout behavior for failed sign-in attempts.
final class FailedAttempts: Sendable {
    private struct Count {
        var failures = 0
        var last: Int64 = 0
        var lockedUntil: Int64 = 0
    }

    static let freeFailures = 5
    static let longestSeconds: Int64 = 900
    private static let memory: Int64 = 900_000
    /// Names that are remembered at once: whoever makes up names cannot fill the memory.
    private static let nameLimit = 100_000

    private let counts = Mutex<[String: Count]>([:])

    /// Whether somebody of that name may try now.
    func mayTry(_ name: String, now: Int64) -> Bool {
        counts.withLock { counts in
            guard let count = counts[name] else { return true }
            return now - count.last >= Self.memory || now >= count.lockedUntil
        }
    }

    func failed(_ name: String, now: Int64) {
        counts.withLock { counts in
            if counts.count >= Self.nameLimit {
                // Those who are locked out stay so.
                counts = counts.filter { now < $0.value.lockedUntil }
                if counts.count >= Self.nameLimit { return }
            }
            var count = counts[name] ?? Count()
            if now - count.last >= Self.memory { count = Count() }
            count.failures += 1
            count.last = now
            if count.failures >= Self.freeFailures {
                let seconds = min(Int64(1) << Int64(min(count.failures - Self.freeFailures, 20)), Self.longestSeconds)
                count.lockedUntil = now + seconds * 1000
            }
            counts[name] = count
        }
    }

    /// One attempt, which `isRight` judges; nil for who may not try now. Those of one name have to come one after another,
    /// or many at once would all be let try.
    func attempt(_ name: String, now: Int64, _ isRight: () -> Bool) -> Bool? {
        guard mayTry(name, now: now) else { return nil }
        let result = isRight()
        if result { succeeded(name) } else { failed(name, now: now) }
        return result
    }

    func succeeded(_ name: String) { counts.withLock { $0[name] = nil } }
}
