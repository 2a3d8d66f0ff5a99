import Foundation
import TestFixtures
import Testing

@testable import FunctionPackages

@Suite struct FolderArchiveTests {
    private let folder = TemporaryFolder()

    private func archive() throws -> ZipArchive { try ZipArchive(try FolderArchive.bytes(of: folder.path)) }

    private func text(_ entry: ZipArchive.Entry, of archive: ZipArchive) throws -> String {
        var content: [UInt8] = []
        try archive.read(entry) { piece throws(PackageError) in content.append(contentsOf: piece) }
        return String(decoding: content, as: UTF8.self)
    }

    @Test func whatIsPackedReadsBack() throws {
        let long = String(repeating: "long ", count: 10_000)
        try folder.write("x", to: "app.py")
        try folder.write(long, to: "lib/long.txt")
        try folder.write("", to: "lib/empty")
        let archive = try archive()
        #expect(archive.entries.map(\.path) == [["app.py"], ["lib", "empty"], ["lib", "long.txt"]])
        #expect(try archive.entries.map { try text($0, of: archive) } == ["x", "", long])
        #expect(archive.entries.map(\.isDeflated) == [false, false, true])
    }

    @Test func programsAndLinksAreKept() throws {
        try folder.write("#!/bin/sh", to: "bootstrap")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755], ofItemAtPath: folder.path + "/bootstrap")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/link", withDestinationPath: "bootstrap")
        let archive = try archive()
        #expect(archive.entries.map(\.kind) == [.file, .symbolicLink])
        #expect(archive.entries[0].mode == 0o755)
        #expect(try text(archive.entries[1], of: archive) == "bootstrap")
    }

    @Test func theSameCodeGivesTheSameBytes() throws {
        try folder.write("x", to: "app.py")
        let other = TemporaryFolder()
        try other.write("x", to: "app.py")
        #expect(try FolderArchive.bytes(of: folder.path) == FolderArchive.bytes(of: other.path))
    }

    @Test func whatBelongsToToolsStaysBehind() throws {
        try folder.write("x", to: "app.py")
        try folder.write("x", to: ".git/config")
        #expect(try archive().entries.map(\.path) == [["app.py"]])
    }

    @Test func anEmptyFolderIsRefused() {
        #expect(throws: PackageError.self) { try FolderArchive.bytes(of: folder.path) }
    }
}
