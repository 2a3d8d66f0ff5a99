import Synchronization

/// Which requests a canary takes: so many of each thousand, in an order that nobody foresees.
final class CanarySplit: Sendable {
    private let count = Atomic<UInt64>(0)
    private let seed: UInt64

    private static let block: UInt64 = 1_000
    /// What has no divisor in common with a block's length, so that its multiples meet every number once.
    private static let steps: [UInt64] = [
        7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113,
        127, 131, 137, 139, 149, 151, 157, 163, 167, 173, 179, 181, 191, 193, 197, 199, 211, 223, 227, 229, 233, 239,
    ]

    init(seed: UInt64 = .random(in: .min ... .max)) { self.seed = seed }

    /// Whether the next request is the canary's. `share` is of a thousand.
    func takesNext(_ share: Int) -> Bool {
        guard share > 0 else { return false }
        let number = count.wrappingAdd(1, ordering: .relaxed).oldValue
        var bits = (number / Self.block) ^ seed
        // SplitMix64's finalizer: each block has an order of its own.
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        bits ^= bits >> 31
        let step = Self.steps[Int(bits % UInt64(Self.steps.count))]
        return (number % Self.block * step + bits >> 32) % Self.block < UInt64(share)
    }
}
