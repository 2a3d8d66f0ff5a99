import JSON
import Stacks
import Synchronization

/// What happened to stacks lately, for those who watch a deployment.
final class StackEventLog: Sendable {
    private struct Log {
        var events: [StackEvent] = []
        /// The number of the first of `events`.
        var first = 0
        /// What the last operation came to; nil while one is under way.
        var outcome: JSONValue?
        var isUnderWay = false
        /// Logs that were begun later have higher ones.
        var age = 0
    }

    private struct State {
        var logs: [String: Log] = [:]
        var begun = 0
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
        var nextWaiter = 0
    }

    private let state = Mutex(State())

    /// The number that the operation's first event is going to have; nil while another one is under way.
    func begin(_ stack: String) -> Int? {
        state.withLock { state in
            if let log = state.logs[stack], log.isUnderWay { return nil }
            state.begun += 1
            state.logs[stack, default: Log()].outcome = nil
            state.logs[stack]?.age = state.begun
            state.logs[stack]?.isUnderWay = true
            if state.logs.count > StackLimits.eventLogs,
                let oldest = state.logs.filter({ !$0.value.isUnderWay }).min(by: { $0.value.age < $1.value.age })
            {
                state.logs[oldest.key] = nil
            }
            return state.logs[stack].map { $0.first + $0.events.count }
        }
    }

    func add(_ event: StackEvent, to stack: String) {
        change(stack) { log in
            log.events.append(event)
            let surplus = log.events.count - StackLimits.events
            if surplus > 0 {
                log.events.removeFirst(surplus)
                log.first += surplus
            }
        }
    }

    func finish(_ stack: String, _ outcome: JSONValue) {
        change(stack) { log in
            log.outcome = outcome
            log.isUnderWay = false
        }
    }

    /// Events from the number on, the number of the next, and the outcome once there is one. When there is neither, it
    /// waits a while.
    func events(of stack: String, from number: Int) async -> (events: [StackEvent], next: Int, outcome: JSONValue?)? {
        guard let found = read(stack, number) else { return nil }
        guard found.events.isEmpty, found.outcome == nil else { return found }
        let waiter = state.withLock { state in
            state.nextWaiter += 1
            return state.nextWaiter
        }
        let alarm = Task {
            try? await Task.sleep(for: StackLimits.eventWait)
            self.wake(waiter)
        }
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                // Something may have come since it was looked at.
                let log = state.logs[stack]
                guard let log, log.outcome == nil, log.first + log.events.count <= number else { return true }
                state.waiting[waiter] = continuation
                return false
            }
            if isOver { continuation.resume() }
        }
        alarm.cancel()
        return read(stack, number)
    }

    private func read(_ stack: String, _ number: Int) -> (events: [StackEvent], next: Int, outcome: JSONValue?)? {
        state.withLock { state in
            guard let log = state.logs[stack] else { return nil }
            let skipped = min(max(0, max(0, number) - log.first), log.events.count)
            return (Array(log.events[skipped...]), log.first + log.events.count, log.outcome)
        }
    }

    private func change(_ stack: String, _ body: (inout Log) -> Void) {
        let woken = state.withLock { state in
            body(&state.logs[stack, default: Log()])
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for continuation in woken { continuation.resume() }
    }

    private func wake(_ waiter: Int) { state.withLock { $0.waiting.removeValue(forKey: waiter) }?.resume() }
}
