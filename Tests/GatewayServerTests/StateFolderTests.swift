import Foundation
import SQLiteStore
import TestFixtures
import Testing

@testable import GatewayServer

@Suite struct StateFolderTests {
    private let folder = TemporaryFolder()

    private func mode(_ path: String) throws -> Int {
        try #require(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    /// Whatever the folder lets others do.
    @Test func nobodyElseReadsADatabase() throws {
        let data = folder.path + "/data"
        try FileManager.default.createDirectory(
            atPath: data, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
        // Of an earlier version.
        try Data().write(to: URL(filePath: data + "/pools.sqlite"))
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: data + "/pools.sqlite")
        let state = try StateFolder(data)
        defer { state.close() }
        let store = try SQLiteStore(path: try #require(state.userPools))
        defer { store.close() }
        for name in ["state.sqlite", "tables.sqlite", "pools.sqlite", "pools.sqlite-wal", "pools.sqlite-shm"] {
            #expect(try mode("\(data)/\(name)") == 0o600, "\(name)")
        }
    }

    @Test func nobodyElseReadsTablesThatAreNotKept() throws {
        let state = try StateFolder(nil)
        defer { state.close() }
        #expect(try mode(state.tables) == 0o600)
    }

    @Test func theServerOfAFolderSaysWhereItListens() throws {
        let data = folder.path + "/data"
        #expect(!StateFolder.isLocked(data))
        let first = try StateFolder(data)
        #expect(StateFolder.isLocked(data))
        #expect(StateFolder.localPort(of: data) == nil)
        first.tell(localPort: 40_001)
        #expect(StateFolder.localPort(of: data) == 40_001)
        first.close()
        // The port of the one before leads nowhere.
        let second = try StateFolder(data)
        defer { second.close() }
        #expect(StateFolder.localPort(of: data) == nil)
        second.tell(localPort: 80)
        #expect(StateFolder.localPort(of: data) == 80)
    }

    @Test func nobodyElseReadsACopy() throws {
        let path = folder.path + "/state.sqlite"
        try SQLiteStore(path: path).close()
        try SQLiteCopy.make(of: path, at: folder.path + "/copy.sqlite")
        #expect(try mode(folder.path + "/copy.sqlite") == 0o600)
    }
}
