import GatewayModel
import Synchronization

/// Gives out the small numbers under which loops keep what belongs to a stage or to an origin.
///
/// Asked only while compiling (and for hosts that a path variable names), never for an ordinary request.
package final class Registry: Sendable {
    private struct State {
        var stages: [V2.StageKey: Int] = [:]
        var origins: [Origin: Int] = [:]
    }

    private let state = Mutex(State())

    package init() {}

    func metricsSlot(of key: V2.StageKey) -> Int {
        state.withLock { state in
            if let slot = state.stages[key] { return slot }
            state.stages[key] = state.stages.count
            return state.stages.count - 1
        }
    }

    /// Origins known at once. Path variables may name any number of hosts; those beyond it get no idle connections.
    private static let origins = 10_000

    /// The origin's number, or -1 when there are too many.
    func number(of origin: Origin) -> Int {
        state.withLock { state in
            if let number = state.origins[origin] { return number }
            guard state.origins.count < Self.origins else { return -1 }
            state.origins[origin] = state.origins.count
            return state.origins.count - 1
        }
    }

    /// Every stage that ever had counters, with its slot.
    var stages: [(key: V2.StageKey, slot: Int)] {
        state.withLock { $0.stages.map { ($0.key, $0.value) } }
    }
}

/// Where an upstream connection leads.
struct Origin: Hashable, Sendable {
    let host: String
    let port: Int
    let isTLS: Bool
}
