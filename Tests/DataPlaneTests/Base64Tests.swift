import NIOCore
import Testing

@testable import DataPlane

@Suite("Base64")
struct Base64Tests {
    /// The vectors of RFC 4648 section 10, and the two characters that are no letters or digits.
    private static let vectors: [(String, [UInt8])] = [
        ("", []), ("Zg==", Array("f".utf8)), ("Zm8=", Array("fo".utf8)), ("Zm9v", Array("foo".utf8)),
        ("Zm9vYg==", Array("foob".utf8)), ("Zm9vYmE=", Array("fooba".utf8)), ("Zm9vYmFy", Array("foobar".utf8)),
        ("+/+/", [0xFB, 0xFF, 0xBF]), ("AAA=", [0, 0]), ("/w==", [0xFF]),
    ]

    private static func encode(_ bytes: [UInt8]) -> String {
        var buffer = ByteBuffer(string: "<")
        bytes.withUnsafeBytes { Base64.encode($0, into: &buffer) }
        buffer.writeString(">")
        return String(buffer: buffer)
    }

    @Test("encodes behind what is there", arguments: vectors)
    func encode(text: String, bytes: [UInt8]) {
        #expect(Self.encode(bytes) == "<\(text)>")
    }

    @Test("decodes", arguments: vectors)
    func decode(text: String, bytes: [UInt8]) {
        #expect(Base64.decode(Array(text.utf8)) == bytes)
    }

    @Test("decodes what it encoded, for every length and byte")
    func roundTrip() {
        let all = (0..<600).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 8) }
        for length in 0..<600 {
            let bytes = Array(all[..<length])
            #expect(Base64.decode(Array(Self.encode(bytes).utf8.dropFirst().dropLast())) == bytes)
        }
    }

    @Test(
        "takes what functions send: no padding, the URL alphabet, line ends",
        arguments: [
            ("Zg", "f"), ("Zm8", "fo"), ("Zm9v\r\nYmFy\r\n", "foobar"), ("Zm9v\nYg==\n", "foob"), ("Zg==\r\n", "f"),
        ])
    func lenient(text: String, meaning: String) {
        #expect(Base64.decode(Array(text.utf8)) == Array(meaning.utf8))
        #expect(Base64.decode(Array("-_-_".utf8)) == [0xFB, 0xFF, 0xBF])
    }

    @Test("refuses other text", arguments: ["Z", "Zm9vY", "Zm 8=", "Zm=8", "{}", "Zm8=Zm8=", "é", "Zg==!"])
    func refused(text: String) {
        #expect(Base64.decode(Array(text.utf8)) == nil)
    }
}
