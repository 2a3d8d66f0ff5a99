import DataPlane
import Synchronization

/// The number of the last swap, as it is told: scripts wait for another one, then take what answers for the new code.
///
/// A deployment is many swaps. While it goes on the number stays, and afterwards it is another one if anything changed.
final class ServedGeneration: Sendable {
    private let dataPlane: DataPlane
    /// The number at the beginning of the deployments under way, and how many these are.
    private let held = Mutex<(number: Int, count: Int)>((0, 0))

    init(_ dataPlane: DataPlane) { self.dataPlane = dataPlane }

    var number: Int { held.withLock { $0.count > 0 ? $0.number : dataPlane.generation } }

    /// A deployment begins.
    func hold() {
        held.withLock { held in
            if held.count == 0 { held.number = dataPlane.generation }
            held.count += 1
        }
    }

    /// It ended. What changed without a swap, as the code of a function behind no route, counts as one.
    func release(hasChanged: Bool) async {
        let isUnmoved = held.withLock { $0.number == dataPlane.generation }
        if hasChanged, isUnmoved { await dataPlane.swapForNothing() }
        held.withLock { $0.count -= 1 }
    }
}
