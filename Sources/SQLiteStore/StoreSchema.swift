import GRDB

/// The tables of a store, and how those of earlier programs become them.
enum StoreSchema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("entities") { db in
            try db.execute(
                sql: """
                    CREATE TABLE entities (
                        sequence INTEGER PRIMARY KEY,
                        kind TEXT NOT NULL, parent TEXT NOT NULL, key TEXT NOT NULL,
                        document BLOB NOT NULL,
                        UNIQUE (parent, kind, key))
                    """)
        }
        // Every entity belongs to a root, the first one of a root included; roots and commits have versions.
        migrator.registerMigration("roots") { db in
            for (kind, type) in [("v2.api", "api"), ("lambda.function", "function"), ("stack", "stack")] {
                try db.execute(
                    sql: "UPDATE entities SET parent = ? || '/' || key WHERE kind = ? AND parent = ''",
                    arguments: [type, kind])
            }
            try db.execute(
                sql: """
                    ALTER TABLE entities RENAME COLUMN parent TO root;
                    CREATE TABLE roots (
                        root TEXT PRIMARY KEY, type TEXT NOT NULL, version INTEGER NOT NULL, isGone INTEGER NOT NULL)
                        WITHOUT ROWID;
                    CREATE TABLE commits (last INTEGER NOT NULL);
                    INSERT INTO roots
                        SELECT DISTINCT root, substr(root, 1, instr(root, '/') - 1), 1, 0 FROM entities;
                    INSERT INTO commits SELECT EXISTS (SELECT 1 FROM entities);
                    """)
        }
        return migrator
    }
}
