import Dispatch
import Synchronization

/// Stages and snapshots that have been replaced, held until nobody else does, and then freed on a thread of their own.
///
/// A request keeps the stage that it found, and whoever lets go of an object last frees it. For a stage of many
/// thousand routes that takes tens of milliseconds, in which an event loop would serve nobody. What no request holds is
/// freed at once, so a burst of changes does not pile up.
final class RetiredStages: Sendable {
    private struct State {
        var stages: [CompiledStage] = []
        var snapshots: [Snapshot] = []
        var isSweepDue = false
        /// All that is held, also while it is looked at.
        var count = 0
    }

    private let queue = DispatchQueue(label: "gatehouse.retired", qos: .utility)
    private let state = Mutex(State())  // hot path: only whoever publishes comes here

    /// How long until it looks again at what requests still hold.
    private static let pause = DispatchTimeInterval.milliseconds(100)

    /// Called when every loop serves what comes after.
    func add(_ stages: [CompiledStage], _ snapshot: Snapshot) {
        state.withLock { state in
            state.stages += stages
            state.snapshots.append(snapshot)
            state.count += stages.count + 1
        }
        sweepSoon(.now())
    }

    /// How many objects are held.
    var count: Int { state.withLock(\.count) }

    private func sweepSoon(_ time: DispatchTime) {
        let isFirst = state.withLock { state in
            defer { state.isSweepDue = true }
            return !state.isSweepDue
        }
        if isFirst { queue.asyncAfter(deadline: time) { self.sweep() } }
    }

    private func sweep() {
        var (stages, snapshots) = state.withLock { state in
            state.isSweepDue = false
            defer { (state.stages, state.snapshots) = ([], []) }
            return (state.stages, state.snapshots)
        }
        let looked = stages.count + snapshots.count
        // Snapshots first: they hold stages.
        let heldSnapshots = Self.freeUnheld(&snapshots)
        let heldStages = Self.freeUnheld(&stages)
        let isDone = state.withLock { state in
            state.stages += heldStages
            state.snapshots += heldSnapshots
            state.count -= looked - heldStages.count - heldSnapshots.count
            return state.count == 0
        }
        if !isDone { sweepSoon(.now() + Self.pause) }
    }

    /// Lets go of all; those that others hold are returned.
    private static func freeUnheld<Object: AnyObject>(_ objects: inout [Object]) -> [Object] {
        var held: [Object] = []
        while var object = objects.popLast() {
            if !isKnownUniquelyReferenced(&object) { held.append(object) }
        }
        return held
    }
}
