import EntityStore
import SQLiteStore
import Synchronization
import TestFixtures
import Testing

/// What every store promises.
@Suite struct EntityStoreTests {
    enum Kind: CaseIterable {
        case memory, sqlite

        func make(_ folder: TemporaryFolder) throws -> any EntityStore {
            switch self {
            case .memory: MemoryStore()
            case .sqlite: try SQLiteStore(path: folder.path + "/state.sqlite")
            }
        }
    }

    private let folder = TemporaryFolder()
    private let api = RootID("api", "a1")
    private let function = RootID("function", "hello")

    @Test(arguments: Kind.allCases)
    func commitsHaveNumbersWithoutGaps(kind: Kind) async throws {
        let store = try kind.make(folder)
        #expect(try await store.load(["api"]) == StoredRoots(commit: 0, roots: []))
        #expect(try await store.commit([save(api, "v2.api", "a1")]) == 1)
        #expect(try await store.commit([save(function, "lambda.function", "hello")]) == 2)
        await #expect(throws: StoreError.changed(api)) {
            try await store.commit([save(api, "v2.route", "r")], expecting: [api: 2])
        }
        #expect(try await store.commit([save(api, "v2.route", "r")], expecting: [api: 1]) == 3)
        let loaded = try await store.load(["api", "function"])
        #expect(loaded.commit == 3)
        #expect(loaded.roots.map(\.id) == [function, api])
        #expect(loaded.roots.map(\.version) == [2, 3])
        #expect(try await store.load(["stack"]).roots.isEmpty)
    }

    @Test(arguments: Kind.allCases)
    func aRootThatIsNotThereHasVersionZero(kind: Kind) async throws {
        let store = try kind.make(folder)
        try await store.commit([save(api, "v2.api", "a1")], expecting: [api: 0, function: 0])
        await #expect(throws: StoreError.changed(api)) {
            try await store.commit([save(api, "v2.api", "a1")], expecting: [api: 0])
        }
        try await store.commit([.deleteRoot(api)], expecting: [api: 1])
        try await store.commit([save(api, "v2.api", "a1")], expecting: [api: 0])
        #expect(try await store.load(["api"]).roots.map(\.version) == [3])
    }

    @Test(arguments: Kind.allCases)
    func nothingOfARefusedCommitIsKept(kind: Kind) async throws {
        let store = try kind.make(folder)
        try await store.commit([save(api, "v2.api", "a1")])
        let before = try await store.load(["api", "function"])
        await #expect(throws: StoreError.changed(api)) {
            try await store.commit(
                [save(function, "lambda.function", "hello"), .deleteRoot(api)], expecting: [function: 0, api: 0])
        }
        #expect(try await store.load(["api", "function"]) == before)
    }

    @Test(arguments: Kind.allCases)
    func entitiesComeInTheOrderOfTheirFirstSaving(kind: Kind) async throws {
        let store = try kind.make(folder)
        try await store.commit([save(api, "v2.api", "a1"), save(api, "v2.route", "z"), save(api, "v2.route", "b")])
        try await store.commit([save(api, "v2.route", "a"), save(api, "v2.route", "z", "new")])
        try await store.commit([.delete(save(api, "v2.route", "b").entityId)])
        let entities = try #require(try await store.load(["api"]).roots.first?.entities)
        #expect(entities.map(\.id.key) == ["a1", "z", "a"])
        #expect(entities[1].document == Array("new".utf8))
    }

    @Test(arguments: Kind.allCases)
    func tellsWhatHasChangedSinceACommit(kind: Kind) async throws {
        let store = try kind.make(folder)
        try await store.commit([save(api, "v2.api", "a1")])
        try await store.commit([save(function, "lambda.function", "hello")])
        #expect(try await store.changes(after: 2, in: ["api", "function"]).roots.isEmpty)
        try await store.commit([.deleteRoot(api)])
        let changes = try await store.changes(after: 1, in: ["api", "function"])
        #expect(changes.commit == 3)
        #expect(changes.roots.map(\.id) == [function, api])
        #expect(changes.roots.last == StoredRoot(id: api, version: 3, entities: []))
        #expect(try await store.load(["api", "function"]).roots.map(\.id) == [function])
    }

    @Test(arguments: Kind.allCases)
    func whoFollowsSeesCommitsInTheirOrder(kind: Kind) async throws {
        let store = try kind.make(folder)
        let seen = Seen()
        try await withThrowingTaskGroup { group in
            for number in 0..<300 {
                group.addTask {
                    let root = RootID("api", "a\(number % 7)")
                    let mine = try await store.commit(
                        [save(root, "v2.route", "\(number)")], expecting: [:], installed: seen.add)
                    #expect(seen.numbers.contains(mine))
                }
            }
            try await group.waitForAll()
        }
        #expect(seen.numbers == Array(1...300))
        #expect(try await store.load(["api"]).roots.flatMap(\.entities).count == 300)
    }
}

private final class Seen: Sendable {
    private let state = Mutex<[UInt64]>([])

    var numbers: [UInt64] { state.withLock { $0 } }

    @Sendable func add(_ number: UInt64) { state.withLock { $0.append(number) } }
}

func save(_ root: RootID, _ kind: String, _ key: String, _ text: String = "{}") -> EntityChange {
    .save(Entity(id: Entity.ID(root: root, kind: kind, key: key), document: Array(text.utf8)))
}

extension EntityChange {
    var entityId: Entity.ID {
        switch self {
        case .save(let entity): entity.id
        case .delete(let id): id
        case .deleteRoot(let root): Entity.ID(root: root, kind: "", key: "")
        }
    }
}
