package import EntityStore
internal import Foundation
internal import GRDB

/// One table of entities in one SQLite file, written ahead and synced at every commit.
package final class SQLiteStore: EntityStore {
    private let database: DatabaseQueue

    /// A database that a later version of this program has changed.
    package struct LaterVersion: Error, CustomStringConvertible {
        let path: String
        package var description: String {
            "\(path) was written by a later version of Gatehouse. Start that version, or restore a backup of this one's."
        }
    }

    /// Opens or makes the database at `path`; a newer schema than this program knows is an error.
    package init(path: String) throws {
        var configuration = Configuration()
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA journal_mode = WAL")
            // FULL syncs the log at every commit: an acknowledged call survives a power cut too.
            try db.execute(sql: "PRAGMA synchronous = FULL")
        }
        database = try DatabaseQueue(path: path, configuration: configuration)
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
        // Migrating alone passes over changes that it does not know.
        guard try !database.read(migrator.hasBeenSuperseded) else { throw LaterVersion(path: path) }
        try migrator.migrate(database)
    }

    /// Moves the log into the database: then that file alone is the state.
    package func close() {
        try? database.writeWithoutTransaction { db in
            _ = try db.checkpoint(.truncate)
        }
        // The last connection of all removes the empty log, too.
        try? database.close()
    }

    package func load() throws -> [Entity] {
        try database.read { db in
            try Row.fetchAll(db, sql: "SELECT kind, parent, key, document FROM entities ORDER BY sequence").map { row in
                let document: Data = row["document"]
                return Entity(
                    id: .init(kind: row["kind"], parent: row["parent"], key: row["key"]), document: Array(document))
            }
        }
    }

    package func commit(_ changes: [EntityChange]) throws {
        guard !changes.isEmpty else { return }
        try database.write { db in
            for change in changes { try apply(change, db) }
        }
    }

    private func apply(_ change: EntityChange, _ db: Database) throws {
        switch change {
        case .save(let entity):
            let statement = try db.cachedStatement(
                sql: """
                    INSERT INTO entities (kind, parent, key, document) VALUES (?, ?, ?, ?)
                    ON CONFLICT (parent, kind, key) DO UPDATE SET document = excluded.document
                    """)
            try statement.execute(arguments: [entity.id.kind, entity.id.parent, entity.id.key, Data(entity.document)])
        case .delete(let id):
            let statement = try db.cachedStatement(
                sql: "DELETE FROM entities WHERE parent = ? AND kind = ? AND key = ?")
            try statement.execute(arguments: [id.parent, id.kind, id.key])
        case .deleteChildren(let parent):
            let statement = try db.cachedStatement(sql: "DELETE FROM entities WHERE parent = ?")
            try statement.execute(arguments: [parent])
        }
    }
}
