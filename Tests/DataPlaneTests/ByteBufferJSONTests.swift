import JSON
import NIOCore
import Testing

@testable import DataPlane

@Suite("JSON text written into a buffer")
struct ByteBufferJSONTests {
    private static func written(_ bytes: [UInt8], lowercase: Bool = false) -> String {
        var buffer = ByteBuffer()
        bytes.withUnsafeBytes { buffer.writeJSONString($0, lowercase: lowercase) }
        return String(buffer: buffer)
    }

    @Test(
        "escapes what JSON must, and nothing else",
        arguments: [
            ("", #""""#), ("plain", #""plain""#), ("\"", #""\"""#), ("\\", #""\\""#), ("a\"b\\c", #""a\"b\\c""#),
            ("\n\r\t", #""\n\r\t""#), ("\u{0}\u{1F}", #""\u0000\u001f""#), ("\u{7F}/é☕😀", "\"\u{7F}/é☕😀\""),
            ("\"\"", #""\"\"""#), ("end\n", #""end\n""#),
        ])
    func escapes(text: String, json: String) {
        #expect(Self.written(Array(text.utf8)) == json)
        var buffer = ByteBuffer()
        buffer.writeJSONString(text)
        #expect(String(buffer: buffer) == json)
    }

    @Test("every byte below 0x80 reads back as itself")
    func readsBack() throws {
        let text = String(decoding: Array(UInt8(0)..<0x80), as: UTF8.self)
        #expect(try JSONValue(parsing: Self.written(Array(text.utf8))) == .string(text))
    }

    @Test(
        "bytes that are no UTF-8 become U+FFFD",
        arguments: [
            ([0xFF] as [UInt8], "\u{FFFD}"), ([0x61, 0xC3], "a\u{FFFD}"), ([0xC0, 0x80], "\u{FFFD}\u{FFFD}"),
            ([0xED, 0xA0, 0x80, 0x22], "\u{FFFD}\u{FFFD}\u{FFFD}\""),
        ])
    func notUTF8(bytes: [UInt8], meaning: String) throws {
        #expect(try JSONValue(parsing: Self.written(bytes)) == .string(meaning))
    }

    @Test(
        "lower case touches ASCII letters only",
        arguments: [
            ("X-Amzn-Trace-Id", #""x-amzn-trace-id""#), ("ABCxyz", #""abcxyz""#), ("É@[", #""É@[""#),
            ("A\"B", #""a\"b""#),
        ])
    func lowercase(text: String, json: String) {
        #expect(Self.written(Array(text.utf8), lowercase: true) == json)
    }

    @Test(
        "tells UTF-8 from other bytes",
        arguments: [
            ([] as [UInt8], true), ([0x41, 0x7F], true), ([0xC3, 0xA9], true), ([0xC3], false), ([0xFE], false),
            ([0xF0, 0x9F, 0x98, 0x80], true), ([0xED, 0xA0, 0x80], false),
        ])
    func isUTF8(bytes: [UInt8], isText: Bool) {
        #expect(bytes.withUnsafeBytes { ByteBuffer.isUTF8($0) } == isText)
    }
}
