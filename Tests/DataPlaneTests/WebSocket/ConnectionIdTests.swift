import Testing

@testable import DataPlane

@Suite("Ids of connections")
struct ConnectionIdTests {
    @Test("are read back from their text, with the loop that has the connection", arguments: [0, 1, 7, 255])
    func text(loop: Int) throws {
        let id = ConnectionId(loop: loop)
        let text = id.text
        #expect(text.count == 16 && text.last == UInt8(ascii: "="))
        let read = try #require(ConnectionId(text))
        #expect(read == id)
        #expect(Int(read.loop) == loop)
    }

    @Test("do not come twice")
    func unique() {
        let ids = Set((0..<10_000).map { _ in ConnectionId(loop: 1) })
        #expect(ids.count == 10_000)
    }

    @Test(
        "are told from what is none",
        arguments: [
            "", "=", "XDmENcnwIE0CFE=", "XDmENcnwIE0CFEQ", "XDmENcnwIE0CFER=", "XDmENcnwIE0CF+Q=", "XDmENcnwIE0CFEQ==",
        ])
    func none(text: String) {
        #expect(ConnectionId(Array(text.utf8)) == nil)
    }

    @Test("of AWS's form are such ids")
    func aws() { #expect(ConnectionId(Array("XDmENcnwIE0CFEQ=".utf8)) != nil) }
}
