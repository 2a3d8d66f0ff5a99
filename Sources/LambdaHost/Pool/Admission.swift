import Synchronization

/// Counts what is under way against a limit: invocations of all functions, events that wait, their bytes.
final class Admission: Sendable {
    private let count = Atomic<Int>(0)
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    /// Takes places; false when there are not so many.
    func take(_ places: Int = 1) -> Bool {
        guard count.wrappingAdd(places, ordering: .relaxed).newValue > limit else { return true }
        giveBack(places)
        return false
    }

    func giveBack(_ places: Int = 1) { count.wrappingSubtract(places, ordering: .relaxed) }
}
