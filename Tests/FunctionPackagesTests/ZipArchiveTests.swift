import GatewayModel
import TestFixtures
import Testing

@testable import FunctionPackages

@Suite struct ZipArchiveTests {
    /// What Python's zipfile writes: a deflated executable, a folder, a deflated file that only its owner may read.
    private static let fromPython = """
        UEsDBBQAAAAIAAAAIVjlJYbIGAAAAOYAAAAJAAAAYm9vdHN0cmFwU1bUT8rM0y/O4EpNzshXyEjNyckffkwAUEsDBBQAAAAAAAAAIVgAAAAA\
        AAAAAAAAAAAEAAAAbGliL1BLAwQUAAAACAAAACFYgsXB5gcAAAAFAAAADAAAAGxpYi9kYXRhLnR4dEtJLEnkAgBQSwECFAMUAAAACAAAACFY\
        5SWGyBgAAADmAAAACQAAAAAAAAAAAAAA7YEAAAAAYm9vdHN0cmFwUEsBAhQDFAAAAAAAAAAhWAAAAAAAAAAAAAAAAAQAAAAAAAAAAAAAAO1B\
        PwAAAGxpYi9QSwECFAMUAAAACAAAACFYgsXB5gcAAAAFAAAADAAAAAAAAAAAAAAAgIFhAAAAbGliL2RhdGEudHh0UEsFBgAAAAADAAMAowAA\
        AJIAAAAAAA==
        """

    /// 200,000 zero bytes, deflated to 211.
    static let deflatedZeros = """
        7cExAQAAAMKg9U9tBn+gAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\
        AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAIDXAA==
        """

    static func zeros(declared size: UInt32) throws -> Zip.File {
        var file = Zip.File("zeros")
        file.data = try #require(Base64.decode(deflatedZeros))
        file.method = 8
        file.size = size
        file.checksum = Zip.crc32([UInt8](repeating: 0, count: 200_000))
        return file
    }

    private func read(_ entry: ZipArchive.Entry, of archive: ZipArchive) throws -> [UInt8] {
        var content: [UInt8] = []
        try archive.read(entry) { piece throws(PackageError) in content.append(contentsOf: piece) }
        return content
    }

    @Test func readsAnArchiveOfPythons() throws {
        let archive = try ZipArchive(try #require(Base64.decode(Self.fromPython)))
        #expect(archive.entries.map(\.path) == [["bootstrap"], ["lib"], ["lib", "data.txt"]])
        #expect(archive.entries.map(\.kind) == [.file, .folder, .file])
        #expect(archive.entries.map(\.mode) == [0o755, 0o755, 0o600])
        #expect(try read(archive.entries[0], of: archive).starts(with: Array("#!/bin/sh\necho hello\n".utf8)))
        #expect(try read(archive.entries[2], of: archive) == Array("data\n".utf8))
    }

    @Test func inflatesPieceByPiece() throws {
        let archive = try ZipArchive(Zip(try Self.zeros(declared: 200_000)).bytes)
        var pieces: [Int] = []
        try archive.read(archive.entries[0]) { piece throws(PackageError) in pieces.append(piece.count) }
        #expect(pieces.reduce(0, +) == 200_000)
        #expect(pieces.allSatisfy { $0 <= 65_536 })
    }

    @Test func stopsWhenAnEntryIsLargerThanItSays() throws {
        let archive = try ZipArchive(Zip(try Self.zeros(declared: 1000)).bytes)
        var seen = 0
        #expect(throws: PackageError.unreadable("A file is larger than it says.")) {
            try archive.read(archive.entries[0]) { piece throws(PackageError) in seen += piece.count }
        }
        #expect(seen == 0)
    }

