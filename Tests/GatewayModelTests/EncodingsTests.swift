import GatewayModel
import Testing

@Suite struct HexadecimalTests {
    @Test func writesAndReads() {
        #expect(Hexadecimal.encode([0x00, 0x0F, 0xA0, 0xFF]) == "000fa0ff")
        #expect(Hexadecimal.decode("000fa0FF") == [0x00, 0x0F, 0xA0, 0xFF])
        #expect(Hexadecimal.decode("") == [])
    }

    @Test(arguments: ["0", "0g", "0x", "00 ", "é0"])
    func refusesTheRest(_ text: String) { #expect(Hexadecimal.decode(text) == nil) }

    @Test func knowsADigest() {
        #expect(Hexadecimal.isSHA256(String(repeating: "0a", count: 32)))
        #expect(!Hexadecimal.isSHA256(String(repeating: "0A", count: 32)))
        #expect(!Hexadecimal.isSHA256(String(repeating: "0a", count: 31)))
        #expect(!Hexadecimal.isSHA256("../" + String(repeating: "a", count: 61)))
    }
}

@Suite struct PercentEncodingTests {
    @Test func writesAllButUnreservedCharacters() {
        #expect(PercentEncoding.encode("aZ09-._~") == "aZ09-._~")
        #expect(PercentEncoding.encode("a b/ü?&=%") == "a%20b%2F%C3%BC%3F%26%3D%25")
        #expect(PercentEncoding.encode("fn:$LATEST/", keeping: "$:") == "fn:$LATEST%2F")
    }

    @Test func readsWhatIsWhole() {
        #expect(PercentEncoding.decode("a%20b%2fc+d") == "a b/c+d")
        #expect(PercentEncoding.decode("a+b", plusIsSpace: true) == "a b")
        for broken in ["%", "%2", "%2g", "%ff"] { #expect(PercentEncoding.decode(broken) == nil) }
    }
}
