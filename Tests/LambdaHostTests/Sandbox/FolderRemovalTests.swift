import Foundation
import Testing

@testable import LambdaHost

@Suite("A folder is removed with all that is in it")
struct FolderRemovalTests {
    private static func folder() throws -> String {
        let path = FileManager.default.temporaryDirectory.appending(path: "removal-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    @Test("however deep it goes")
    func deep() throws {
        let path = try Self.folder()
        var descriptor = open(path, O_RDONLY | O_DIRECTORY)
        for depth in 0..<3000 {
            try #require(mkdirat(descriptor, "folder", 0o700) == 0)
            let inner = openat(descriptor, "folder", O_RDONLY | O_DIRECTORY)
            try #require(inner >= 0, "\(depth)")
            close(openat(inner, "file", O_WRONLY | O_CREAT, 0o600))
            close(descriptor)
            descriptor = inner
        }
        close(descriptor)
        FolderRemoval.remove(path)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("broad, with names that removing uses itself, and without following links")
    func mixed() throws {
        let outside = try Self.folder()
        defer { try? FileManager.default.removeItem(atPath: outside) }
        try Data().write(to: URL(filePath: outside + "/kept"))
        let path = try Self.folder()
        for number in 0..<50 {
            let inner = "\(path)/removed-\(number)/a/b"
            try FileManager.default.createDirectory(atPath: inner, withIntermediateDirectories: true)
            try Data("x".utf8).write(to: URL(filePath: inner + "/file"))
            try FileManager.default.createSymbolicLink(atPath: inner + "/link", withDestinationPath: outside)
        }
        FolderRemoval.remove(path)
        #expect(!FileManager.default.fileExists(atPath: path))
        #expect(FileManager.default.fileExists(atPath: outside + "/kept"))
    }

    @Test("although the rights to it were taken away")
    func withoutRights() throws {
        let path = try Self.folder()
        try FileManager.default.createDirectory(atPath: path + "/a/b/c", withIntermediateDirectories: true)
        for name in ["/a/b/c", "/a/b", "/a"] { chmod(path + name, 0) }
        FolderRemoval.remove(path)
        #expect(!FileManager.default.fileExists(atPath: path))
    }
}
