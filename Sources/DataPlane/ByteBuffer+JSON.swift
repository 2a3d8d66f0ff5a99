import HTTPFront
import NIOCore

/// JSON text straight into a buffer: events are written byte by byte, no tree is built.
extension ByteBuffer {
    /// A JSON string of `bytes`; what is not UTF-8 becomes U+FFFD.
    mutating func writeJSONString(_ bytes: UnsafeRawBufferPointer, lowercase: Bool = false) {
        writeInteger(UInt8(ascii: "\""))
        writeJSONText(bytes, lowercase: lowercase)
        writeInteger(UInt8(ascii: "\""))
    }

    mutating func writeJSONString(_ bytes: [UInt8]) { bytes.withUnsafeBytes { writeJSONString($0) } }

    mutating func writeJSONString(_ text: String) {
        var text = text
        text.withUTF8 { writeJSONString(UnsafeRawBufferPointer($0)) }
    }

    /// The inside of a JSON string.
    mutating func writeJSONText(_ bytes: UnsafeRawBufferPointer, lowercase: Bool = false) {
        var plainFrom = 0
        guard Self.isUTF8(bytes) else {
            let repaired = Array(String(decoding: bytes, as: UTF8.self).utf8)
            repaired.withUnsafeBytes { writeJSONText($0, lowercase: lowercase) }
            return
        }
        for position in 0..<bytes.count {
            let byte = bytes[position]
            let isUpper = lowercase && byte &- UInt8(ascii: "A") < 26
            guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || isUpper else { continue }
            if position > plainFrom { write(UnsafeRawBufferPointer(rebasing: bytes[plainFrom..<position])) }
            plainFrom = position + 1
            switch byte {
            case UInt8(ascii: "\""): write("\\\"")
            case UInt8(ascii: "\\"): write("\\\\")
            case 0x0A: write("\\n")
            case 0x0D: write("\\r")
            case 0x09: write("\\t")
            case 0..<0x20:
                write("\\u00")
                writeHexDigit(byte >> 4)
                writeHexDigit(byte & 15)
            default: writeInteger(byte | 0x20)
            }
        }
        if bytes.count > plainFrom { write(UnsafeRawBufferPointer(rebasing: bytes[plainFrom...])) }
    }

    /// Most texts are ASCII, which a look at the high bits tells.
    static func isUTF8(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.allSatisfy { $0 < 0x80 } || String(validating: bytes, as: UTF8.self) != nil
    }
}
