import Dispatch
import LogStore
import Synchronization

/// Hands lines on to CloudWatch Logs, many of them at once.
///
/// Those who write lines down call it where they write, in the background: a request never meets it. What the store does
/// not take in time is dropped and counted, as lines of files are.
final class LogIntake: Sendable {
    /// What one commit takes: others who write wait that long.
    private static let commitBytes = 4_194_304
    /// What an event costs in memory beside its text.
    private static let eventCost = 64

    private struct State {
        var waiting: [StreamLines] = []
        var isScheduled = false
    }

    private let store: LogStore
    private let account: LogAccount
    private let onFault: @Sendable (String) -> Void
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "gatehouse.log-intake", qos: .utility)

    init(_ store: LogStore, account: LogAccount = LogAccount(), onFault: @escaping @Sendable (String) -> Void) {
        self.store = store
        self.account = account
        self.onFault = onFault
    }

    /// Lines that could not be kept.
    var droppedLines: Int { account.droppedLines }

    func take(_ events: [NewLogEvent], group: String, stream: String) {
        guard !events.isEmpty else { return }
        guard account.take(Self.cost(events)) else {
            account.lost(events.count)
            return onFault(Self.slowly)
        }
        let begins = state.withLock { state in
            if let last = state.waiting.last, last.stream == stream, last.group == group {
                state.waiting[state.waiting.count - 1].events += events
            } else {
                state.waiting.append(StreamLines(group: group, stream: stream, events: events))
            }
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if begins { queue.async { [self] in commit() } }
    }

    /// Commits what waits, a part at a time.
    private func commit() {
        while true {
            let batch: [StreamLines] = state.withLock { state in
                var cost = 0
                let part = state.waiting.prefix { lines in
                    defer { cost += Self.cost(lines.events) }
                    return cost < Self.commitBytes
                }
                state.waiting.removeFirst(part.count)
                state.isScheduled = !part.isEmpty
                return Array(part)
            }
            guard !batch.isEmpty else { return }
            do { try store.append(batch) } catch {
                account.lost(batch.reduce(0) { $0 + $1.events.count })
                onFault(Self.failed)
            }
            account.giveBack(batch.reduce(0) { $0 + Self.cost($1.events) })
        }
    }

    /// Returns when what was handed over before is committed.
    func flush() { queue.sync { commit() } }

    private static func cost(_ events: [NewLogEvent]) -> Int {
        events.reduce(0) { $0 + $1.message.count + eventCost }
    }

    private static let slowly =
        "Events of CloudWatch Logs are kept more slowly than lines come: some are missing there. \(LogAccount.metric) at "
        + "/_gatehouse/metrics counts them."
    private static let failed =
        "Events of CloudWatch Logs cannot be written to the disk: they are missing there. \(LogAccount.metric) at "
        + "/_gatehouse/metrics counts them."
}
