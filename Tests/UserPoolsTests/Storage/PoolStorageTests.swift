import EntityStore
import JSON
import Sealing
import Synchronization
import Testing

@testable import UserPools

@Suite struct PoolStorageTests {
    /// A disk that tests fill and empty.
    private final class Disk: EntityStore {
        private let inner = MemoryStore()
        private let refuses = Mutex(false)
        let commits = Mutex(0)
        let documents = Mutex<[String]>([])

        /// How often a commit lets others go first.
        let pauses = Mutex(0)

        func set(full: Bool) { refuses.withLock { $0 = full } }

        func commit(
            _ changes: [EntityChange], expecting expected: [RootID: UInt64],
            installed: @escaping @Sendable (UInt64) -> Void
        ) async throws(StoreError) -> UInt64 {
            commits.withLock { $0 += 1 }
            for _ in 0..<pauses.withLock(\.self) { await Task.yield() }
            guard !refuses.withLock(\.self) else { throw .failed("the disk is full") }
            documents.withLock { documents in
                for case .save(let entity) in changes {
                    documents.append(String(decoding: entity.document, as: UTF8.self))
                }
            }
            return try await inner.commit(changes, expecting: expected, installed: installed)
        }

        func changes(
            after number: UInt64, in types: [String], seen: @escaping @Sendable (StoredRoots) -> Void
        ) async throws(StoreError) {
            try await inner.changes(after: number, in: types, seen: seen)
        }
    }

    @Test func whatTheStoreRefusesWasNeverThere() async throws {
        let disk = Disk()
        let test = TestPools(store: disk)
        let (pool, client) = try await test.pool()
        try await test.user("ada", in: pool)
        disk.set(full: true)
        let bob: JSONValue = ["ClientId": client, "Username": "bob", "Password": TestPools.password]
        #expect(
            await test.fault("SignUp", bob) == "InternalErrorException: It cannot be stored now: the disk is full")
        #expect(await test.fault("AdminDeleteUser", ["UserPoolId": pool, "Username": "ada"]).hasPrefix("Internal"))
        #expect(await test.fault("DeleteUserPool", ["UserPoolId": pool]).hasPrefix("InternalErrorException"))
        let stranger: JSONValue = ["UserPoolId": pool, "Username": "bob"]
        #expect(await test.fault("AdminGetUser", stranger) == "UserNotFoundException: User does not exist.")
        disk.set(full: false)
        _ = try await test.signIn("ada", client)
        try await test.call("SignUp", bob)
        let again = TestPools(store: disk, sealing: test.pools.sealing)
        try await again.pools.load()
        let users = try await again.call("ListUsers", ["UserPoolId": pool])["Users"]?.array
        #expect(users?.compactMap { $0["Username"]?.string }.sorted() == ["ada", "bob"])
    }

    @Test func whoIsRefusedForAnothersChangeFindsItDone() async throws {
        let disk = Disk()
        let test = TestPools(store: disk)
        let (pool, _) = try await test.pool()
        disk.pauses.withLock { $0 = 1_000 }
        let group: JSONValue = ["UserPoolId": pool, "GroupName": "group"]
        let found = await withTaskGroup(of: [Int].self) { tasks in
            for _ in 0..<8 {
                tasks.addTask {
                    let made = await test.pools.respond(to: "CreateGroup", group.bytes)
                    return [made.status, await test.pools.respond(to: "GetGroup", group.bytes).status]
                }
            }
            return await tasks.reduce(into: []) { $0.append($1) }
        }
        #expect(found.sorted { $0[0] < $1[0] } == [[200, 200]] + Array(repeating: [400, 200], count: 7))
    }

    @Test func ofManyChangesAtOnceAllOrNoneOfEachAreKept() async throws {
        let disk = Disk()
        let test = TestPools(store: disk)
        let (pool, _) = try await test.pool()
        let before = disk.commits.withLock(\.self)
        let made = await withTaskGroup(of: String?.self) { group in
            for number in 0..<60 {
                group.addTask {
                    if number == 20 { disk.set(full: true) }
                    if number == 40 { disk.set(full: false) }
                    let name = "group-\(number)"
                    let answer = await test.pools.respond(
                        to: "CreateGroup", JSONValue.object(["UserPoolId": pool, "GroupName": .string(name)]).bytes)
                    return answer.status == 200 ? name : nil
                }
            }
            return await group.reduce(into: Set<String>()) { names, name in
                if let name { names.insert(name) }
            }
        }
        disk.set(full: false)
        #expect(disk.commits.withLock(\.self) > before)
        for pools in [test, TestPools(store: disk, sealing: test.pools.sealing)] {
            if pools !== test { try await pools.pools.load() }
            let listed = try await pools.call("ListGroups", ["UserPoolId": pool, "Limit": 60])["Groups"]?.array
            #expect(Set(listed?.compactMap { $0["GroupName"]?.string } ?? []) == made)
        }
    }

    @Test func codesAreNotKeptAsTheyAreSent() async throws {
        let disk = Disk()
        let test = TestPools(store: disk)
        let (_, client) = try await test.pool(["AutoVerifiedAttributes": ["email"]])
        let email: JSONValue = ["Name": "email", "Value": "ada@example.com"]
        try await test.call(
            "SignUp",
            ["ClientId": client, "Username": "ada", "Password": TestPools.password, "UserAttributes": [email]])
        let sent = try #require(test.pools.outbox.list().array?.last?["code"]?.string)
        let kept = disk.documents.withLock(\.self)
        #expect(kept.contains { $0.contains("ada@example.com") && $0.contains("signup") })
        #expect(!kept.contains { $0.contains("\"\(sent)\"") })
        let told: JSONValue = ["ClientId": client, "Username": "ada", "ConfirmationCode": .string(sent)]
        let other: JSONValue = [
            "ClientId": client, "Username": "ada", "ConfirmationCode": sent == "123456" ? "1" : "123456",
        ]
        #expect(await test.fault("ConfirmSignUp", other).hasPrefix("CodeMismatchException"))
        try await test.call("ConfirmSignUp", told)
    }
}
