import DataPlane
import Dispatch
import NIOCore
import Synchronization

/// Writes lines to one place in the background, in order, for any thread.
///
/// Whoever hands lines over never waits: an event loop would stop for all of its clients. What waits is joined in one
/// buffer, so that it costs what its bytes cost. What that does not hold, and what the place does not take, is dropped,
/// counted, and told on standard error.
final class LineWriter: AccessLogSink {
    /// What may wait for one place; all places of a kind share the bound of their `LogAccount`.
    private static let waitingBytes = 8_388_608
    /// What the platform's own lines may take beyond that: a flood of a function must not drown its END and REPORT.
    private static let platformBytes = 65_536
    /// What storage is kept from one write to the next.
    private static let keptBytes = 65_536
    /// How often losses of one place are told.
    private static let tellingInterval: UInt64 = 60_000_000_000

    private struct State {
        var lines: [UInt8] = []
        /// The storage of lines that are written, used again.
        var spare: [UInt8] = []
        var isScheduled = false
        var toldAt: UInt64?
    }

    private let state = Mutex(State())
    private let target: LogTarget
    private let account: LogAccount
    private let queue: DispatchQueue
    private let onEnd: (@Sendable () -> Void)?
    private let tell: (@Sendable (String) -> Void)?

    /// - Parameters:
    ///   - onEnd: called when nobody writes here any longer and the place is closed.
    ///   - tell: says to people what is lost; nil where these words would come here themselves.
    init(
        _ target: LogTarget, account: LogAccount, queue: DispatchQueue, onEnd: (@Sendable () -> Void)? = nil,
        tell: (@Sendable (String) -> Void)?
    ) {
        self.target = target
        self.account = account
        self.queue = queue
        self.onEnd = onEnd
        self.tell = tell
    }

    /// Nothing waits here any longer: who writes holds this.
    deinit {
        let target = target
        let onEnd = onEnd
        queue.async {
            target.close()
            onEnd?()
        }
    }

    /// Opens the place now, so that a wrong name is told before the first line.
    func prepare() {
        queue.async { [self] in
            if let problem = target.open() { told(problem) }
        }
    }

    func append(_ lines: ByteBuffer) { lines.withUnsafeReadableBytes { append($0) } }

    /// Takes lines but for the last one's end.
    func append(_ lines: String) {
        var lines = lines + "\n"
        lines.withUTF8 { append(UnsafeRawBufferPointer($0)) }
    }

    /// Takes whole lines, each with its end.
    func append(_ lines: UnsafeRawBufferPointer, isPlatform: Bool = false) {
        guard !lines.isEmpty else { return }
        let (isTaken, begins) = state.withLock { state -> (Bool, Bool) in
            let room = Self.waitingBytes + (isPlatform ? Self.platformBytes : 0)
            guard state.lines.count + lines.count <= room, account.take(lines.count) else {
                return (false, false)
            }
            state.lines.append(contentsOf: lines)
            defer { state.isScheduled = true }
            return (true, !state.isScheduled)
        }
        if begins { queue.async { [self] in writeWaiting() } }
        if !isTaken {
            account.lost(LogTarget.count(lines))
            told("The log \(target.name) is written more slowly than lines come: some of them are dropped.")
        }
    }

    /// Writes what waits, and lets others of the queue have their turn before more.
    private func writeWaiting() {
        let lines = state.withLock { state in
            let lines = state.lines
            state.lines = state.spare
            state.spare = []
            return lines
        }
        let result = target.write(lines)
        account.giveBack(lines.count)
        if result.lostLines > 0 { account.lost(result.lostLines) }
        if let problem = result.problem { told(problem) }
        let isMore = state.withLock { state in
            if lines.capacity <= Self.keptBytes, state.spare.isEmpty {
                state.spare = lines
                state.spare.removeAll(keepingCapacity: true)
            }
            state.isScheduled = !state.lines.isEmpty
            return state.isScheduled
        }
        if isMore { queue.async { [self] in writeWaiting() } }
    }

    private func told(_ text: String) {
        guard let tell else { return }
        let now = DispatchTime.now().uptimeNanoseconds
        let isDue = state.withLock { state in
            if let last = state.toldAt, now - last < Self.tellingInterval { return false }
            state.toldAt = now
            return true
        }
        if isDue { tell("gatehouse: \(text) \(LogAccount.metric) at /_gatehouse/metrics counts what is lost.") }
    }

    /// Returns when what was handed over before is written, or when the time is over.
    func flush(until deadline: DispatchTime) {
        let written = DispatchSemaphore(value: 0)
        queue.async { written.signal() }
        _ = written.wait(timeout: deadline)
    }
}

/// What all logs of one kind hold in memory, and have lost.
final class LogAccount: Sendable {
    static let metric = "gatehouse_log_lines_dropped_total"

    private let limit: Int
    private let held = Atomic<Int>(0)
    private let dropped = Atomic<Int>(0)

    /// All logs of a kind together, unless a test has a smaller bound.
    static let heldBytes = 67_108_864

    init(limit: Int = LogAccount.heldBytes) { self.limit = limit }

    var droppedLines: Int { dropped.load(ordering: .relaxed) }

    func take(_ bytes: Int) -> Bool {
        if held.add(bytes, ordering: .relaxed).newValue <= limit { return true }
        giveBack(bytes)
        return false
    }

    func giveBack(_ bytes: Int) { held.subtract(bytes, ordering: .relaxed) }
    func lost(_ lines: Int) { dropped.add(lines, ordering: .relaxed) }
}
