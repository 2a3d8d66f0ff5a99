import Synchronization

/// Counts what is under way against a limit: invocations of all functions, events that wait for one.
final class Admission: Sendable {
    private let count = Atomic<Int>(0)
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    /// Takes one place; false when all are taken.
    func take() -> Bool {
        guard count.wrappingAdd(1, ordering: .relaxed).newValue > limit else { return true }
        giveBack()
        return false
    }

    func giveBack() { count.wrappingSubtract(1, ordering: .relaxed) }
}
