import EntityStore
import Foundation
import GRDB
import SQLiteStore
import TestFixtures
import Testing

@Suite struct SQLiteStoreTests {
    private let folder = TemporaryFolder()
    private var path: String { folder.path + "/state.sqlite" }
    private let api = RootID("api", "a1")

    @Test func everythingIsThereAfterItIsOpenedAgain() async throws {
        let first = try SQLiteStore(path: path)
        try await first.commit([save(api, "v2.api", "a1"), save(api, "v2.route", "r1")])
        try await first.commit([save(RootID("api", "a2"), "v2.api", "a2")])
        try await first.commit([.deleteRoot(RootID("api", "a2"))])
        let before = try await first.load(["api"])
        first.close()
        let second = try SQLiteStore(path: path)
        #expect(try await second.load(["api"]) == before)
        // Numbers go on, though the root that had the last one is forgotten.
        #expect(try await second.commit([save(api, "v2.route", "r2")], expecting: [api: 1]) == 4)
        second.close()
    }

    @Test func aClosedStoreIsOneFile() async throws {
        let store = try SQLiteStore(path: path)
        try await store.commit([save(api, "v2.api", "a1")])
        store.close()
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["state.sqlite"])
    }

    @Test func takesUpTheStoreOfAnEarlierProgram() async throws {
        let old = try DatabaseQueue(path: path)
        try await old.write { db in
            try db.execute(
                sql: """
                    CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
                    INSERT INTO grdb_migrations VALUES ('entities');
                    CREATE TABLE entities (
                        sequence INTEGER PRIMARY KEY,
                        kind TEXT NOT NULL, parent TEXT NOT NULL, key TEXT NOT NULL,
                        document BLOB NOT NULL,
                        UNIQUE (parent, kind, key));
                    INSERT INTO entities (kind, parent, key, document) VALUES
                        ('v2.api', '', 'a1', '{}'), ('v2.route', 'api/a1', 'r2', '{}'),
                        ('v2.route', 'api/a1', 'r1', '{}'), ('lambda.function', '', 'hello', '{}'),
                        ('lambda.alias', 'function/hello', 'live', '{}'), ('stack', '', 'shop', '{}'),
                        ('stack.step', 'stack/shop', '000000', '{}');
                    """)
        }
        try old.close()
        let store = try SQLiteStore(path: path)
        let loaded = try await store.load(["api", "function", "stack"])
        #expect(loaded.commit == 1)
        #expect(
            loaded.roots.map { "\($0.id): \($0.entities.map(\.id.key).joined(separator: " "))" }.sorted()
                == ["api/a1: a1 r2 r1", "function/hello: hello live", "stack/shop: shop 000000"])
        #expect(loaded.roots.allSatisfy { $0.version == 1 })
        #expect(try await store.commit([save(api, "v2.route", "r3")], expecting: [api: 1]) == 2)
        store.close()
    }

    @Test func aNewerSchemaIsRefused() async throws {
        try SQLiteStore(path: path).close()
        let newer = try DatabaseQueue(path: path)
        try await newer.write { db in try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('future')") }
        try newer.close()
        #expect(throws: SQLiteStore.LaterVersion.self) { try SQLiteStore(path: path) }
    }

    @Test func whatTheDiskRefusesIsNotKeptAndTakesNoNumber() async throws {
        let store = try SQLiteStore(path: path)
        try await store.commit([save(api, "v2.api", "a1")])
        let other = try DatabaseQueue(path: path)
        try await other.write { db in
            try db.execute(
                sql: """
                    CREATE TRIGGER full BEFORE INSERT ON entities WHEN new.key = 'last'
                    BEGIN SELECT RAISE(ABORT, 'the disk is full'); END
                    """)
        }
        let before = try await store.load(["api"])
        await #expect(throws: StoreError.self) {
            try await store.commit([save(api, "v2.route", "first"), save(api, "v2.route", "last")])
        }
        #expect(try await store.load(["api"]) == before)
        try await other.write { db in try db.execute(sql: "DROP TRIGGER full") }
        #expect(try await store.commit([save(api, "v2.route", "last")], expecting: [api: 1]) == 2)
        store.close()
    }
}