    @Test func refusesAnEntryThatIsSmallerThanItSays() throws {
        let archive = try ZipArchive(Zip(try Self.zeros(declared: 300_000)).bytes)
        #expect(throws: PackageError.unreadable("A file's checksum is wrong.")) {
            try read(archive.entries[0], of: archive)
        }
    }

    @Test func refusesAWrongChecksum() throws {
        var file = Zip.File("a", "text")
        file.checksum = 1
        let archive = try ZipArchive(Zip(file).bytes)
        #expect(throws: PackageError.unreadable("A file's checksum is wrong.")) {
            try read(archive.entries[0], of: archive)
        }
    }

    @Test func refusesDamagedAndEndlessData() throws {
        for data: [UInt8] in [[0xFF, 0xFF, 0xFF], [], [0x00]] {
            var file = Zip.File("a")
            file.data = data
            file.method = 8
            file.size = 5
            let archive = try ZipArchive(Zip(file).bytes)
            #expect(throws: PackageError.unreadable("A file's data is damaged.")) {
                try read(archive.entries[0], of: archive)
            }
        }
    }

    @Test func refusesTooMuchBeforeInflatingAnything() throws {
        let half = UInt32(FunctionPackages.maximumUnzippedSize / 2)
        #expect(throws: PackageError.unzippedTooLarge) {
            var second = try Self.zeros(declared: half)
            second.name = "more"
            _ = try ZipArchive(Zip(try Self.zeros(declared: half), second).bytes)
        }
    }

    @Test(arguments: ["../evil", "a/../../evil", "/etc/passwd", "a/..", ".."])
    func refusesNamesThatLeaveThePackage(_ name: String) {
        #expect(throws: PackageError.self) { try ZipArchive(Zip(.init(name, "x")).bytes) }
    }

    @Test(arguments: [
        ["a", "a/b"], ["a/b", "a"], ["a", "a/"], ["x/a/b/c", "x/a"], ["a", "b", "a/c"],
    ])
    func aNameIsAFileOrAFolder(_ names: [String]) {
        var zip = Zip()
        for name in names { zip.files.append(.init(name, "", mode: name.hasSuffix("/") ? 0o040755 : 0o100644)) }
        #expect(throws: PackageError.self) { try ZipArchive(zip.bytes) }
    }

    /// What no file system takes, and what only costs: refused before anything is unpacked.
    @Test(arguments: [
        String(repeating: "x", count: 256), String(repeating: "d/", count: 64) + "f",
        String(repeating: "d/", count: 2_500) + "f",
        String(repeating: String(repeating: "x", count: 100) + "/", count: 30) + "f",
    ])
    func namesAreBounded(_ name: String) {
        #expect(throws: PackageError.self) { try ZipArchive(Zip(.init(name, "x")).bytes) }
    }

    @Test func foldersAreToldWithThoseThatOnlyNamesTellOf() throws {
        let archive = try ZipArchive(
            Zip(.init("a/b/c", "x"), .init("a/d", "x"), .init("e/", mode: 0o040755), .init("a/b/f", "x")).bytes)
        #expect(archive.folders == [["a"], ["a", "b"], ["e"]])
    }

    @Test func dropsDotsAndRepeatedSlashes() throws {
        let archive = try ZipArchive(Zip(.init("./a//b/./c", "x"), .init("./", "", mode: 0o040755)).bytes)
        #expect(archive.entries.map(\.path) == [["a", "b", "c"]])
    }

    @Test func takesTheLastOfRepeatedNames() throws {
        let archive = try ZipArchive(Zip(.init("a", "first"), .init("b"), .init("./a", "last")).bytes)
        #expect(archive.entries.map(\.path) == [["a"], ["b"]])
        #expect(try read(archive.entries[0], of: archive) == Array("last".utf8))
    }

    @Test func hasNoModeWhenTheMakerKeptNone() throws {
        var fromDOS = Zip.File("a", "x", mode: 0o100755)
        fromDOS.madeBy = 0
        let archive = try ZipArchive(Zip(fromDOS, .init("b", "x", mode: 0)).bytes)
        #expect(archive.entries.map(\.mode) == [nil, nil])
        #expect(archive.entries.map(\.kind) == [.file, .file])
    }

    @Test func refusesDevices() {
        #expect(throws: PackageError.self) { try ZipArchive(Zip(.init("a", "", mode: 0o020666)).bytes) }
    }

    @Test func refusesEncryptedEntriesAndOtherMethods() {
        var encrypted = Zip.File("a", "x")
        encrypted.flags = 1
        var bzip2 = Zip.File("a", "x")
        bzip2.method = 12
        #expect(throws: PackageError.unreadable("It is encrypted.")) { try ZipArchive(Zip(encrypted).bytes) }
        #expect(throws: PackageError.self) { try ZipArchive(Zip(bzip2).bytes) }
    }

    @Test func findsTheArchiveBehindAPrefixAndBeforeAComment() throws {
        var zip = Zip(.init("a", "text"))
        zip.prefix = Array("#!/usr/bin/env python3\n".utf8)
        zip.comment = Array("PK\u{5}\u{6} is not the end".utf8)
        let archive = try ZipArchive(zip.bytes)
        #expect(try read(archive.entries[0], of: archive) == Array("text".utf8))
    }

    @Test func readsSizesOfZip64() throws {
        var file = Zip.File("a", "text")
        file.isZip64 = true
        let archive = try ZipArchive(Zip(.init("b", "before"), file).bytes)
        #expect(try read(archive.entries[1], of: archive) == Array("text".utf8))
    }

    /// Every way to cut an archive short, and every byte of its tables turned, ends in an error or in a valid archive,
    /// never in a trap.
    @Test func survivesDamage() throws {
        var file = Zip.File("folder/a", "text")
        file.isZip64 = true
        let whole = Zip(file, .init("b", "x"), .link("c", to: "b")).bytes
        for length in 0..<whole.count {
            #expect(throws: PackageError.self) { try ZipArchive(Array(whole[..<length])) }
        }
        for position in whole.indices {
            for value: UInt8 in [0x00, 0x7F, 0x80, 0xFF] {
                var damaged = whole
                damaged[position] = value
                guard let archive = try? ZipArchive(damaged) else { continue }
                for entry in archive.entries { _ = try? read(entry, of: archive) }
            }
        }
    }
}

@Suite struct SymbolicLinkTests {
    private func check(_ links: [(String, String)]) throws {
        var all = SymbolicLinks()
        for (path, target) in links { all.add(target, at: path.split(separator: "/").map(String.init)) }
        try all.check()
    }

    @Test(arguments: ["b", "./b", "../b", "../lib/x", "../../c"])
    func staysInside(_ target: String) throws { try check([("a/lib/link", target)]) }

    @Test(arguments: ["/etc/passwd", "../../../c", "../../../a/b"])
    func leavesThePackage(_ target: String) {
        #expect(throws: PackageError.self) { try check([("a/lib/link", target)]) }
    }

    /// `a/b/root` is the package's own folder, so `x/..` is above it although the names say otherwise.
    @Test func leavesThePackageThroughAnotherLink() throws {
        try check([("a/b/root", "../..")])
        #expect(throws: PackageError.self) { try check([("a/b/root", "../.."), ("y", "a/b/root/../secret")]) }
    }

    @Test func whatLinksMayCostIsBounded() {
        var all = SymbolicLinks()
        let long = String(repeating: "d/../", count: 800) + "end"
        for number in 0..<2_000 { all.add(long, at: ["link\(number)"]) }
        #expect(throws: PackageError.self) { try all.check() }
    }

    @Test func goesInACircle() {
        #expect(throws: PackageError.self) { try check([("a", "b"), ("b", "a")]) }
    }
}
