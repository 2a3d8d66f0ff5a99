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
        var waiting = LineBatch()
        /// What is being written now.
        var writing = LineBatch()
        /// The storage of lines that are written, used again.
        var spare = LineBatch()
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

    /// Takes whole lines, each with its end. What `shape` makes of them is written.
    func append(_ lines: UnsafeRawBufferPointer, isPlatform: Bool = false, shape: (any LineShape)? = nil) {
        guard !lines.isEmpty else { return }
        let (isTaken, begins) = state.withLock { state -> (Bool, Bool) in
            let room = Self.waitingBytes + (isPlatform ? Self.platformBytes : 0)
            let cost = state.waiting.costOfAdding(lines.count, shape)
            guard state.waiting.cost + cost <= room, account.take(cost) else { return (false, false) }
            state.waiting.add(lines, shape)
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
        var batch = state.withLock { state in
            swap(&state.writing, &state.waiting)
            swap(&state.waiting, &state.spare)
            return state.writing
        }
        var lost = LogTarget.Result()
        batch.forEachPiece { piece in
            let result = target.write(piece)
            lost.lostLines += result.lostLines
            lost.problem = lost.problem ?? result.problem
        }
        account.giveBack(batch.cost)
        if lost.lostLines > 0 { account.lost(lost.lostLines) }
        if let problem = lost.problem { told(problem) }
        // The storage has one holder again, and can be kept.
        batch = LineBatch()
        let isMore = state.withLock { state in
            state.writing.clear(keeping: Self.keptBytes)
            swap(&state.writing, &state.spare)
            state.isScheduled = !state.waiting.isEmpty
            return state.isScheduled
        }
        if isMore { queue.async { [self] in writeWaiting() } }
    }

    private func told(_ text: String) {
        guard let tell else { return }
        let now = DispatchTime.now().uptimeNanoseconds
        let isDue = state.withLock { state in
            // Another thread may have read the clock later and come first.
            if let last = state.toldAt, now < last + Self.tellingInterval { return false }
            state.toldAt = now
            return true
        }
        if isDue { tell("gatehouse: \(text) \(LogAccount.metric) at /_gatehouse/metrics counts what is lost.") }
    }

    /// Returns when what was handed over before is written, or when the time is over. What is not written by then is told,
    /// and its number is returned: the process is about to end.
    @discardableResult
    func flush(until deadline: DispatchTime) -> Int {
        let written = DispatchSemaphore(value: 0)
        queue.async { [self] in
            writeWaiting()
            written.signal()
        }
        guard written.wait(timeout: deadline) == .timedOut else { return 0 }
        // Of what is being written a part may be out.
        let count = state.withLock { $0.writing.lineCount + $0.waiting.lineCount }
        if count > 0 {
            tell?("gatehouse: The log \(target.name) was not written in time: up to \(count) lines are lost.")
        }
        return count
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
