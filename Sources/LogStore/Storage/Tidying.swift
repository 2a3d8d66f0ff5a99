import GRDB

/// Removes what nobody is to see any longer, in steps that let writers between.
extension LogStore {
    /// Bytes of the file that are in use. It does not shrink: what has become free is used again.
    static func usedBytes(_ db: Database) throws -> Int64 {
        let pages = try Int64.fetchOne(db, sql: "PRAGMA page_count") ?? 0
        let free = try Int64.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
        return (pages - free) * (try Int64.fetchOne(db, sql: "PRAGMA page_size") ?? 0)
    }

    /// - Parameters:
    ///   - everything: not only what is beyond the room that there is.
    ///   - isEnough: whether the rest stays for another time.
    func tidy(everything: Bool = true, until isEnough: () -> Bool = { false }) {
        do {
            while everything, !isEnough(), try database.write(removeRemoved) {}
            while everything, !isEnough(), try database.write(removeExpired) {}
            if try database.read(isFull) {
                while !isEnough(), try database.write(removeOldest) {}
            }
            if everything, !isEnough() { try database.write(removeEmptyStreams) }
        } catch {
            // A full disk: it is tried again with the next event.
        }
    }

    /// One step of what went with groups and streams; whether there is more.
    private func removeRemoved(_ db: Database) throws -> Bool {
        guard let row = try Row.fetchOne(db, sql: "SELECT rowid, groupId, streamId FROM removed LIMIT 1") else {
            return false
        }
        let (group, stream): (Int64?, Int64?) = (row["groupId"], row["streamId"])
        let column = group == nil ? "streamId" : "groupId"
        let removed = try remove(
            db, "\(column) = ?", [group ?? stream], order: "timestamp, id")
        if removed == 0 {
            let rowid: Int64 = row["rowid"]
            try db.execute(sql: "DELETE FROM removed WHERE rowid = ?", arguments: [rowid])
        }
        return true
    }

    private func removeExpired(_ db: Database) throws -> Bool {
        let groups = try Row.fetchAll(db, sql: "\(LogGroup.selection) WHERE retention IS NOT NULL")
        for group in groups.map({ LogGroup($0) }) {
            let removed = try remove(
                db, "groupId = ? AND timestamp < ?", [group.id, group.expiry(at: now)], order: "timestamp, id")
            if removed > 0 { return true }
        }
        return false
    }

    /// Whether the file holds more than it may.
    func isFull(_ db: Database) throws -> Bool { try Self.usedBytes(db) > storageBytes }

    /// Makes room, a little more than is missing: what came first goes first.
    private func removeOldest(_ db: Database) throws -> Bool {
        guard try Self.usedBytes(db) > storageBytes - storageBytes / LogLimits.roomDivisor else { return false }
        return try remove(db, "true", [], order: "id") > 0
    }

    /// Removes some events and takes them off their groups' figures; how many that were.
    private func remove(
        _ db: Database, _ condition: String, _ arguments: StatementArguments, order: String
    ) throws -> Int {
        try db.execute(
            sql: """
                CREATE TEMPORARY TABLE IF NOT EXISTS leaving
                    (id INTEGER PRIMARY KEY, groupId INTEGER NOT NULL, size INTEGER NOT NULL)
                """)
        try db.execute(
            sql: """
                INSERT INTO leaving SELECT id, groupId, length(message) + \(LogLimits.eventOverhead)
                FROM events WHERE \(condition) ORDER BY \(order) LIMIT \(LogLimits.tidiedEvents)
                """, arguments: arguments)
        let count = db.changesCount
        if count > 0 {
            try db.execute(
                sql: """
                    UPDATE groups SET storedBytes = max(0, storedBytes -
                        (SELECT sum(size) FROM leaving WHERE leaving.groupId = groups.id))
                    WHERE id IN (SELECT groupId FROM leaving)
                    """)
            try db.execute(sql: "DELETE FROM events WHERE id IN (SELECT id FROM leaving)")
            try db.execute(sql: "DELETE FROM leaving")
        }
        return count
    }

    /// Streams that the server has made itself would else grow in number for ever: one for each environment.
    private func removeEmptyStreams(_ db: Database) throws {
        try db.execute(
            sql: """
                DELETE FROM streams WHERE isOwn AND lastIngestion < ?
                    AND NOT EXISTS (SELECT 1 FROM events WHERE streamId = streams.id)
                """, arguments: [now - LogLimits.emptyStreamTime])
    }
}
