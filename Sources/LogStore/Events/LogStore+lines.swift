import GRDB

/// What a stream of the server's own gets at once.
package struct StreamLines: Sendable {
    package let group: String
    package let stream: String
    package var events: [NewLogEvent]

    package init(group: String, stream: String, events: [NewLogEvent]) {
        self.group = group
        self.stream = stream
        self.events = events
    }
}

extension LogStore {
    /// Keeps the lines of functions and stages, and makes the groups and streams that they are the first ones of. Waits for
    /// the disk.
    package func append(_ lines: [StreamLines]) throws {
        let now = now
        let isOver = try database.write { db in
            for line in lines {
                let group = try LogGroup.named(line.group, db)?.id ?? LogGroup.make(line.group, at: now, db)
                let stream =
                    try LogStream.named(line.stream, of: group, db)?.id
                    ?? LogStream.make(line.stream, of: group, at: now, isOwn: true, db)
                _ = try db.add(line.events, to: stream, of: group, at: now)
            }
            return try isFull(db)
        }
        if isOver { tidySoon(everything: false) }
    }
}
