import NIOCore
import Synchronization

/// A token bucket that all loops share: `rate` tokens a second flow in, up to `burst` of them, and each request takes one.
///
/// One number says it all: when the bucket would be full again (the generic cell rate algorithm), so taking a token is
/// one atomic exchange.
final class TokenBucket: Sendable {
    let rate: Double
    let burst: Int
    /// Nanoseconds between two tokens; nil: none ever come.
    private let interval: Int64?
    /// Eleven days. Slower rates are as good as none, and sums of it stay numbers.
    private static let longestInterval = 1e15
    /// Nanoseconds of `NIODeadline`'s clock.
    private let fullAt = Atomic<Int64>(0)

    init(rate: Double, burst: Int) {
        self.rate = rate
        self.burst = burst
        interval =
            rate > 0 && burst > 0 ? Int64(min(max(1, (1_000_000_000 / rate).rounded()), Self.longestInterval)) : nil
    }

    /// For people.
    var limits: String { "\(rate) a second, burst \(burst)" }

    /// No token ever comes.
    var isClosed: Bool { interval == nil }

    /// False when there is no token.
    func take(_ now: NIODeadline) -> Bool {
        guard let interval else { return false }
        let now = Int64(clamping: now.uptimeNanoseconds)
        let (product, overflows) = interval.multipliedReportingOverflow(by: Int64(burst))
        let depth = overflows ? .max / 2 : min(product, .max / 2)
        var known = fullAt.load(ordering: .relaxed)
        while true {
            let next = max(known, now) + interval
            guard next - now <= depth else { return false }
            let (isExchanged, original) = fullAt.compareExchange(
                expected: known, desired: next, ordering: .relaxed)
            if isExchanged { return true }
            known = original
        }
    }
}
