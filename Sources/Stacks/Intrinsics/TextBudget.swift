import Synchronization

/// How much text may still be made. Copies of its owner share it.
final class TextBudget: Sendable {
    /// What an empty string costs, so that a list of many has an end too.
    private static let least = 8
    private let left: Atomic<Int>

    init(limit: Int) { left = Atomic(limit) }

    /// False when so much is not left.
    func spend(_ bytes: Int) -> Bool {
        left.subtract(bytes + Self.least, ordering: .relaxed).newValue >= 0
    }
}
