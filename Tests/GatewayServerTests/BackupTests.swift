import EntityStore
import Foundation
import SQLiteStore
import Synchronization
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
        Entity(id: .init(kind: "test", key: key), document: Array(#"{"a":1}"#.utf8))
    }

    private final class Flag: Sendable {
        let isUp = Atomic<Bool>(false)
    }

    @Test func theCopyHoldsOneMoment() throws {
        let store = try store()
        try store.commit([.save(entity("first"))])
        let flag = Flag()
        let writer = Thread {
            var number = 0
            // Pairs, so that half a commit would show.
            while !flag.isUp.load(ordering: .relaxed) {
                try? store.commit([.save(entity("a\(number)")), .save(entity("b\(number)"))])
                number += 1
            }
        }
        writer.start()
        defer { flag.isUp.store(true, ordering: .relaxed) }
        for number in 0..<5 {
            let target = copy + "\(number)"
            try Backup(of: data, to: target) { _ in }.make()
            let keys = Set(try SQLiteStore(path: target + "/state.sqlite").load().map(\.id.key))
            #expect(keys.contains("first"))
            for key in keys where key != "first" {
                let other = (key.hasPrefix("a") ? "b" : "a") + key.dropFirst()
                #expect(keys.contains(other))
            }
        }
    }

    @Test func closingLeavesEverythingInOneFile() throws {
        let store = try store()
        for number in 0..<100 { try store.commit([.save(entity("\(number)"))]) }
        store.close()
        try FileManager.default.copyItem(atPath: data + "/state.sqlite", toPath: folder.path + "/alone.sqlite")
        #expect(try SQLiteStore(path: folder.path + "/alone.sqlite").load().count == 100)
    }

    @Test func thereIsNoHalfBackup() throws {
        #expect(throws: Backup.Failure.self) { try Backup(of: data, to: copy) { _ in }.make() }
        _ = try store()
        try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
        #expect(throws: Backup.Failure.self) { try Backup(of: data, to: copy) { _ in }.make() }
        #expect(try FileManager.default.contentsOfDirectory(atPath: copy).isEmpty)
        #expect(throws: Backup.Failure.self) { try Backup(of: data, to: folder.path + "/no/where") { _ in }.make() }
    }

    @Test func aStateThatCannotBeServedIsNoBackup() throws {
        try store().commit([
            .save(
                Entity(id: .init(kind: "lambda.alias", parent: "function/nobody", key: "x"), document: Array("{}".utf8))
            )
        ])
        #expect(throws: Backup.Failure.self) { try Backup(of: data, to: copy) { _ in }.make() }
        #expect(!FileManager.default.fileExists(atPath: copy))
        #expect(!FileManager.default.fileExists(atPath: copy + ".incomplete"))
    }
}
