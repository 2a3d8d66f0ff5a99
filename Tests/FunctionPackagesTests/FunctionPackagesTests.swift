import Dispatch
import GatewayModel
import Synchronization
import TestFixtures
import Testing

@testable import FunctionPackages

@Suite struct FunctionPackagesTests {
    private let folder = TemporaryFolder()
    private let folders = CodeFolders()
    private var packages: FunctionPackages { FunctionPackages(folder: folder.path + "/code", folders: folders) }

    private func codeFolder(_ package: FunctionPackage) -> String {
        packages.codeFolder(of: "hello", codeSha256: package.codeSha256)
    }

    private func names() -> [String] { Files.list(folder.path + "/code/hello") }

    @Test func unpacksBesideTheArchive() throws {
        let zip = Zip(.init("handler.py", "pass\n"), .init("lib/data.txt", "data"), .init("empty/", mode: 0o040755))
        let package = try packages.keep(zip.bytes, for: "hello")
        #expect(package.codeSize == zip.bytes.count)
        #expect(contents(codeFolder(package) + "/handler.py") == "pass\n")
        #expect(contents(codeFolder(package) + "/lib/data.txt") == "data")
        #expect(Files.kind(codeFolder(package) + "/empty") == .folder)
        let digest = FunctionPackages.digest(zip.bytes)
        #expect(names() == [digest, digest + ".zip"])
        #expect(packages.archive(of: "hello", fileName: digest + ".zip") == zip.bytes)
    }

    /// Each makes the function's folder when it is first, and takes it away when it is last.
    @Test func callsThatBringAndRemoveAtOnceDoNotMeet() {
        var packages = packages
        packages.isDurable = false
        let failures = Mutex<[PackageError]>([])
        DispatchQueue.concurrentPerform(iterations: 200) { [packages] number in
            do throws(PackageError) {
                _ = try packages.keep(Zip(.init("handler.py", "\(number)")).bytes, for: "hello")
                packages.collect("hello", keeping: [])
            } catch { failures.withLock { $0.append(error) } }
        }
        folders.settle()
        #expect(failures.withLock { $0 }.isEmpty)
        #expect(Files.list(folder.path + "/code").isEmpty)
    }

    /// Source: `printf abc | sha256sum`, and the same through `xxd -r -p | base64`.
    @Test func tellsTheDigestInBothSpellings() throws {
        let bytes = Array("abc".utf8)
        let hexadecimal = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        let base64 = "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="
        #expect(FunctionPackages.digest(bytes) == hexadecimal)
        #expect(try FunctionPackages.describe(bytes) == FunctionPackage(codeSha256: base64, codeSize: 3))
        #expect(FunctionPackages.fileName(base64) == hexadecimal)
    }

    @Test func keepsModesAndLetsTheOwnerRead() throws {
        let zip = Zip(
            .init("bootstrap", "x", mode: 0o100755), .init("secret", "x", mode: 0o100020), .init("plain", "x", mode: 0),
            .init("setuid", "x", mode: 0o104755))
        let package = try packages.keep(zip.bytes, for: "hello")
        func mode(_ name: String) -> UInt16? { permissions(codeFolder(package) + "/" + name) }
        #expect(mode("bootstrap") == 0o755)
        #expect(mode("secret") == 0o420)
        #expect(mode("plain") == 0o644)
        #expect(mode("setuid") == 0o755)
    }

    @Test func isTheServersAlone() throws {
        let package = try packages.keep(Zip(.init("handler.py", "x")).bytes, for: "hello")
        let code = codeFolder(package)
        #expect(permissions(code) == 0o700)
        #expect(permissions(code + ".zip") == 0o600)
        #expect(permissions(String(code[..<(code.lastIndex(of: "/") ?? code.startIndex)])) == 0o711)
    }

    @Test func makesSymbolicLinksThatStayInside() throws {
        let package = try packages.keep(
            Zip(.link("lib/current", to: "../real.txt"), .init("real.txt", "real")).bytes, for: "hello")
        #expect(Files.kind(codeFolder(package) + "/lib/current") == .symbolicLink)
        #expect(contents(codeFolder(package) + "/lib/current") == "real")
    }

    @Test func leavesNothingOfAPackageThatCannotBeUnpacked() {
        let bad: [Zip] = [
            Zip(.init("a", "x"), .link("out", to: "../../../etc")),
            Zip(.init("a", "x"), .link("out", to: "/etc")),
            Zip(.init("a", "x"), .init("a/b", "x")),
            Zip(.link("a", to: "."), .init("a/b", "x")),
            Zip(.init("a/b", "x"), .init("a", "x")),
            Zip(.init("a", "x"), .init("a/", mode: 0o040755)),
        ]
        for zip in bad {
            #expect(throws: PackageError.self) { try packages.keep(zip.bytes, for: "hello") }
            #expect(names() == [])
        }
    }

    @Test func writesNothingThroughALink() throws {
        try folder.write("mine", to: "outside/file")
        let zip = Zip(.link("way", to: folder.path + "/outside"), .init("way/file", "theirs"))
        #expect(throws: PackageError.self) { try packages.keep(zip.bytes, for: "hello") }
        #expect(contents(folder.path + "/outside/file") == "mine")
    }

