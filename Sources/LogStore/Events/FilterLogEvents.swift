import GRDB
import JSON
import Shapes

extension LogOperation {
    static var searches: [LogOperation] {
        [
            LogOperation(
                "FilterLogEvents",
                [
                    .may("logGroupName", .groupName), .may("logGroupIdentifier", .groupIdentifier),
                    .may("logStreamNames", .list(.streamName, 1...LogLimits.tailedStreams)),
                    .may("logStreamNamePrefix", .streamName), .may("startTime", .milliseconds),
                    .may("endTime", .milliseconds), .may("filterPattern", .filterPattern), .may("nextToken", .logToken),
                    .may("limit", .eventCount), .may("startFromHead", .boolean), .may("interleaved", .boolean),
                    .may("unmask", .boolean),
                ]
            ) { store, input throws(LogError) in
                let group = try store.groupName(input)
                let search = try EventSearch(input)
                return try await store.read { db in
                    let group = try LogGroup.needed(group, db)
                    return try search.answer(group, expiry: group.expiry(at: store.now), db)
                }
            }
        ]
    }
}

/// A page of a group's events that a pattern matches, of all streams in the order of their times.
private struct EventSearch: Sendable {
    let start: Int64
    let end: Int64
    let limit: Int
    let isForward: Bool
    let streams: [String]?
    let prefix: String?
    let pattern: FilterPattern
    /// The last event that was looked at.
    let from: EventPlace?

    init(_ input: Input) throws(LogError) {
        streams = input.texts("logStreamNames")
        prefix = input.text("logStreamNamePrefix")
        for name in (streams ?? []) + [prefix].compactMap(\.self) { try LogStore.checkLengths(name) }
        guard streams == nil || prefix == nil else {
            throw .invalid("logStreamNames and logStreamNamePrefix are mutually exclusive parameters.")
        }
        start = Int64(input.integer("startTime") ?? 0)
        end = Int64(input.integer("endTime") ?? Int.max)
        limit = input.integer("limit") ?? LogLimits.pageEvents
        pattern = try FilterPattern(input.text("filterPattern") ?? "")
        guard let text = try PageToken.place(input.text("nextToken")) else {
            isForward = input.flag("startFromHead") ?? true
            from = nil
            return
        }
        guard let way = text.first, way == "f" || way == "b", let place = EventPlace(text.dropFirst()) else {
            throw .wrongToken
        }
        isForward = way == "f"
        from = place
    }

    func answer(_ group: LogGroup, expiry: Int64, _ db: Database) throws -> JSONObject {
        var names = StreamNames(group: group.id)
        var source = "INDEXED BY events_group WHERE groupId = ?"
        var owner = group.id
        if let streams {
            let ids = Set(try streams.map { try LogStream.needed($0, of: group.id, db).id })
            if ids.count == 1, let only = ids.first {
                // One stream has an order of its own.
                source = "INDEXED BY events_stream WHERE streamId = ?"
                owner = only
            } else {
                source += " AND streamId IN (\(ids.map(String.init).joined(separator: ", ")))"
            }
        }
        let range = EventRange(from: max(start, expiry), to: end, isForward: isForward, behind: from)
        let rows = try Row.fetchCursor(
            db, sql: "\(LogEvent.selection) \(source) \(range.condition)",
            arguments: [owner] + range.arguments)
        var events: [JSONValue] = []
        var next: EventPlace?
        var (bytes, count, searched) = (0, 0, 0)
        var matching = PatternMatching(pattern)
        while let row = try rows.next() {
            let event = LogEvent(row)
            count += 1
            searched += event.size
            // A stream that is gone has no name.
            if let name = try names.name(of: event.stream, db), prefix.map(name.hasPrefix) ?? true,
                matching.matches(event.message)
            {
                bytes += event.size
                events.append(Self.described(event, name))
            }
            if events.count >= limit || bytes >= LogLimits.pageBytes || count >= LogLimits.searchedEvents
                || searched >= LogLimits.searchedBytes || matching.isExhausted
            {
                next = event.place
                break
            }
        }
        var answer: JSONObject = ["events": .array(events), "searchedLogStreams": []]
        if let next, try rows.next() != nil {
            answer["nextToken"] = .string(PageToken.of((isForward ? "f" : "b") + next.text))
        }
        return answer
    }

    private static func described(_ event: LogEvent, _ stream: String) -> JSONValue {
        [
            "logStreamName": .string(stream), "timestamp": .number(Int(event.timestamp)),
            "message": .string(event.text), "ingestionTime": .number(Int(event.ingested)),
            "eventId": .string(event.place.text),
        ]
    }
}

/// The names of a group's streams, looked up when they are first met.
struct StreamNames {
    let group: Int64
    private var known: [Int64: String?] = [:]

    init(group: Int64) { self.group = group }

    mutating func name(of stream: Int64, _ db: Database) throws -> String? {
        if let known = known[stream] { return known }
        let name = try String.fetchOne(
            db, sql: "SELECT name FROM streams WHERE id = ? AND groupId = ?", arguments: [stream, group])
        known[stream] = .some(name)
        return name
    }
}
