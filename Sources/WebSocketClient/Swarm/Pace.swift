internal import NIOCore

/// How much may be done at a moment, at so much a second. What was not done is not made up for in a burst: of a standstill
/// a tenth of a second counts.
struct Pace {
    private static let burst = 0.1

    private let perSecond: Double
    private var last: NIODeadline
    private var credit = 1.0

    init(perSecond: Double, from now: NIODeadline) {
        self.perSecond = perSecond
        last = now
    }

    /// How many are due now.
    mutating func due(at now: NIODeadline) -> Int {
        let seconds = Double((now - last).nanoseconds) / 1e9
        last = now
        credit = min(credit + perSecond * seconds, max(1, perSecond * Self.burst))
        return Int(credit)
    }

    mutating func use() { credit -= 1 }
}
