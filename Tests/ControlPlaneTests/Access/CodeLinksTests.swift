import GatewayModel
import Sealing
import Testing

@testable import ControlPlane

@Suite("Links to code")
struct CodeLinksTests {
    private let links = CodeLinks(key: SealingKey())
    private let now = Timestamp(milliseconds: 1_700_000_000_000)

    private func isGood(_ link: String, after seconds: Int64 = 0) -> Bool {
        let parts = link.split(separator: "?", maxSplits: 1).map(String.init)
        let then = Timestamp(milliseconds: now.seconds * 1000 + seconds * 1000)
        return links.isGood(parts[0], parts.count > 1 ? parts[1] : "", now: then)
    }

    @Test("are good for their path, and for ten minutes")
    func good() {
        let link = links.link(to: "/a/b", now: now)
        #expect(isGood(link) && isGood(link, after: 600))
        #expect(!isGood(link, after: 601))
        // Nobody makes one for longer.
        #expect(!isGood(link, after: -1))
    }

    @Test("are good for nothing else")
    func others() {
        let link = links.link(to: "/a/b", now: now)
        let expires = String(now.seconds + 600)
        #expect(!isGood(link.replacing("/b", with: "/c")))
        #expect(!isGood(link.replacing(expires, with: String(now.seconds + 599))))
        #expect(!isGood(String(link.dropLast())))
        #expect(!isGood(link + "&x=1"))
        #expect(!isGood("/a/b"))
        #expect(!isGood("/a/b?expires=\(expires)&token="))
        #expect(!isGood(CodeLinks(key: SealingKey()).link(to: "/a/b", now: now)))
    }
}