    @Test func refusesABombOnDisk() throws {
        let zip = Zip(try ZipArchiveTests.zeros(declared: 10))
        #expect(throws: PackageError.unreadable("A file is larger than it says.")) {
            try packages.keep(zip.bytes, for: "hello")
        }
        #expect(names() == [])
    }

    @Test func refusesAnArchiveWithoutFiles() {
        #expect(throws: PackageError.empty) { try packages.keep([], for: "hello") }
        #expect(throws: PackageError.empty) { try packages.keep(Zip().bytes, for: "hello") }
        #expect(throws: PackageError.empty) {
            try packages.keep(Zip(.init("folder/", mode: 0o040755)).bytes, for: "hello")
        }
        #expect(throws: PackageError.zippedTooLarge) {
            try packages.keep([UInt8](repeating: 0, count: FunctionPackages.maximumZippedSize), for: "hello")
        }
    }

    @Test func collectsWhatIsNotKept() throws {
        let old = try packages.keep(Zip(.init("a", "old")).bytes, for: "hello")
        let new = try packages.keep(Zip(.init("a", "new")).bytes, for: "hello")
        packages.collect("hello", keeping: [new.codeSha256])
        #expect(Files.kind(codeFolder(old)) == nil)
        folders.settle()
        #expect(names().count == 2)
        packages.remove("hello")
        folders.settle()
        #expect(Files.kind(folder.path + "/code/hello") == nil)
    }

    @Test func collectsNothingThatIsNoPackage() throws {
        try folder.write("keep", to: "code/hello/notes.txt")
        packages.remove("hello")
        #expect(names() == ["notes.txt"])
    }

    @Test func tidiesAtStart() throws {
        let used = try packages.keep(Zip(.init("a", "used")).bytes, for: "hello")
        try folder.write("half", to: "code/hello/.incoming-1/a")
        Files.remove(codeFolder(used))
        packages.tidy(inUse: ["hello": [used.codeSha256]])
        #expect(contents(codeFolder(used) + "/a") == "used")
        #expect(Files.kind(folder.path + "/code/hello/.incoming-1") == nil)
    }

    /// A state that was emptied, or is an older one, must not take the code with it.
    @Test func whatIsNotNamedAtAStartIsKept() throws {
        let used = try packages.keep(Zip(.init("a", "used")).bytes, for: "hello")
        let unused = try packages.keep(Zip(.init("a", "unused")).bytes, for: "hello")
        let gone = try packages.keep(Zip.oneFile, for: "gone")
        for inUse: [String: Set<String>] in [[:], ["hello": [used.codeSha256]], [:], ["hello": [used.codeSha256]]] {
            packages.tidy(inUse: inUse)
            #expect(contents(codeFolder(used) + "/a") == "used")
            #expect(contents(codeFolder(unused) + "/a") == "unused")
            #expect(packages.isKept(gone.codeSha256, for: "gone"))
        }
    }

    /// An old environment may still hold what came into use again.
    @Test func whatIsRetainedOutlivesItsLastHolder() throws {
        let packages = packages
        let package = try packages.keep(Zip.oneFile, for: "hello")
        var holder: Lambda.CodeFolder? = packages.hold("hello", codeSha256: package.codeSha256)
        packages.collect("hello", keeping: [])
        packages.folders.settle()
        #expect(packages.isKept(package.codeSha256, for: "hello"))
        // The archive is gone: it has to be brought again.
        #expect(!packages.retain(package.codeSha256, for: "hello"))
        _ = try packages.keep(Zip.oneFile, for: "hello")
        #expect(packages.retain(package.codeSha256, for: "hello"))
        holder = nil
        packages.folders.settle()
        #expect(holder == nil && packages.isKept(package.codeSha256, for: "hello"))
    }

    /// Holding says nothing of what is wanted: another version of the definitions may hold what is to go.
    @Test func whatIsHeldAgainStillGoes() throws {
        let packages = packages
        let package = try packages.keep(Zip.oneFile, for: "hello")
        var holders = [packages.hold("hello", codeSha256: package.codeSha256)]
        packages.collect("hello", keeping: [])
        holders.append(packages.hold("hello", codeSha256: package.codeSha256))
        holders = []
        packages.folders.settle()
        #expect(holders.isEmpty && Files.kind(folder.path + "/code/hello") == nil)
    }

    @Test func manyFilesAreSyncedTogether() throws {
        var zip = Zip()
        for number in 0..<2_000 { zip.files.append(.init("folder\(number % 50)/file\(number)", "x")) }
        let package = try packages.keep(zip.bytes, for: "hello")
        #expect(Files.list(codeFolder(package)).count == 50)
        #expect(contents(codeFolder(package) + "/folder49/file1999") == "x")
    }
}

@Suite struct UnnamedTests {
    private let folder = TemporaryFolder()

    private func sweep(after seconds: Int64, isNamed: Bool = false) {
        // Marks are stamped with the time at which they are made.
        let now = Files.now / 1_000_000_000 + seconds
        Unnamed(in: folder.path, now: now).sweep(["code"]) { _ in isNamed }
    }

    private var isThere: Bool { contents(folder.path + "/code") != nil }

    @Test func goesWhenItWasSeenUnnamedAMonthAgo() throws {
        try folder.write("x", to: "code")
        sweep(after: 400 * 86_400)
        #expect(isThere)
        sweep(after: Unnamed.seconds - 60)
        #expect(isThere)
        sweep(after: Unnamed.seconds + 60)
        #expect(!isThere)
        #expect(Files.list(folder.path).isEmpty)
    }

    @Test func aNameEndsTheWait() throws {
        try folder.write("x", to: "code")
        sweep(after: 0)
        sweep(after: 0, isNamed: true)
        sweep(after: Unnamed.seconds + 60)
        #expect(isThere)
    }
}

@Suite struct Base64Tests {
    /// Source: RFC 4648 section 10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
    ])
    func writesAndReads(_ plain: String, _ encoded: String) {
        #expect(Base64.encode(Array(plain.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(plain.utf8))
    }

    @Test(arguments: ["Z", "Zg", "Zg=", "Zh==", "Zm9=", "Zm9v\n", "====", "Z===", "Zg==Zg==", "Zm-_"])
    func refusesTheRest(_ text: String) { #expect(Base64.decode(text) == nil) }
}
