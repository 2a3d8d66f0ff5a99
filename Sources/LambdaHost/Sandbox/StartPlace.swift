import NIOCore

/// The processor that an environment's start was given by the `StartGate`; given back when this goes.
final class StartPlace {
    private let gate: StartGate
    /// Called when the start is put aside, and when one that was is over.
    private let asideChanged: (Bool) -> Void
    private let since: NIODeadline
    private var worked: (nanoseconds: Int64, at: NIODeadline)
    private var isAside = false

    /// The processor time that a start may use before others are let in beside it: more than most inits need, so that
    /// they come one after another, and little to wait for behind one that never ends.
    private static let share = TimeAmount.seconds(1)
    /// A start that has not computed for so long waits for something else.
    private static let quietTime = TimeAmount.milliseconds(100)
    /// What a process uses while it waits: waking up to look at a clock.
    private static let noise: Int64 = 1_000_000

    init(gate: StartGate, now: NIODeadline = .now(), asideChanged: @escaping (Bool) -> Void = { _ in }) {
        self.gate = gate
        self.asideChanged = asideChanged
        since = now
        worked = (0, now)
    }

    deinit {
        guard isAside else { return gate.giveBack() }
        gate.asideEnded()
        asideChanged(false)
    }

    /// Whether the start still computes, and has not gone on beyond the init time; one that has used its share is put
    /// aside. `cpu` is the processor time that its process has used, negative where that is unknown: then the time that
    /// has passed counts.
    func isNeeded(_ now: NIODeadline, cpu: () -> Int64) -> Bool {
        guard now - since <= LambdaLimits.initTime else { return false }
        let told = cpu()
        let used = told < 0 ? (now - since).nanoseconds : told
        if used - worked.nanoseconds > Self.noise { worked = (used, now) }
        guard now - worked.at < Self.quietTime else { return false }
        if !isAside, used >= Self.share.nanoseconds, gate.putAside() {
            isAside = true
            asideChanged(true)
        }
        return true
    }
}
