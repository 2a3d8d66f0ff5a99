import Synchronization

/// A canary's share: so many of each block of requests.
struct CanaryShare: Equatable {
    let count: UInt64
    let block: UInt64

    /// A thousand are a block as long as the share is exact in it; a finer share needs a longer block. There is no share
    /// but 0 that is nothing.
    init(percent: Double) {
        let exact = (percent * 10).rounded()
        let isExact = abs(percent * 10 - exact) < 1e-9 && (exact > 0 || percent <= 0)
        block = isExact ? 1_000 : 1_000_000
        count = UInt64(max(0, isExact ? exact : max(1, (percent * 10_000).rounded())))
    }
}

/// Which requests a canary takes: so many of each block, in an order that nobody foresees.
final class CanarySplit: Sendable {
    private let count = Atomic<UInt64>(0)
    private let seed: UInt64

    /// What has no divisor in common with a block's length, so that its multiples meet every number once.
    private static let steps: [UInt64] = [
        7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113,
        127, 131, 137, 139, 149, 151, 157, 163, 167, 173, 179, 181, 191, 193, 197, 199, 211, 223, 227, 229, 233, 239,
    ]
    /// Spreads what small steps would leave together in a long block; it has no divisor in common with one either.
    private static let spread: UInt64 = 618_033

    init(seed: UInt64 = .random(in: .min ... .max)) { self.seed = seed }

    /// Whether the next request is the canary's.
    func takesNext(_ share: CanaryShare) -> Bool {
        guard share.count > 0 else { return false }
        let number = count.wrappingAdd(1, ordering: .relaxed).oldValue
        var bits = (number / share.block) ^ seed
        // SplitMix64's finalizer: each block has an order of its own.
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        bits ^= bits >> 31
        var step = Self.steps[Int(bits % UInt64(Self.steps.count))]
        if share.block > 1_000 { step *= Self.spread }
        return (number % share.block * step + bits >> 32) % share.block < share.count
    }
}
