import Testing

@testable import DataPlane

@Suite("Percent coding")
struct PercentCodingTests {
    private static func decode(_ text: String, plusIsSpace: Bool = false) -> [UInt8] {
        var output = Array("<".utf8)
        Array(text.utf8).withUnsafeBytes { PercentCoding.decode($0, plusIsSpace: plusIsSpace, into: &output) }
        return Array(output.dropFirst())
    }

    private static func encode(_ bytes: [UInt8], allowSlash: Bool) -> String {
        var output: [UInt8] = []
        PercentCoding.encode(bytes, allowSlash: allowSlash, into: &output)
        return String(decoding: output, as: UTF8.self)
    }

    @Test(
        "decodes escapes of either case; a broken one stays",
        arguments: [
            ("", ""), ("plain", "plain"), ("%41", "A"), ("a%20b", "a b"), ("%e2%98%95", "☕"), ("%E2%98%95", "☕"),
            ("%2F%2f", "//"), ("%25", "%"), ("%2541", "%41"), ("%", "%"), ("%4", "%4"), ("%4g", "%4g"), ("%g4", "%g4"),
            ("%%41", "%A"), ("a+b", "a+b"), ("100%", "100%"), ("%C3", "\u{FFFD}"),
        ])
    func decoded(text: String, meaning: String) {
        #expect(String(decoding: Self.decode(text), as: UTF8.self) == meaning)
    }

    @Test("a plus is a space only where it is told so", arguments: [("a+b", "a b"), ("a%2Bb", "a+b"), ("+", " ")])
    func plus(text: String, meaning: String) {
        #expect(String(decoding: Self.decode(text, plusIsSpace: true), as: UTF8.self) == meaning)
    }

    @Test("leaves only the unreserved characters of RFC 3986 as they are")
    func encoded() {
        for byte in UInt8.min...UInt8.max {
            let character = Character(Unicode.Scalar(byte))
            let isPlain = byte < 0x80 && (character.isLetter || character.isNumber || "-._~".contains(character))
            let text = Self.encode([byte], allowSlash: false)
            #expect(text.utf8.count == (isPlain ? 1 : 3), "\(byte)")
            #expect(Self.decode(text) == [byte])
        }
        #expect(Self.encode([0x0D, 0x0A, 0xFF], allowSlash: true) == "%0D%0A%FF")
    }

    @Test("lets slashes stand in a path")
    func slashes() {
        #expect(Self.encode(Array("/a b/".utf8), allowSlash: true) == "/a%20b/")
        #expect(Self.encode(Array("/".utf8), allowSlash: false) == "%2F")
    }
}
