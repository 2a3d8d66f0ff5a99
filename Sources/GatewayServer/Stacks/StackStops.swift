import GatewayModel
import Synchronization

/// Why operations under way shall go no further: somebody has asked for it, or their time is over.
final class StackStops: Sendable {
    private struct State {
        var asked: Set<String> = []
        var deadlines: [String: Int64] = [:]
        /// Stacks that are deleted as soon as what is under way has been given up.
        var doomed: Set<String> = []
        /// Whoever waits for a stop, by numbers.
        var waiting: [Int: (name: String, continuation: CheckedContinuation<Void, Never>)] = [:]
        var nextWaiter = 0
        /// Those whose time was over before they waited.
        var late: Set<Int> = []
    }

    private let state = Mutex(State())

    func ask(_ name: String) {
        let woken = state.withLock { state in
            state.asked.insert(name)
            let waiters = state.waiting.filter { $0.value.name == name }
            for number in waiters.keys { state.waiting[number] = nil }
            return waiters.values.map(\.continuation)
        }
        for continuation in woken { continuation.resume() }
    }

    func doom(_ name: String) { _ = state.withLock { $0.doomed.insert(name) } }
    func spare(_ name: String) { _ = state.withLock { $0.doomed.remove(name) } }
    func isDoomed(_ name: String) -> Bool { state.withLock { $0.doomed.contains(name) } }

    func setDeadline(_ name: String, _ time: Timestamp) { state.withLock { $0.deadlines[name] = time.milliseconds } }

    func clear(_ name: String) {
        state.withLock { state in
            state.asked.remove(name)
            state.deadlines[name] = nil
        }
    }

    func reason(_ name: String, now: Timestamp) -> String? {
        state.withLock { state in
            if state.asked.contains(name) { return "User Initiated" }
            guard let deadline = state.deadlines[name], now.milliseconds >= deadline else { return nil }
            return "Stack creation time exceeded the specified timeout. Rollback requested by user."
        }
    }

    /// Returns when there is a reason, or the task is cancelled.
    func stopped(_ name: String, now: @Sendable () -> Timestamp) async {
        let (number, deadline) = state.withLock { state in
            state.nextWaiter += 1
            return (state.nextWaiter, state.deadlines[name])
        }
        let alarm = deadline.map { deadline in
            let left = deadline - now().milliseconds
            return Task { [self] in
                try? await Task.sleep(for: .milliseconds(max(0, left)))
                if !Task.isCancelled { wake(number, isLate: true) }
            }
        }
        defer {
            alarm?.cancel()
            _ = state.withLock { $0.late.remove(number) }
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    let isTimeOver = deadline.map { now().milliseconds >= $0 } ?? false
                    guard !Task.isCancelled, !isTimeOver, !state.late.contains(number), !state.asked.contains(name)
                    else { return true }
                    state.waiting[number] = (name, continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            wake(number)
        }
    }

    private func wake(_ number: Int, isLate: Bool = false) {
        let waiter = state.withLock { state in
            if isLate { state.late.insert(number) }
            return state.waiting.removeValue(forKey: number)
        }
        waiter?.continuation.resume()
    }
}
