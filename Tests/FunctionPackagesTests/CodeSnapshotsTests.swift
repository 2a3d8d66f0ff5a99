import Foundation
import TestFixtures
import Testing

@testable import FunctionPackages

@Suite struct CodeSnapshotsTests {
    private let folder = TemporaryFolder()
    private let snapshots: CodeSnapshots
    private let source: String

    init() {
        snapshots = CodeSnapshots(codeFolder: folder.path + "/functions", isDurable: false)
        source = folder.path + "/src"
    }

    private func copy(dependencies: String? = nil) throws -> String {
        let package = try snapshots.take(source, dependencies: dependencies)
        return snapshots.codeFolder(of: try #require(package.snapshot))
    }

    private func copied(_ path: String, dependencies: String? = nil) throws -> String? {
        contents(try copy(dependencies: dependencies) + "/" + path)
    }

    @Test func digestChangesWithContentNamesAndPrograms() throws {
        try folder.write("one", to: "src/app.py")
        let first = try snapshots.describe(source)
        #expect(first.codeSize == 3)
        #expect(first.localFolder == source)
        #expect(try snapshots.describe(source) == first)

        try folder.write("two", to: "src/app.py")
        #expect(try snapshots.describe(source).codeSha256 != first.codeSha256)

        try folder.write("one", to: "src/lib/app.py")
        Files.remove(source + "/app.py")
        #expect(try snapshots.describe(source).codeSha256 != first.codeSha256)
    }

    @Test func aFileThatBecomesAProgramIsAnotherCode() throws {
        try folder.write("#!/bin/sh", to: "src/bootstrap")
        let before = try snapshots.describe(source)
        chmod(source + "/bootstrap", 0o755)
        #expect(try snapshots.describe(source).codeSha256 != before.codeSha256)
        #expect(permissions(try copy() + "/bootstrap") == 0o555)
    }

    @Test func editsDoNotReachACopy() throws {
        try folder.write("one", to: "src/app.py")
        let before = try copy()
        try folder.write("two", to: "src/app.py")
        let after = try copy()
        #expect(contents(before + "/app.py") == "one")
        #expect(contents(after + "/app.py") == "two")
    }

    @Test func unchangedFilesAreSharedWithTheCopyBeforeAndNeverWithTheSource() throws {
        try folder.write("same", to: "src/lib/same.py")
        try folder.write("one", to: "src/app.py")
        let before = try copy()
        try folder.write("two", to: "src/app.py")
        let after = try copy()
        let node = { Files.identity($0 + "/lib/same.py")?.node }
        #expect(node(before) == node(after))
        #expect(node(before) != node(source))
    }

    @Test func sameCodeIsCopiedOnce() throws {
        try folder.write("one", to: "src/app.py")
        #expect(try copy() == copy())
        #expect(Files.list(folder.path + "/functions/.local").count == 1)
    }

    @Test(arguments: [
        "__pycache__/app.pyc", ".gatehouse/store.sqlite", ".git/HEAD", ".aws-sam/build.toml", "app.py~", ".app.py.swp",
        "4913", ".#app.py", "node_modules/.cache/x",
    ])
    func whatToolsWriteIsNoCode(_ path: String) throws {
        try folder.write("one", to: "src/app.py")
        let before = try snapshots.describe(source)
        try folder.write("x", to: "src/" + path)
        #expect(try snapshots.describe(source) == before)
    }

    @Test func linksThatStayInsideRemainLinks() throws {
        try folder.write("x", to: "src/store/a/index.js")
        try folder.write("", to: "src/node_modules/b/index.js")
        try Files.makeSymbolicLink(source + "/node_modules/a", to: "../store/a")
        let copy = try copy()
        #expect(Files.linkTarget(copy + "/node_modules/a") == "../store/a")
        #expect(contents(copy + "/node_modules/a/index.js") == "x")
    }

    @Test func whatLinksLeadToOutsideIsCopied() throws {
        try folder.write("shared", to: "shared/util.py")
        try folder.write("app", to: "src/app.py")
        try Files.makeSymbolicLink(source + "/util.py", to: "../shared/util.py")
        try Files.makeSymbolicLink(source + "/common", to: "../shared")
        let copy = try copy()
        #expect(Files.kind(copy + "/util.py") == .file)
        #expect(Files.kind(copy + "/common") == .folder)
        #expect(contents(copy + "/common/util.py") == "shared")
    }

    @Test func aLinkToAFolderAboveIsNoCircle() throws {
        try folder.write("app", to: "src/app.py")
        try Files.makeSymbolicLink(source + "/circle", to: source)
        #expect(Files.list(try copy()) == ["app.py"])
    }

    @Test func aLinkInsideALinkedFolderLeadsToTheSameFile() throws {
        try folder.write("deep", to: "other/deep.py")
        try folder.write("wrong", to: "src/other/deep.py")
        try folder.write("", to: "shared/util.py")
        try Files.makeSymbolicLink(folder.path + "/shared/deep.py", to: "../other/deep.py")
        try Files.makeSymbolicLink(source + "/common", to: "../shared")
        #expect(try copied("common/deep.py") == "deep")
    }

    @Test func dependenciesAreLinkedBesideTheCode() throws {
        try folder.write("mine", to: "src/six.py")
        try folder.write("", to: "src/google/mine.py")
        try folder.write("theirs", to: "cache/six.py")
        try folder.write("requests", to: "cache/requests/__init__.py")
        try folder.write("auth", to: "cache/google/auth.py")
        let copy = try copy(dependencies: folder.path + "/cache")
        #expect(contents(copy + "/six.py") == "mine")
        #expect(contents(copy + "/requests/__init__.py") == "requests")
        #expect(contents(copy + "/google/auth.py") == "auth")
        #expect(contents(copy + "/google/mine.py") == "")
    }

    @Test func whatNothingUsesIsRemoved() throws {
        try folder.write("one", to: "src/app.py")
        let old = try snapshots.take(source, dependencies: nil)
        try folder.write("two", to: "src/app.py")
        let new = try snapshots.take(source, dependencies: nil)
        let (oldName, newName) = (try #require(old.snapshot), try #require(new.snapshot))
        snapshots.collect { [] }
        #expect(snapshots.isKept(oldName) && snapshots.isKept(newName))
        snapshots.release(oldName)
        snapshots.release(newName)
        snapshots.collect { [newName] }
        #expect(!snapshots.isKept(oldName))
        #expect(snapshots.isKept(newName))
    }

    @Test func aStartRemovesWhatAnEndInTheMiddleLeft() throws {
        try folder.write("one", to: "src/app.py")
        let package = try snapshots.take(source, dependencies: nil)
        let name = try #require(package.snapshot)
        try folder.write("half", to: "functions/.local/.incoming-1/app.py")
        let next = CodeSnapshots(codeFolder: folder.path + "/functions", isDurable: false)
        next.restore([name: package])
        #expect(Files.list(folder.path + "/functions/.local") == [name])
        #expect(next.namingSources(in: snapshots.codeFolder(of: name)) == source)
    }

    @Test(arguments: [true, false])
    func copiesThatNobodyNamesAtAStartAreKeptForNow(isTrusted: Bool) throws {
        try folder.write("one", to: "src/app.py")
        let name = try #require(try snapshots.take(source, dependencies: nil).snapshot)
        let next = CodeSnapshots(codeFolder: folder.path + "/functions", isDurable: false)
        next.restore([:], isTrusted: isTrusted)
        #expect(next.isKept(name))
    }

    @Test func aSnapshotCanBeTakenAgain() throws {
        try folder.write("one", to: "src/app.py")
        let old = try snapshots.take(source, dependencies: nil)
        try folder.write("two", to: "src/app.py")
        let place = try #require(snapshots.folder(of: source, codeSha256: old.codeSha256))
        #expect(snapshots.takeAgain(place) == old)
        #expect(snapshots.takeAgain(source) == nil)
    }

    @Test func whatIsHeldStays() throws {
        try folder.write("one", to: "src/app.py")
        let name = try #require(try snapshots.take(source, dependencies: nil).snapshot)
        snapshots.release(name)
        let held = snapshots.holdAll()
        snapshots.collect { [] }
        #expect(snapshots.isKept(name))
        for name in held { snapshots.release(name) }
        snapshots.collect { [] }
        #expect(!snapshots.isKept(name))
    }

    @Test func aServersOwnFolderIsNoCode() throws {
        try folder.write("one", to: "app.py")
        try folder.write("state", to: "data/state.sqlite")
        let snapshots = CodeSnapshots(codeFolder: folder.path + "/data/functions", isDurable: false)
        let name = try #require(try snapshots.take(folder.path, dependencies: nil).snapshot)
        #expect(Files.list(snapshots.codeFolder(of: name)) == ["app.py"])
    }

    @Test func pathsInTextLeadToTheSource() throws {
        try folder.write("one", to: "src/app.py")
        let copy = try copy()
        let text = #"  File "\#(copy)/app.py", line 3 and \#(copy)"#
        #expect(snapshots.namingSources(in: text) == #"  File "\#(source)/app.py", line 3 and \#(source)"#)
        let foreign = folder.path + "/functions/.local/else"
        #expect(snapshots.namingSources(in: foreign) == foreign)
    }

    @Test func needsAFolderWithAFile() throws {
        #expect(throws: PackageError.unusableFolder("There is no folder \(source).")) {
            try snapshots.describe(source)
        }
        try Files.makeFolder(source)
        #expect(throws: PackageError.self) { try snapshots.describe(source) }
    }
}
