import Synchronization

/// Counts wrong passwords and codes, and locks out who tries on: after five failures for a second, then for twice as long
/// each time, up to about a quarter of an hour. Attempts meanwhile do not count. It is forgotten after 15 quiet minutes.
///
/// Whoever makes up names cannot fill the memory: when it is full, those who are not locked out are forgotten, and while
/// that leaves no place, nobody else may try.
///
/// Source: Developer Guide, lockout behavior for failed sign-in attempts.
final class FailedAttempts: Sendable {
    private struct Count {
        var failures = 0
        var last: Int64 = 0
        var lockedUntil: Int64 = 0
    }

    private struct State {
        var counts: [String: Count] = [:]
        /// How many there are when those that count no more are looked for again.
        var sweepAt = FailedAttempts.size
        /// Looking for them is work: a full memory is looked through once a second.
        var sweepAfter: Int64 = 0
    }

    static let freeFailures = 5
    static let longestSeconds: Int64 = 900
    private static let memory: Int64 = 900_000
    /// With fewer nobody looks.
    private static let size = 10_000
    private static let secondBetweenSweeps: Int64 = 1_000

    /// Names that are remembered at once.
    let nameLimit: Int
    private let state = Mutex(State())

    init(nameLimit: Int = 100_000) { self.nameLimit = nameLimit }

    /// Whether somebody of that name may try now.
    func mayTry(_ name: String, now: Int64) -> Bool { state.withLock { mayTry(name, &$0, now) } }

    func failed(_ name: String, now: Int64) { state.withLock { count(name, &$0, now) } }

    /// Counts what is bounded however it ends; false for who may not try now.
    func counted(_ name: String, now: Int64) -> Bool {
        state.withLock { state in
            guard mayTry(name, &state, now) else { return false }
            count(name, &state, now)
            return true
        }
    }

    private func mayTry(_ name: String, _ state: inout State, _ now: Int64) -> Bool {
        if let count = state.counts[name] { return now - count.last >= Self.memory || now >= count.lockedUntil }
        if state.counts.count >= nameLimit { sweep(&state, now) }
        return state.counts.count < nameLimit
    }

    private func count(_ name: String, _ state: inout State, _ now: Int64) {
        var count = state.counts[name] ?? Count()
        if state.counts[name] == nil {
            if state.counts.count >= min(state.sweepAt, nameLimit) { sweep(&state, now) }
            // Nobody of that name may try now.
            guard state.counts.count < nameLimit else { return }
        }
        if now - count.last >= Self.memory { count = Count() }
        count.failures += 1
        count.last = now
        if count.failures >= Self.freeFailures {
            let seconds = min(Int64(1) << Int64(min(count.failures - Self.freeFailures, 20)), Self.longestSeconds)
            count.lockedUntil = now + seconds * 1000
        }
        state.counts[name] = count
    }

    private func sweep(_ state: inout State, _ now: Int64) {
        guard now >= state.sweepAfter else { return }
        state.counts = state.counts.filter { now - $0.value.last < Self.memory }
        if state.counts.count >= nameLimit { state.counts = state.counts.filter { now < $0.value.lockedUntil } }
        state.sweepAt = max(Self.size, 2 * state.counts.count)
        if state.counts.count >= nameLimit { state.sweepAfter = now + Self.secondBetweenSweeps }
    }

    /// One attempt, which `isRight` judges; nil for who may not try now. Those of one name have to come one after another,
    /// or many at once would all be let try.
    func attempt(_ name: String, now: Int64, _ isRight: () -> Bool) -> Bool? {
        guard mayTry(name, now: now) else { return nil }
        let result = isRight()
        if result { succeeded(name) } else { failed(name, now: now) }
        return result
    }

    func succeeded(_ name: String) { state.withLock { $0.counts[name] = nil } }
}
