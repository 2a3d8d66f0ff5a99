/// Counts of values, exact to 1.6 %, in the same few kilobytes however many there are.
package struct Histogram: Sendable, Equatable {
    /// Each power of two from 64 on has 64 buckets.
    private static let bits = 6
    private static let buckets = 1 << bits

    private var counts = [UInt64](repeating: 0, count: (65 - bits) << bits)
    package private(set) var count: UInt64 = 0
    package private(set) var maximum: UInt64 = 0

    package init() {}

    package mutating func record(_ value: UInt64) {
        counts[Self.bucket(value)] += 1
        count += 1
        maximum = max(maximum, value)
    }

    /// The value that this share of all does not exceed, such as 0.99; nil when there are none.
    package func percentile(_ share: Double) -> UInt64? {
        guard count > 0 else { return nil }
        let rank = max(1, UInt64((Double(count) * share).rounded(.up)))
        var seen: UInt64 = 0
        for (bucket, count) in counts.enumerated() {
            seen += count
            if seen >= rank { return min(maximum, Self.highest(bucket)) }
        }
        return maximum
    }

    private static func bucket(_ value: UInt64) -> Int {
        let shift = max(0, 63 - bits - value.leadingZeroBitCount)
        return shift << bits + Int(value >> UInt64(shift))
    }

    /// The highest value of a bucket.
    private static func highest(_ bucket: Int) -> UInt64 {
        let shift = max(0, bucket >> bits - 1)
        return (UInt64(bucket - shift << bits) + 1) << UInt64(shift) &- 1
    }
}
