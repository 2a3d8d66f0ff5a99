import NIOCore
import Testing

@testable import DataPlane

@Suite("Percent coding")
struct PercentCodingTests {
    private static func decode(_ text: String, plusIsSpace: Bool = false) -> [UInt8] {
        var output = Array("<".utf8)
        Array(text.utf8).withUnsafeBytes { PercentCoding.decode($0, plusIsSpace: plusIsSpace, into: &output) }
        return Array(output.dropFirst())
    }

    private static func written(
        _ text: String, _ write: (ArraySlice<UInt8>, inout ByteBuffer) -> Void
    ) -> String { written(Array(text.utf8), write) }

    private static func written(
        _ bytes: [UInt8], _ write: (ArraySlice<UInt8>, inout ByteBuffer) -> Void
    ) -> String {
        var output = ByteBuffer()
        write(bytes[...], &output)
        return String(buffer: output)
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

    @Test("leaves only the unreserved characters of RFC 3986 as they are in a query")
    func queryValues() {
        for byte in UInt8.min...UInt8.max {
            let character = Character(Unicode.Scalar(byte))
            let isPlain = byte < 0x80 && (character.isLetter || character.isNumber || "-._~".contains(character))
            let text = Self.written([byte], PercentCoding.writeQueryValue)
            #expect(text.utf8.count == (isPlain ? 1 : 3), "\(byte)")
            #expect(Self.decode(text) == [byte])
        }
    }

    @Test("leaves what a path may hold, and encodes all else once more")
    func paths() {
        let allowed = "/azAZ09-._~!$&'()*+,;=:@"
        #expect(Self.written(allowed, PercentCoding.writePath) == allowed)
        #expect(Self.written("/a b?#[]%2F\u{7F}", PercentCoding.writePath) == "/a%20b%3F%23%5B%5D%252F%7F")
        #expect(Self.written([0x0D, 0x0A, 0xFF], PercentCoding.writePath) == "%0D%0A%FF")
    }

    @Test("leaves the escapes of a text that is a path already")
    func pathTexts() {
        #expect(Self.written("/a b%20c?d", PercentCoding.writePathText) == "/a%20b%20c%3Fd")
    }
}
