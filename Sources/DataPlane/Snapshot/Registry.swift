import GatewayModel
import Synchronization

/// Gives out the small numbers under which loops keep what belongs to a stage or to an origin.
///
/// Asked only while compiling (and for hosts that a path variable names), never for an ordinary request.
package final class Registry: Sendable {
    private struct State {
        var stages: [V2.StageKey: Int] = [:]
        var origins: [Origin: Int] = [:]
        var dynamicOrigins = 0

        mutating func add(_ origin: Origin) -> Int {
            let number = origins.count
            origins[origin] = number
            return number
        }
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

    /// The number of an origin that a request named, or -1 when there are too many of these to keep connections to.
    func number(ofDynamic origin: Origin) -> Int {
        state.withLock { state in
            if let number = state.origins[origin] { return number }
            guard state.dynamicOrigins < Self.dynamicOrigins else { return -1 }
            state.dynamicOrigins += 1
            return state.add(origin)
        }
    }

    /// Clients choose these: their number has to be bounded.
    private static let dynamicOrigins = 1_024

    func number(of origin: Origin) -> Int {
        state.withLock { $0.origins[origin] ?? $0.add(origin) }
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
