import GRDB

/// The tables of the SQLite file, and how those of earlier programs become them.
enum ObjectSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("objects") { db in
            try db.execute(
                sql: """
                    CREATE TABLE buckets (
                        id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, created INTEGER NOT NULL,
                        versioning TEXT);
                    CREATE TABLE settings (
                        bucket INTEGER NOT NULL, name TEXT NOT NULL, document TEXT NOT NULL,
                        PRIMARY KEY (bucket, name)) WITHOUT ROWID;
                    CREATE TABLE versions (
                        sequence INTEGER PRIMARY KEY AUTOINCREMENT, bucket INTEGER NOT NULL, key BLOB NOT NULL,
                        version TEXT NOT NULL, isLatest INTEGER NOT NULL, isMarker INTEGER NOT NULL,
                        modified INTEGER NOT NULL, size INTEGER NOT NULL, etag TEXT NOT NULL, facts BLOB NOT NULL,
                        UNIQUE (bucket, key, version));
                    CREATE UNIQUE INDEX versions_order ON versions (bucket, key, sequence DESC);
                    CREATE UNIQUE INDEX versions_latest ON versions (bucket, key) WHERE isLatest;
                    CREATE TABLE contents (digest TEXT PRIMARY KEY, uses INTEGER NOT NULL) WITHOUT ROWID;
                    CREATE TABLE strays (digest TEXT PRIMARY KEY, seen INTEGER NOT NULL) WITHOUT ROWID;
                    CREATE TABLE uploads (
                        id TEXT PRIMARY KEY, bucket INTEGER NOT NULL, key BLOB NOT NULL, created INTEGER NOT NULL,
                        facts BLOB NOT NULL);
                    CREATE INDEX uploads_order ON uploads (bucket, key, created, id);
                    CREATE TABLE parts (
                        upload TEXT NOT NULL, number INTEGER NOT NULL, modified INTEGER NOT NULL, size INTEGER NOT NULL,
                        etag TEXT NOT NULL, facts BLOB NOT NULL, PRIMARY KEY (upload, number)) WITHOUT ROWID;
                    """)
        }
        migrator.registerMigration("uploads that were overtaken") { db in
            try db.execute(sql: "ALTER TABLE uploads ADD COLUMN isOvertaken INTEGER NOT NULL DEFAULT FALSE")
        }
        return migrator
    }
}
