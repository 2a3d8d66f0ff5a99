import GRDB

/// The tables of the SQLite file, and how those of earlier programs become them.
enum LogSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("logs") { db in
            // Ids are never used again: what still waits to be removed belongs to nobody who comes later. The index of a
            // group's events has their streams, so that a search for some of them reads no others.
            try db.execute(
                sql: """
                    CREATE TABLE groups (
                        id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, created INTEGER NOT NULL,
                        retention INTEGER, class TEXT NOT NULL, kmsKey TEXT, isProtected INTEGER NOT NULL,
                        tags TEXT NOT NULL, storedBytes INTEGER NOT NULL);
                    CREATE TABLE streams (
                        id INTEGER PRIMARY KEY AUTOINCREMENT, groupId INTEGER NOT NULL, name TEXT NOT NULL,
                        created INTEGER NOT NULL, isOwn INTEGER NOT NULL, firstEvent INTEGER, lastEvent INTEGER,
                        lastIngestion INTEGER, UNIQUE (groupId, name));
                    CREATE TABLE events (
                        id INTEGER PRIMARY KEY AUTOINCREMENT, groupId INTEGER NOT NULL, streamId INTEGER NOT NULL,
                        timestamp INTEGER NOT NULL, ingested INTEGER NOT NULL, message BLOB NOT NULL);
                    CREATE INDEX events_group ON events (groupId, timestamp, id, streamId);
                    CREATE INDEX events_stream ON events (streamId, timestamp, id);
                    CREATE TABLE removed (groupId INTEGER, streamId INTEGER);
                    """)
        }
        return migrator
    }
}
