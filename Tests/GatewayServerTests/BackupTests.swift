import EntityStore
import Foundation
import SQLiteStore
import TestFixtures
import Testing

@testable import GatewayServer

@Suite struct BackupTests {
    private let folder = TemporaryFolder()
    private var data: String { folder.path + "/data" }
    private var copy: String { folder.path + "/copy" }

    private func store() throws -> SQLiteStore {
        try FileManager.default.createDirectory(atPath: data + "/functions", withIntermediateDirectories: true)
        return try SQLiteStore(path: data + "/state.sqlite")
    }

    private func entity(_ key: String) -> Entity {
        Entity(id: .init(root: RootID("test", "test"), kind: "test", key: key), document: Array(#"{"a":1}"#.utf8))
    }

    private func keys(_ path: String) async throws -> Set<String> {
        Set(try await SQLiteStore(path: path).load(["test"]).roots.flatMap(\.entities).map(\.id.key))
    }

    @Test func theCopyHoldsOneMoment() async throws {
        let store = try store()
        try await store.commit([.save(entity("first"))])
        let writer = Task {
            var number = 0
            // Pairs, so that half a commit would show.
            while !Task.isCancelled {
                _ = try? await store.commit([.save(entity("a\(number)")), .save(entity("b\(number)"))])
                number += 1
            }
        }
        defer { writer.cancel() }
        for number in 0..<5 {
            let target = copy + "\(number)"
            try await Backup(of: data, to: target) { _ in }.make()
            let keys = try await keys(target + "/state.sqlite")
            #expect(keys.contains("first"))
            for key in keys where key != "first" {
                let other = (key.hasPrefix("a") ? "b" : "a") + key.dropFirst()
                #expect(keys.contains(other))
            }
        }
    }

    @Test func closingLeavesEverythingInOneFile() async throws {
        let store = try store()
        for number in 0..<100 { try await store.commit([.save(entity("\(number)"))]) }
        store.close()
        try FileManager.default.copyItem(atPath: data + "/state.sqlite", toPath: folder.path + "/alone.sqlite")
        #expect(try await keys(folder.path + "/alone.sqlite").count == 100)
    }

    @Test func thereIsNoHalfBackup() async throws {
        await #expect(throws: Backup.Failure.self) { try await Backup(of: data, to: copy) { _ in }.make() }
        _ = try store()
        try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
        await #expect(throws: Backup.Failure.self) { try await Backup(of: data, to: copy) { _ in }.make() }
        #expect(try FileManager.default.contentsOfDirectory(atPath: copy).isEmpty)
        await #expect(throws: Backup.Failure.self) {
            try await Backup(of: data, to: folder.path + "/no/where") { _ in }.make()
        }
    }

    @Test func aStateThatCannotBeServedIsNoBackup() async throws {
        try await store().commit([
            .save(
                Entity(
                    id: .init(root: RootID("function", "nobody"), kind: "lambda.alias", key: "x"),
                    document: Array("{}".utf8)))
        ])
        await #expect(throws: Backup.Failure.self) { try await Backup(of: data, to: copy) { _ in }.make() }
        #expect(!FileManager.default.fileExists(atPath: copy))
        #expect(!FileManager.default.fileExists(atPath: copy + ".incomplete"))
    }

    @Test func whileAnotherBackupToThePlaceIsUnderWayItIsRefused() async throws {
        try await store().commit([.save(entity("first"))])
        do {
            let other = try PartialFolder(for: copy)
            let half = other.path + "/half"
            try Data("half".utf8).write(to: URL(filePath: half))
            let failure = await #expect(throws: Backup.Failure.self) {
                try await Backup(of: data, to: copy) { _ in }.make()
            }
            #expect(failure?.description == "Another backup to \(copy) is under way.")
            #expect(FileManager.default.fileExists(atPath: half))
            _ = consume other
        }
        // As one that was killed: what it left is no part of the next.
        try await Backup(of: data, to: copy) { _ in }.make()
        #expect(try await keys(copy + "/state.sqlite") == ["first"])
        #expect(!FileManager.default.fileExists(atPath: copy + "/half"))
        #expect(!FileManager.default.fileExists(atPath: copy + ".incomplete"))
    }

    @Test func ofManyAtOnceOneSucceedsWhole() async throws {
        try await store().commit([.save(entity("first"))])
        for round in 0..<10 {
            let target = copy + "\(round)"
            let data = data
            let failures = await withTaskGroup(of: Backup.Failure?.self) { group -> [Backup.Failure?] in
                for _ in 0..<4 {
                    group.addTask {
                        do throws(Backup.Failure) {
                            try await Backup(of: data, to: target) { _ in }.make()
                            return nil
                        } catch { return error }
                    }
                }
                var failures: [Backup.Failure?] = []
                for await failure in group { failures.append(failure) }
                return failures
            }
            let words = failures.compactMap { $0?.description }
            #expect(words.count == 3)
            for word in words {
                #expect(word.hasSuffix("is under way.") || word == "\(target) is there already.")
            }
            #expect(try await keys(target + "/state.sqlite") == ["first"])
            #expect(!FileManager.default.fileExists(atPath: target + ".incomplete"))
        }
    }

    @Test func nothingIsMovedOntoSomething() async throws {
        try FileManager.default.createDirectory(atPath: copy + "/other", withIntermediateDirectories: true)
        let partial = try PartialFolder(for: copy)
        let isMoved = try partial.move(to: copy)
        #expect(!isMoved)
        #expect(try FileManager.default.contentsOfDirectory(atPath: copy) == ["other"])
        partial.remove()
        #expect(!FileManager.default.fileExists(atPath: copy + ".incomplete"))
    }

    @Test(arguments: [
        ("/a/b/", "/a/b"), ("//a/./b//.", "/a/b"), ("/", "/"), ("/a/../b", "/a/../b"), ("/a/.b/..c", "/a/.b/..c"),
    ])
    func pathsHaveOneForm(_ given: String, _ form: String) {
        #expect(StateFolder.absolute(given) == form)
    }
}
