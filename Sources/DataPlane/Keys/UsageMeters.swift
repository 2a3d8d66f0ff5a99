package import GatewayModel
import Synchronization

/// What all keys have used of their plans. Asked when plans change, for figures, and by whoever stores them.
package final class UsageMeters: Sendable {
    /// What is not counted any more, and may be stored.
    package enum Removal: Sendable, Hashable {
        case plan(String)
        case key(String, plan: String)
    }

    private struct State {
        var meters: [String: [String: KeyMeter]] = [:]
        var removals: [Removal] = []
    }

    private let state = Mutex(State())  // hot path: not for requests

    package init() {}

    /// Made, if there is none.
    func meter(plan: String, key: String) -> KeyMeter {
        state.withLock { state in
            if let meter = state.meters[plan]?[key] { return meter }
            let meter = KeyMeter(planId: plan, keyId: key)
            state.meters[plan, default: [:]][key] = meter
            return meter
        }
    }

    package func known(plan: String, key: String) -> KeyMeter? { state.withLock { $0.meters[plan]?[key] } }

    package func restore(plan: String, key: String, _ days: [Int: REST.DayUse]) {
        meter(plan: plan, key: key).restore(days)
    }

    func remove(plan: String) {
        state.withLock { state in
            guard state.meters.removeValue(forKey: plan) != nil else { return }
            state.removals.append(.plan(plan))
        }
    }

    func remove(key: String) {
        state.withLock { state in
            for plan in state.meters.keys where state.meters[plan]?.removeValue(forKey: key) != nil {
                state.removals.append(.key(key, plan: plan))
            }
        }
    }

    /// Those that are left; what was stored of others goes.
    package func keep(_ isThere: (_ plan: String, _ key: String) -> Bool) {
        state.withLock { state in
            for (plan, meters) in state.meters {
                for key in meters.keys where !isThere(plan, key) {
                    state.meters[plan]?[key] = nil
                    state.removals.append(.key(key, plan: plan))
                }
            }
        }
    }

    /// What has been removed since the last time, in order.
    package func takeRemovals() -> [Removal] {
        state.withLock { state in
            defer { state.removals = [] }
            return state.removals
        }
    }

    package func giveBack(_ removals: [Removal]) { state.withLock { $0.removals.insert(contentsOf: removals, at: 0) } }

    package var all: [KeyMeter] { state.withLock { $0.meters.values.flatMap(\.values) } }
}
