import NIOCore

/// The processor that an environment's start was given by the `StartGate`; given back when this goes.
final class StartPlace {
    private let gate: StartGate
    private let since = NIODeadline.now()
    private var worked: (nanoseconds: Int64, at: NIODeadline)

    /// A start that has not computed for so long waits for something else.
    private static let quietTime = TimeAmount.milliseconds(100)
    /// What a process uses while it waits: waking up to look at a clock.
    private static let noise: Int64 = 1_000_000

    init(gate: StartGate) {
        self.gate = gate
        worked = (0, since)
    }

    deinit { gate.giveBack() }

    /// Whether the start still computes, and has not gone on beyond the init time. `cpu` is the processor time that its
    /// process has used, negative where that is unknown.
    func isNeeded(_ now: NIODeadline, cpu: () -> Int64) -> Bool {
        guard now - since <= LambdaLimits.initTime else { return false }
        let used = cpu()
        if used < 0 || used - worked.nanoseconds > Self.noise { worked = (max(used, 0), now) }
        return now - worked.at < Self.quietTime
    }
}
