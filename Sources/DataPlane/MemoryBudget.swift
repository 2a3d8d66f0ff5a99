import Synchronization

/// The bytes of bodies that all requests of the process may have collected at once. One connection's are bounded by AWS's
/// quotas, but thousands of connections times 10 MB are more than a machine has.
package final class MemoryBudget: Sendable {
    private let taken = Atomic(0)
    private let limit: Int

    package init(limit: Int) { self.limit = limit }

    /// False when the bytes are not to be had.
    package func take(_ bytes: Int) -> Bool {
        guard taken.add(bytes, ordering: .relaxed).newValue <= limit else {
            taken.subtract(bytes, ordering: .relaxed)
            return false
        }
        return true
    }

    package func give(_ bytes: Int) { taken.subtract(bytes, ordering: .relaxed) }

    package var current: Int { taken.load(ordering: .relaxed) }
}

/// Bytes taken out of a budget, which go back when nobody refers to this any more.
final class HeldMemory: Sendable {
    private let budget: MemoryBudget
    private let bytes: Int

    /// - Parameter bytes: that have been taken already.
    init(taken bytes: Int, of budget: MemoryBudget) {
        self.bytes = bytes
        self.budget = budget
    }

    deinit { budget.give(bytes) }
}

/// What one holder has of a budget, more at one time and less at another.
struct MemoryShare {
    private let budget: MemoryBudget
    private var bytes = 0

    init(of budget: MemoryBudget) { self.budget = budget }

    /// False when the bytes are not to be had: the share is what it was.
    mutating func become(_ wanted: Int) -> Bool {
        guard wanted <= bytes || budget.take(wanted - bytes) else { return false }
        if wanted < bytes { budget.give(bytes - wanted) }
        bytes = wanted
        return true
    }

    mutating func giveBack() { _ = become(0) }
}
