import GRDB
import JSON
import Shapes

extension LogOperation {
    static var gets: [LogOperation] {
        [
            LogOperation(
                "GetLogEvents",
                [
                    .may("logGroupName", .groupName), .may("logGroupIdentifier", .groupIdentifier),
                    .need("logStreamName", .streamName), .may("startTime", .milliseconds),
                    .may("endTime", .milliseconds),
                    .may("nextToken", .logToken), .may("limit", .eventCount), .may("startFromHead", .boolean),
                    .may("unmask", .boolean),
                ]
            ) { store, input throws(LogError) in
                let group = try store.groupName(input)
                let name = input.needed("logStreamName")
                try LogStore.checkLengths(name)
                let reading = try StreamReading(input)
                return try await store.read { db in
                    let group = try LogGroup.needed(group, db)
                    let stream = try LogStream.needed(name, of: group.id, db)
                    return try reading.answer(stream, expiry: group.expiry(at: store.now), db)
                }
            }
        ]
    }
}

/// A page of one stream's events. Tokens are places between events: `f/` reads what is behind one, `b/` what is before.
private struct StreamReading: Sendable {
    let start: Int64
    let end: Int64
    let limit: Int
    let isForward: Bool
    /// Forward the last event that is known, backward the first one.
    let from: EventPlace?

    init(_ input: Input) throws(LogError) {
        start = Int64(input.integer("startTime") ?? 0)
        end = Int64(input.integer("endTime") ?? Int.max)
        limit = input.integer("limit") ?? LogLimits.pageEvents
        guard let token = input.text("nextToken") else {
            isForward = input.flag("startFromHead") == true
            from = nil
            return
        }
        let parts = token.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "f" || parts[0] == "b", parts[2] == "s", let place = EventPlace(parts[1])
        else { throw .wrongToken }
        isForward = parts[0] == "f"
        from = place
    }

    func answer(_ stream: LogStream, expiry: Int64, _ db: Database) throws -> JSONObject {
        let events = try events(stream, expiry, db)
        // At an end the token that was sent comes back, and the other one leads back over what has been read.
        var forward = events.last?.place
        var backward = events.first?.place
        if events.isEmpty {
            let place = from ?? EventPlace(timestamp: start, id: 0)
            forward = isForward ? place : EventPlace(timestamp: place.timestamp, id: max(0, place.id - 1))
            backward = isForward ? place.next : place
        }
        return [
            "events": .array(
                events.map { event in
                    [
                        "timestamp": .number(Int(event.timestamp)), "message": .string(event.text),
                        "ingestionTime": .number(Int(event.ingested)),
                    ]
                }),
            "nextForwardToken": .string("f/\((forward ?? EventPlace(timestamp: 0, id: 0)).text)/s"),
            "nextBackwardToken": .string("b/\((backward ?? EventPlace(timestamp: 0, id: 0)).text)/s"),
        ]
    }

    /// In order, as many as a page holds.
    private func events(_ stream: LogStream, _ expiry: Int64, _ db: Database) throws -> [LogEvent] {
        let range = EventRange(from: max(start, expiry), to: end, isForward: isForward, behind: from)
        let rows = try Row.fetchCursor(
            db,
            sql: """
                \(LogEvent.selection) INDEXED BY events_stream
                WHERE streamId = ? \(range.condition) LIMIT \(limit)
                """, arguments: [stream.id] + range.arguments)
        var events: [LogEvent] = []
        var bytes = 0
        while let row = try rows.next() {
            let event = LogEvent(row)
            bytes += event.size
            // One event is shown whatever it takes.
            if bytes > LogLimits.pageBytes, !events.isEmpty { break }
            events.append(event)
        }
        return isForward ? events : events.reversed()
    }
}
