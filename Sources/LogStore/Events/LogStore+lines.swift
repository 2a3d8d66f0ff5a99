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
                let group = try group(line.group, now, db)
                if try LogStream.named(line.stream, of: group, db) == nil {
                    try LogStream.make(line.stream, of: group, at: now, isOwn: true, db)
                }
                let stream = try LogStream.needed(line.stream, of: group, db)
                _ = try db.add(line.events, to: stream.id, of: group, at: now)
            }
            return try isFull(db)
        }
        if isOver { tidySoon(everything: false) }
    }

    private func group(_ name: String, _ now: Int64, _ db: Database) throws -> Int64 {
        if let group = try LogGroup.named(name, db) { return group.id }
        try db.execute(
            sql: """
                INSERT INTO groups (name, created, class, isProtected, tags, storedBytes)
                VALUES (?, ?, 'STANDARD', 0, '{}', 0)
                """, arguments: [name, now])
        return db.lastInsertedRowID
    }
}
