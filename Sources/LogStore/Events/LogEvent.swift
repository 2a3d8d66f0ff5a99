import Foundation
import GRDB
import JSON

/// An event as it is stored.
struct LogEvent {
    let id: Int64
    let group: Int64
    let stream: Int64
    let timestamp: Int64
    let ingested: Int64
    let message: [UInt8]

    static let selection = "SELECT id, groupId, streamId, timestamp, ingested, message FROM events"

    init(_ row: Row) {
        id = row["id"]
        group = row["groupId"]
        stream = row["streamId"]
        timestamp = row["timestamp"]
        ingested = row["ingested"]
        // Text with a NUL in it would end there.
        let data: Data = row["message"]
        message = Array(data)
    }

    var place: EventPlace { EventPlace(timestamp: timestamp, id: id) }
    var text: String { String(decoding: message, as: UTF8.self) }
    /// What it counts on a page.
    var size: Int { message.count + LogLimits.eventOverhead }
}

/// A range of times that is read from one end, or from a place in it.
struct EventRange {
    let condition: String
    let arguments: StatementArguments

    /// - Parameters:
    ///   - to: the first time that is beyond it.
    ///   - place: the last event that has been read.
    init(from: Int64, to: Int64, isForward: Bool, behind place: EventPlace?) {
        var (from, to) = (from, to)
        var condition = "AND timestamp >= ? AND timestamp < ?"
        var more: StatementArguments = []
        if let place {
            // So that the index leads to the place, and nothing before it is passed.
            if isForward { from = max(from, place.timestamp) } else { to = min(to, place.timestamp + 1) }
            condition += " AND (timestamp, id) \(isForward ? ">" : "<") (?, ?)"
            more = [place.timestamp, place.id]
        }
        let direction = isForward ? "ASC" : "DESC"
        self.condition = "\(condition) ORDER BY timestamp \(direction), id \(direction)"
        arguments = [from, to] + more
    }
}

/// An event that comes.
package struct NewLogEvent: Sendable {
    package var timestamp: Int64
    package var message: [UInt8]

    package init(timestamp: Int64, message: [UInt8]) {
        self.timestamp = timestamp
        self.message = message
    }
}

extension NewLogEvent {
    var size: Int { message.count + LogLimits.eventOverhead }
}

extension Database {
    /// Adds events to a stream, in order. The last one's id.
    func add(_ events: some Collection<NewLogEvent>, to stream: Int64, of group: Int64, at now: Int64) throws -> Int64 {
        guard let earliest = events.lazy.map(\.timestamp).min(), let latest = events.lazy.map(\.timestamp).max() else {
            return 0
        }
        let insertion = try cachedStatement(
            sql: "INSERT INTO events (groupId, streamId, timestamp, ingested, message) VALUES (?, ?, ?, ?, ?)")
        var bytes = 0
        for event in events {
            bytes += event.size
            // As many as there are places, every time.
            insertion.setUncheckedArguments([group, stream, event.timestamp, now, Data(event.message)])
            try insertion.execute()
        }
        let last = lastInsertedRowID
        try cachedStatement(
            sql: """
                UPDATE streams SET firstEvent = min(coalesce(firstEvent, ?), ?),
                    lastEvent = max(coalesce(lastEvent, ?), ?), lastIngestion = ? WHERE id = ?
                """
        ).execute(arguments: [earliest, earliest, latest, latest, now, stream])
        try cachedStatement(sql: "UPDATE groups SET storedBytes = storedBytes + ? WHERE id = ?")
            .execute(arguments: [bytes, group])
        return last
    }
}
