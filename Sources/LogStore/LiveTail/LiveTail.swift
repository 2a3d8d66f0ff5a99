import GRDB
import GatewayModel
package import JSON
import Shapes
import Synchronization

/// A session of StartLiveTail: what comes to some groups, told once a second.
package final class LiveTail: Sendable {
    static let members: [Shape.Member] = [
        .need("logGroupIdentifiers", .list(.groupIdentifier, 1...LogLimits.tailedGroups)),
        .may("logStreamNames", .list(.streamName, 1...LogLimits.tailedStreams)),
        .may("logStreamNamePrefixes", .list(.streamName, 1...LogLimits.tailedStreams)),
        .may("logEventFilterPattern", .filterPattern),
    ]

    let id: String
    private let store: LogStore
    private let input: Input
    private let pattern: FilterPattern
    private let groups: [Int64: String]
    private let begun: Int64
    /// The last event that was looked at.
    private let last: Atomic<Int64>

    fileprivate init(
        _ store: LogStore, _ input: Input, _ pattern: FilterPattern, _ groups: [Int64: String], last: Int64
    ) {
        id = Identifiers.uuid()
        self.store = store
        self.input = input
        self.pattern = pattern
        self.groups = groups
        self.last = Atomic(last)
        begun = store.now
    }

    /// `sessionStart`: what was asked for.
    package var start: JSONObject {
        var start: JSONObject = ["requestId": .string(Identifiers.uuid()), "sessionId": .string(id)]
        for member in ["logGroupIdentifiers", "logStreamNames", "logStreamNamePrefixes", "logEventFilterPattern"] {
            start[member] = input[member]
        }
        return start
    }

    package enum Update: Sendable {
        /// `sessionUpdate`.
        case events(JSONObject)
        /// `SessionTimeoutException`.
        case timedOut
        /// `SessionStreamingException`.
        case failed(String)
    }

    /// What has come since the last update.
    package func update() async -> Update {
        guard store.now - begun < LogLimits.sessionTime else { return .timedOut }
        do throws(LogError) {
            return .events(try await store.read { [self] db in try news(db) })
        } catch { return .failed(error.message) }
    }

    /// Nobody listens any longer.
    package func end() { store.sessions.withLock { $0.end(self) } }

    /// Whether the server is about to stop.
    package var isEnded: Bool { store.sessions.withLock { !$0.has(self) } }

    private func news(_ db: Database) throws -> JSONObject {
        let ids = groups.keys.map(String.init).joined(separator: ", ")
        let rows = try Row.fetchCursor(
            db,
            sql: """
                \(LogEvent.selection) NOT INDEXED
                WHERE id > ? AND groupId IN (\(ids)) ORDER BY id LIMIT ?
                """,
            arguments: [last.load(ordering: .relaxed), LogLimits.lookedAtEvents])
        var names: [Int64: StreamNames] = [:]
        var matching = PatternMatching(pattern)
        var results: [JSONValue] = []
        var (count, bytes) = (0, 0)
        var isSampled = false
        while let row = try rows.next() {
            let event = LogEvent(row)
            last.store(event.id, ordering: .relaxed)
            count += 1
            let group = event.group
            guard let name = try names[group, default: StreamNames(group: group)].name(of: event.stream, db),
                takes(name), matching.matches(event.message)
            else { continue }
            guard results.count < LogLimits.updateEvents, bytes < LogLimits.pageBytes else {
                isSampled = true
                continue
            }
            bytes += event.size
            results.append([
                "logStreamName": .string(name), "logGroupIdentifier": .string(identifier(groups[group] ?? "")),
                "message": .string(event.text), "timestamp": .number(Int(event.timestamp)),
                "ingestionTime": .number(Int(event.ingested)),
            ])
        }
        if count >= LogLimits.lookedAtEvents || matching.isExhausted {
            // More came than is looked at: it goes on at the newest.
            isSampled = true
            last.store(try LogStore.lastEvent(db), ordering: .relaxed)
        }
        return ["sessionMetadata": ["sampled": .bool(isSampled)], "sessionResults": .array(results)]
    }

    private func takes(_ stream: String) -> Bool {
        if let names = input.texts("logStreamNames") { return names.contains(stream) }
        if let prefixes = input.texts("logStreamNamePrefixes") { return prefixes.contains(where: stream.hasPrefix) }
        return true
    }

    /// Account and name, as AWS writes it there.
    private func identifier(_ group: String) -> String { "\(store.account.accountId):\(group)" }
}

/// The sessions that are under way.
struct LiveTailSessions {
    private var all: [LiveTail] = []

    /// False where there are too many.
    mutating func begin(_ session: LiveTail) -> Bool {
        guard all.count < LogLimits.sessions else { return false }
        all.append(session)
        return true
    }

    mutating func end(_ session: LiveTail) { all.removeAll { $0 === session } }
    mutating func endAll() { all = [] }
    func has(_ session: LiveTail) -> Bool { all.contains { $0 === session } }
}

extension LogStore {
    func startLiveTail(_ input: Input) async throws(LogError) -> LiveTail {
        guard input["logStreamNames"] == nil || input["logStreamNamePrefixes"] == nil else {
            throw .invalid("logStreamNames and logStreamNamePrefixes are mutually exclusive parameters.")
        }
        let names = (input.texts("logGroupIdentifiers") ?? []).map(names.group)
        // Documented.
        guard names.count == 1 || input["logStreamNames"] == nil && input["logStreamNamePrefixes"] == nil else {
            throw .invalid(
                "logStreamNames and logStreamNamePrefixes can be given only if one log group is named in "
                    + "logGroupIdentifiers.")
        }
        let pattern: FilterPattern
        do throws(LogError) { pattern = try FilterPattern(input.text("logEventFilterPattern") ?? "") } catch {
            // Quoted by users of AWS.
            throw error == .wrongPattern ? error : .invalid("\(LogError.wrongPattern.message): \(error.message)")
        }
        let (groups, last) = try await read { db in
            var groups: [Int64: String] = [:]
            for name in names { groups[try LogGroup.needed(name, db).id] = name }
            return (groups, try LogStore.lastEvent(db))
        }
        let session = LiveTail(self, input, pattern, groups, last: last)
        guard sessions.withLock({ $0.begin(session) }) else { throw .limitExceeded }
        return session
    }

    /// Ends all sessions: their clients would keep a server from stopping.
    package func endLiveTails() { sessions.withLock { $0.endAll() } }

    static func lastEvent(_ db: Database) throws -> Int64 {
        try Int64.fetchOne(db, sql: "SELECT max(id) FROM events") ?? 0
    }
}
