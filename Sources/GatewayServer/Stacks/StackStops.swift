import GatewayModel
import Synchronization

/// Why operations under way shall go no further: somebody has asked for it, or their time is over.
final class StackStops: Sendable {
    private struct State {
        var asked: Set<String> = []
        var deadlines: [String: Int64] = [:]
    }

    private let state = Mutex(State())

    func ask(_ name: String) { _ = state.withLock { $0.asked.insert(name) } }

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
}
