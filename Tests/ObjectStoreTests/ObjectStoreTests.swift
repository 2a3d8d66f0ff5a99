import Foundation
import GatewayModel
import ObjectStore
import TestFixtures
import Testing

@Suite struct ObjectStoreTests {
    private let folder = TemporaryFolder()
    private let store: ObjectStore

    init() throws {
        store = try Self.open(folder)
        _ = try store.createBucket("bucket")
    }

    private static func open(_ folder: TemporaryFolder, after days: Int64 = 0) throws -> ObjectStore {
        try ObjectStore(
            path: folder.path + "/objects.sqlite", folder: folder.path + "/objects", isDurable: true,
            now: { Timestamp(milliseconds: 1_700_000_000_000 + days * 86_400_000) })
    }

    @discardableResult
    private func put(_ key: String, _ text: String, _ condition: WriteCondition = WriteCondition()) throws
        -> ObjectVersion
    {
        let incoming = try store.receive([.crc32])
        try incoming.append([Array(text.utf8)])
        let object = NewObject(bucket: "bucket", key: key, facts: ObjectFacts(), condition: condition)
        return try store.put(object, incoming, incoming.seal())
    }

    private func text(_ version: ObjectVersion, _ range: Range<Int>? = nil) throws -> String {
        let range = range ?? 0..<version.size
        var bytes = [UInt8](repeating: 0, count: range.count)
        let reader = store.reader(of: version, range)
        try bytes.withUnsafeMutableBytes { try reader.read($0, at: range.lowerBound) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private func files() -> [String] {
        let all = FileManager.default.enumerator(atPath: folder.path + "/objects")?.allObjects as? [String] ?? []
        return all.filter { $0.utf8.count > 64 }.sorted()
    }

    @Test func whatIsPutIsThereAfterTheStoreIsOpenedAgain() throws {
        let put = try put("a/b", "hello world")
        #expect(put.etag == "5eb63bbbe01eeed093cb22bb8f5acdc3")
        #expect(put.id == "null")
        store.close()
        let again = try Self.open(folder)
        let version = try again.version("bucket", "a/b", nil)
        #expect(version.size == 11)
        var bytes = [UInt8](repeating: 0, count: 5)
        try bytes.withUnsafeMutableBytes { try again.reader(of: version, 6..<11).read($0, at: 6) }
        #expect(String(decoding: bytes, as: UTF8.self) == "world")
    }

    @Test(arguments: ["../x", "/etc/passwd", "..", "a//b", "\u{0}", "é😀"])
    func aKeyIsNothingButData(key: String) throws {
        try put(key, "content")
        #expect(try text(store.version("bucket", key, nil)) == "content")
        #expect(files().count == 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().first == "objects")
    }

    @Test func theSameContentIsThereOnceAndGoesWithItsLastUser() throws {
        try put("a", "same")
        try put("b", "same")
        #expect(files().count == 1)
        _ = try store.delete("bucket", "a", nil)
        #expect(files().count == 1)
        _ = try store.delete("bucket", "b", nil)
        #expect(files().isEmpty)
    }

    @Test func whoeverReadsReadsOnAndWhoeverCopiesCopies() throws {
        try put("a", "same")
        func overwritten(_ text: String) throws -> ObjectVersion {
            let version = try store.heldVersion("bucket", "a", nil)
            try put("a", text)
            return version
        }
        try {
            let version = try overwritten("another")
            #expect(files().count == 2)
            #expect(try text(version) == "same")
            let copy = NewObject(bucket: "bucket", key: "copy", facts: ObjectFacts())
            _ = try store.copy(version, to: copy, etag: version.etag)
            _ = try store.delete("bucket", "copy", nil)
            #expect(files().count == 2)
        }()
        store.finishTidying()
        #expect(files().count == 1)
        try {
            let version = try overwritten("third")
            _ = try store.copy(
                version, to: NewObject(bucket: "bucket", key: "copy", facts: ObjectFacts()), etag: version.etag)
        }()
        store.finishTidying()
        #expect(try text(store.version("bucket", "copy", nil)) == "another")
    }

    @Test(arguments: [1, 3, 65_535, 100_000]) func digestsAreThoseOfTheWholeHoweverItComes(_ count: Int) throws {
        let pieces = (0..<3).map { piece in (0..<count).map { UInt8(truncatingIfNeeded: $0 * 7 + piece) } }
        let incoming = try store.receive([.crc32, .sha1])
        try incoming.append([pieces[0], pieces[1]])
        try incoming.append([pieces[2]])
        let digests = incoming.seal()
        let whole = pieces.flatMap { $0 }
        #expect(digests.size == whole.count)
        for kind in [ChecksumKind.crc32, .sha1] {
            let expected = ContentDigests(of: whole, kind)
            #expect(digests.sha256 == expected.sha256 && digests.md5 == expected.md5)
            #expect(digests.checksum(kind) == expected.checksum(kind))
        }
    }

    @Test func whatIsBrokenOffOrRefusedLeavesNothing() throws {
        var incoming: IncomingContent? = try store.receive([])
        try incoming?.append([[1, 2, 3]])
        incoming = nil
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/objects/incoming").isEmpty)
        try put("a", "one")
        var isNew = WriteCondition()
        isNew.isNew = true
        #expect(throws: ObjectError.preconditionFailed("If-None-Match")) { try put("a", "two", isNew) }
        #expect(files().count == 1)
        #expect(throws: ObjectError.noSuchBucket("none")) {
            let incoming = try store.receive([])
            let object = NewObject(bucket: "none", key: "a", facts: ObjectFacts())
            _ = try store.put(object, incoming, incoming.seal())
        }
        #expect(files().count == 1)
    }

    @Test func contentThatNothingUsesGoesAfterAMonth() throws {
        try put("a", "kept")
        let stray = folder.path + "/objects/00/" + String(repeating: "0", count: 64)
        try FileManager.default.createDirectory(
            atPath: folder.path + "/objects/00", withIntermediateDirectories: true)
        #expect(FileManager.default.createFile(atPath: stray, contents: nil))
        // It may be that the file of what is known is another, and is put back.
        store.tidy()
        store.close()
        for (days, count) in [(29, 2), (31, 1), (90, 1)] as [(Int64, Int)] {
            let later = try Self.open(folder, after: days)
            later.tidy()
            #expect(files().count == count)
            later.close()
        }
        #expect(try Self.open(folder).version("bucket", "a", nil).size == 4)
    }

    @Test func versionsAreKeptAndMarkersHideThem() throws {
        try put("a", "before")
        try store.setVersioning(.enabled, of: "bucket")
        let one = try put("a", "one")
        let two = try put("a", "two")
        #expect(one.id != two.id)
        #expect(try text(store.version("bucket", "a", one.id)) == "one")
        let deletion = try store.delete("bucket", "a", nil)
        #expect(deletion.isMarker)
        #expect(try store.version("bucket", "a", nil).isMarker)
        let keys = try store.list("bucket", .init(prefix: "", delimiter: "", start: .start, limit: 10))
        #expect(keys.entries.isEmpty)
        #expect(try versions().map(\.id) == [deletion.version, two.id, one.id, "null"])
        // The marker's own end brings the version before it back.
        _ = try store.delete("bucket", "a", deletion.version)
        #expect(try store.version("bucket", "a", nil).id == two.id)
        try store.setVersioning(.suspended, of: "bucket")
        #expect(try put("a", "after").id == "null")
        #expect(try versions().map(\.id) == ["null", two.id, one.id])
        #expect(throws: ObjectError.self) { try store.deleteBucket("bucket") }
    }

    private func versions(_ limit: Int = 100) throws -> [ObjectVersion] {
        var versions: [ObjectVersion] = []
        var place: ObjectListing.Place? = .start
        while let start = place {
            let page = try store.list(
                "bucket", .init(prefix: "", delimiter: "", start: start, limit: limit, ofVersions: true))
            for case .version(let version) in page.entries { versions.append(version) }
            place = page.next
        }
        return versions
    }

    @Test func anObjectIsDeletedIfItIsTheOneThatIsMeant() throws {
        let etag = try put("a", "x").etag
        for key in ["a", "none"] {
            #expect(throws: ObjectError.preconditionFailed("If-Match")) {
                try store.delete("bucket", key, nil, match: "other")
            }
        }
        #expect(throws: ObjectError.preconditionFailed("If-Match")) {
            try store.delete("bucket", "none", nil, match: "*")
        }
        #expect(try store.version("bucket", "a", nil).etag == etag)
        _ = try store.delete("bucket", "a", nil, match: etag)
        #expect(throws: ObjectError.self) { try store.version("bucket", "a", nil) }
    }

    @Test(arguments: 1...4) func whoDeletesAPageFindsTheNextOne(limit: Int) throws {
        try store.setVersioning(.enabled, of: "bucket")
        for _ in 0..<5 { for key in ["a", "b"] { try put(key, "x") } }
        var place: ObjectListing.Place? = .start
        while let start = place {
            let page = try store.list(
                "bucket", .init(prefix: "", delimiter: "", start: start, limit: limit, ofVersions: true))
            for case .version(let version) in page.entries { _ = try store.delete("bucket", version.key, version.id) }
            place = page.next
        }
        #expect(try versions().isEmpty)
    }

    @Test func pagesOfVersionsAreTheWhole() throws {
        try store.setVersioning(.enabled, of: "bucket")
        for number in 0..<5 { for key in ["a", "b"] { try put(key, "\(number)") } }
        let all = try versions()
        #expect(all.map(\.key) == Array(repeating: "a", count: 5) + Array(repeating: "b", count: 5))
        for limit in 1...4 { #expect(try versions(limit).map(\.id) == all.map(\.id)) }
    }

    @Test(arguments: 1...5) func pagesOfKeysAreTheWhole(limit: Int) throws {
        for key in ["a", "dir/1", "dir/2", "dir/sub/3", "dir0", "e", "é/x", "é/y"] { try put(key, "x") }
        func names(_ prefix: String, _ delimiter: String) throws -> [String] {
            var names: [String] = []
            var place: ObjectListing.Place? = .start
            while let start = place {
                let page = try store.list(
                    "bucket", .init(prefix: prefix, delimiter: delimiter, start: start, limit: limit))
                #expect(page.entries.count <= limit)
                for entry in page.entries {
                    switch entry {
                    case .version(let version): names.append(version.key)
                    case .prefix(let prefix): names.append(prefix)
                    }
                }
                place = page.next
            }
            return names
        }
        #expect(try names("", "/") == ["a", "dir/", "dir0", "e", "é/"])
        #expect(try names("dir/", "/") == ["dir/1", "dir/2", "dir/sub/"])
        #expect(try names("dir", "") == ["dir/1", "dir/2", "dir/sub/3", "dir0"])
        #expect(try names("none", "/") == [])
    }

    @Test func aPageBeginsBehindAKeyOrACommonPrefix() throws {
        for key in ["a/1", "a/2", "b"] { try put(key, "x") }
        func first(after key: String, _ delimiter: String) throws -> String? {
            let start = ObjectListing.Place.behind(marker: key, prefix: "", delimiter: delimiter)
            let page = try store.list("bucket", .init(prefix: "", delimiter: delimiter, start: start, limit: 1))
            switch page.entries.first {
            case .version(let version)?: return version.key
            case .prefix(let prefix)?: return prefix
            case nil: return nil
            }
        }
        #expect(try first(after: "a/", "/") == "b")
        #expect(try first(after: "a/", "") == "a/1")
        #expect(try first(after: "a/1", "") == "a/2")
        #expect(try first(after: "a/1", "/") == "b")
        #expect(try first(after: "b", "/") == nil)
    }

    @Test func anUploadInPartsIsOneObjectOfTheirFiles() throws {
        let facts = UploadFacts(object: ObjectFacts(), checksum: .crc32, scope: .fullObject, isAsked: true)
        let id = try store.createUpload("bucket", "k", facts)
        let texts = [String(repeating: "1", count: Upload.partBytes), "end"]
        var parts: [CompletedPart] = []
        for (number, text) in texts.enumerated() {
            let incoming = try store.receive([.crc32])
            try incoming.append([Array(text.utf8)])
            let digests = incoming.seal()
            try store.putPart(number + 1, of: id, "bucket", "k", digests.checksum(.crc32), incoming, digests)
            parts.append(CompletedPart(number: number + 1, etag: digests.etag, checksum: nil))
        }
        #expect(files().count == 2)
        let object = NewObject(bucket: "bucket", key: "k", facts: ObjectFacts())
        #expect(throws: ObjectError.self) {
            try store.completeUpload(id, object, parts.reversed(), checksum: nil)
        }
        let version = try store.completeUpload(id, object, parts, checksum: nil)
        #expect(version.size == Upload.partBytes + 3)
        #expect(version.etag.hasSuffix("-2"))
        let whole = ContentDigests(of: Array(texts.joined().utf8), .crc32)
        #expect(version.facts.checksum == whole.checksum(.crc32))
        #expect(try text(version, Upload.partBytes - 1..<Upload.partBytes + 2) == "1en")
        #expect(throws: ObjectError.noSuchUpload(id)) { try store.upload(id, "bucket", "k") }
        _ = try store.delete("bucket", "k", nil)
        #expect(files().isEmpty)
    }

    @Test func aPartThatIsCopiedIsTheFileOfItsObject() throws {
        let source = try put("source", "content")
        let facts = UploadFacts(object: ObjectFacts(), checksum: .crc32, scope: .fullObject, isAsked: true)
        let id = try store.createUpload("bucket", "k", facts)
        for _ in 0..<2 {
            let part = try store.copyPart(
                source, to: 1, of: id, "bucket", "k", source.facts.checksum, etag: source.etag)
            #expect((part.size, part.etag, part.checksum) == (7, source.etag, source.facts.checksum))
        }
        _ = try store.delete("bucket", "source", nil)
        let version = try store.completeUpload(
            id, NewObject(bucket: "bucket", key: "k", facts: ObjectFacts()),
            [CompletedPart(number: 1, etag: source.etag, checksum: nil)], checksum: nil)
        #expect(try text(version, 0..<7) == "content")
        #expect(files().count == 1)
        _ = try store.delete("bucket", "k", nil)
        #expect(files().isEmpty)
        #expect(throws: ObjectError.noSuchUpload(id)) {
            try store.copyPart(source, to: 1, of: id, "bucket", "k", nil, etag: source.etag)
        }
    }

    @Test func aPartIsNotCopiedOfWhatHasGone() throws {
        let source = try put("source", "content")
        let facts = UploadFacts(object: ObjectFacts(), checksum: .crc32, scope: .fullObject, isAsked: true)
        let id = try store.createUpload("bucket", "k", facts)
        _ = try store.delete("bucket", "source", nil)
        #expect(throws: ObjectError.noSuchKey("source")) {
            try store.copyPart(source, to: 1, of: id, "bucket", "k", nil, etag: source.etag)
        }
    }

    @Test func contentThatIsHashedOnlyIsNotKept() throws {
        let incoming = try store.receive([.crc32], isWritten: false)
        try incoming.append([Array("content".utf8)])
        let digests = incoming.seal()
        #expect(digests.etag == ContentDigests(of: Array("content".utf8), .crc32).etag)
        #expect(throws: ObjectError.self) {
            try store.put(NewObject(bucket: "bucket", key: "k", facts: ObjectFacts()), incoming, digests)
        }
        #expect(files().isEmpty)
    }

    @Test func whatIsGivenUpLeavesNothing() throws {
        let facts = UploadFacts(object: ObjectFacts(), checksum: .crc64NVME, scope: .fullObject, isAsked: false)
        let id = try store.createUpload("bucket", "k", facts)
        for text in ["first", "second"] {
            let incoming = try store.receive([.crc64NVME])
            try incoming.append([Array(text.utf8)])
            try store.putPart(1, of: id, "bucket", "k", nil, incoming, incoming.seal())
            // The one before is nobody's any more.
            #expect(files().count == 1)
        }
        try store.abortUpload(id, "bucket", "k")
        #expect(files().isEmpty)
    }

    @Test(arguments: ["ab", "Upper", "a..b", "-ab", "192.168.5.4", "xn--abc", "a_b", String(repeating: "a", count: 64)])
    func bucketsHaveNamesOfAWS(name: String) {
        #expect(throws: ObjectError.self) { try store.createBucket(name) }
    }

    @Test func aBucketIsMadeOnce() throws {
        #expect(throws: ObjectError.self) { try store.createBucket("bucket") }
        try store.set(BucketSetting(name: "policy", document: "{}"), of: "bucket")
        #expect(try store.setting("policy", of: "bucket") == "{}")
        try store.deleteBucket("bucket")
        _ = try store.createBucket("bucket")
        #expect(try store.setting("policy", of: "bucket") == nil)
    }
}
