import Dispatch
import LogStore
import Synchronization

/// Hands lines on to CloudWatch Logs, many of them at once.
///
/// Those who write lines down call it where they write, in the background: a request never meets it. What the store does
/// not take in time is dropped and counted, as lines of files are.
final class LogIntake: Sendable {
    /// Bytes of lines that one commit takes, unless one piece is longer: others who write wait that long.
    private static let commitBytes = 65_536
    /// What may wait.
    private static let waitingBytes = 8_388_608
    /// What a piece costs in memory beside its text.
    private static let pieceCost = 64

    /// Whole lines that were written at once.
    private struct Piece {
        let copy: StreamCopy
        let time: Int64
        let lines: [UInt8]
    }

    private struct State {
        var waiting: [Piece] = []
        var isScheduled = false
    }

    private let store: LogStore
    private let account: LogAccount
    private let onFault: @Sendable (String) -> Void
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "gatehouse.log-intake", qos: .utility)

    init(
        _ store: LogStore, account: LogAccount = LogAccount(limit: LogIntake.waitingBytes),
        onFault: @escaping @Sendable (String) -> Void
    ) {
        self.store = store
        self.account = account
        self.onFault = onFault
    }

    /// Lines that could not be kept.
    var droppedLines: Int { account.droppedLines }

    /// Takes whole lines; the bytes are there until it returns.
    func take(_ lines: UnsafeRawBufferPointer, for copy: StreamCopy) {
        guard !lines.isEmpty else { return }
        guard account.take(lines.count + Self.pieceCost) else {
            account.lost(LogTarget.count(lines))
            return onFault(Self.slowly)
        }
        let piece = Piece(copy: copy, time: WallClock.epochMilliseconds, lines: Array(lines))
        let begins = state.withLock { state in
            state.waiting.append(piece)
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if begins { queue.async { [self] in commitWaiting() } }
    }

    private func commitWaiting() {
        if commit() { queue.async { [self] in commitWaiting() } }
    }

    /// Commits a part of what waits; whether more does.
    private func commit() -> Bool {
        let pieces: [Piece] = state.withLock { state in
            var bytes = 0
            let part = state.waiting.prefix { piece in
                defer { bytes += piece.lines.count }
                return bytes < Self.commitBytes
            }
            state.waiting.removeFirst(part.count)
            return Array(part)
        }
        var batch: [StreamLines] = []
        for piece in pieces {
            let events = piece.copy.events(piece.lines, at: piece.time)
            if let last = batch.last, last.group == piece.copy.group, last.stream == piece.copy.stream {
                batch[batch.count - 1].events += events
            } else if !events.isEmpty {
                batch.append(StreamLines(group: piece.copy.group, stream: piece.copy.stream, events: events))
            }
        }
        do { if !batch.isEmpty { try store.append(batch) } } catch {
            account.lost(batch.reduce(0) { $0 + $1.events.count })
            onFault(Self.failed)
        }
        account.giveBack(pieces.reduce(0) { $0 + $1.lines.count + Self.pieceCost })
        return state.withLock { state in
            state.isScheduled = !state.waiting.isEmpty
            return state.isScheduled
        }
    }

    /// Returns when what was handed over before is committed, or when a server that stops may wait no longer.
    func flush() {
        let deadline = DispatchTime.now() + LineWriters.flushTime
        while queue.sync(execute: commit) {
            guard DispatchTime.now() > deadline else { continue }
            let rest = state.withLock { state in
                defer { state.waiting = [] }
                return state.waiting
            }
            let count = rest.reduce(0) { $0 + $1.lines.withUnsafeBytes(LogTarget.count) }
            account.lost(count)
            return onFault("Events of CloudWatch Logs were not written in time: \(count) are lost.")
        }
    }

    private static let slowly =
        "Events of CloudWatch Logs are kept more slowly than lines come: some are missing there. \(LogAccount.metric) at "
        + "/_gatehouse/metrics counts them."
    private static let failed =
        "Events of CloudWatch Logs cannot be written to the disk: they are missing there. \(LogAccount.metric) at "
        + "/_gatehouse/metrics counts them."
}
