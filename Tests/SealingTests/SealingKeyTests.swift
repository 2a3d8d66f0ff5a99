import Foundation
import Sealing
import Testing

@Suite struct SealingKeyTests {
    private let folder = NSTemporaryDirectory() + "sealing-\(UUID().uuidString)"

    init() throws { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }

    @Test func whatIsSealedIsOpenedForItsPurposeOnly() throws {
        let key = SealingKey()
        let sealed = try key.seal(Array("secret".utf8), for: "a")
        #expect(key.open(sealed, for: "a") == Array("secret".utf8))
        #expect(key.open(sealed, for: "b") == nil)
        #expect(SealingKey().open(sealed, for: "a") == nil)
        #expect(try key.seal(Array("secret".utf8), for: "a") != sealed)
    }

    @Test(arguments: [0, 5, 20, 33]) func changedBytesAreNotOpened(place: Int) throws {
        let key = SealingKey()
        var sealed = try key.seal(Array("secret".utf8), for: "a")
        sealed[place] ^= 1
        #expect(key.open(sealed, for: "a") == nil)
        #expect(key.open(Array(sealed.prefix(place)), for: "a") == nil)
    }

    @Test func theFileIsMadeOnceAndIsItsOwnersAlone() throws {
        let path = folder + "/secrets.key"
        let sealed = try SealingKey(file: path).seal([1, 2, 3], for: "a")
        #expect(try SealingKey(file: path).open(sealed, for: "a") == [1, 2, 3])
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test func aFileThatOthersMayReadOrThatIsCutIsRefused() throws {
        let path = folder + "/secrets.key"
        _ = try SealingKey(file: path)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        #expect(throws: SealingKey.Failure.self) { try SealingKey(file: path) }
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: path))
        #expect(throws: SealingKey.Failure.self) { try SealingKey(file: path) }
    }
}
