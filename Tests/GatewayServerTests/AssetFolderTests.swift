import Foundation
import TestFixtures
import Testing

@testable import GatewayServer

@Suite struct AssetFolderTests {
    private let parent = TemporaryFolder()
    private var assets: AssetFolder { AssetFolder(folder: parent.path + "/assets") }

    @Test func holdsWhatItWasGiven() throws {
        let digest = String(repeating: "a", count: 64)
        #expect(!assets.contains(digest))
        try assets.keep([1, 2, 3], as: digest)
        #expect(assets.contains(digest))
        #expect(assets.contents(digest) == [1, 2, 3])
    }

    @Test func whatStacksDoNotUseAnyMoreGoesAndWhatNobodyKnowsIsKept() throws {
        let (old, lost, new) = (name("a"), name("b"), name("c"))
        for digest in [old, lost, new] { try assets.keep([1], as: digest) }
        let later = Int(Date().timeIntervalSince1970) + StackLimits.unusedAssetSeconds + 60
        assets.tidy(used: [new], known: [old, new], now: later)
        #expect(!assets.contains(old))
        #expect(assets.contains(lost))
        #expect(assets.contains(new))
    }

    private func name(_ letter: String) -> String { String(repeating: letter, count: 64) }

    @Test(arguments: ["../secret", "/etc/passwd", "", ".", String(repeating: "A", count: 64)])
    func tellsNothingOfOtherFiles(_ name: String) throws {
        try assets.keep([1], as: String(repeating: "a", count: 64))
        try Data([1]).write(to: URL(filePath: parent.path + "/secret"))
        #expect(!assets.contains(name))
        #expect(assets.contents(name) == nil)
    }
}
