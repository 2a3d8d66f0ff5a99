import Foundation
import Testing

@testable import GatewayServer

@Suite("The scratch folder of a server")
struct ScratchFolderTests {
    private static func parent() throws -> String {
        let path = FileManager.default.temporaryDirectory.appending(path: "scratch-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    private static func names(_ folder: String) throws -> Set<String> {
        Set(try FileManager.default.contentsOfDirectory(atPath: folder))
    }

    @Test("goes when the server stops")
    func removed() throws {
        let parent = try Self.parent()
        defer { try? FileManager.default.removeItem(atPath: parent) }
        let scratch = try ScratchFolder(in: parent)
        try FileManager.default.createDirectory(atPath: scratch.path + "/tmp-1/a", withIntermediateDirectories: true)
        scratch.remove()
        #expect(try Self.names(parent).isEmpty)
    }

    @Test("goes with the next start when its server is gone, and only then")
    func stale() throws {
        let parent = try Self.parent()
        defer { try? FileManager.default.removeItem(atPath: parent) }
        let living = try ScratchFolder(in: parent)
        defer { living.remove() }
        // A server that was killed leaves a lock file that nobody holds.
        for name in ["gatehouse-1-2", "gatehouse-1-x", "gatehouse-1", "other-1-2"] {
            try FileManager.default.createDirectory(atPath: "\(parent)/\(name)/tmp", withIntermediateDirectories: true)
            try Data().write(to: URL(filePath: "\(parent)/\(name)/lock"))
        }
        // One that is only about to lock it, or that is none at all.
        try FileManager.default.createDirectory(atPath: parent + "/gatehouse-3-4", withIntermediateDirectories: true)
        try Data().write(to: URL(filePath: parent + "/gatehouse-5-6"))
        try FileManager.default.createSymbolicLink(
            atPath: parent + "/gatehouse-7-8", withDestinationPath: parent + "/other-1-2")
        ScratchFolder.removeStale(in: parent)
        let own = living.path.split(separator: "/").last.map(String.init) ?? ""
        #expect(
            try Self.names(parent) == [
                own, "gatehouse-1-x", "gatehouse-1", "other-1-2", "gatehouse-3-4", "gatehouse-5-6", "gatehouse-7-8",
            ])
        #expect(FileManager.default.fileExists(atPath: parent + "/other-1-2/lock"))
    }
}
