import HTTPFront
import NIOCore

/// Percent-encoding and -decoding of bytes (RFC 3986 section 2.1).
enum PercentCoding {
    /// Appends what `bytes` means; a broken escape stays as it is.
    static func decode(_ bytes: UnsafeRawBufferPointer, plusIsSpace: Bool = false, into output: inout [UInt8]) {
        var position = 0
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "%"), position + 2 < bytes.count,
                let high = nibble(bytes[position + 1]), let low = nibble(bytes[position + 2])
            {
                output.append(high << 4 | low)
                position += 3
            } else {
                output.append(plusIsSpace && byte == UInt8(ascii: "+") ? 0x20 : byte)
                position += 1
            }
        }
    }

    private static func nibble(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// Writes decoded bytes so that they can stand in a path: what a path may hold stays (RFC 3986 section 3.3), all
    /// else is escaped, `%` too.
    static func writePath(_ bytes: some Sequence<UInt8>, to output: inout ByteBuffer) {
        for byte in bytes { writeEscaped(byte, unless: isPathByte(byte), to: &output) }
    }

    /// Writes text that is a path already: its escapes stay, and only what may not stand in a path is escaped.
    static func writePathText(_ bytes: some Sequence<UInt8>, to output: inout ByteBuffer) {
        for byte in bytes { writeEscaped(byte, unless: isPathByte(byte) || byte == UInt8(ascii: "%"), to: &output) }
    }

    /// Writes decoded bytes so that they can stand in a query, as a name or a value.
    static func writeQueryValue(_ bytes: some Sequence<UInt8>, to output: inout ByteBuffer) {
        for byte in bytes { writeEscaped(byte, unless: isUnreserved(byte), to: &output) }
    }

    private static func writeEscaped(_ byte: UInt8, unless isAllowed: Bool, to output: inout ByteBuffer) {
        if isAllowed {
            output.writeInteger(byte)
        } else {
            output.write("%")
            output.writeInteger(upperHexDigit(byte >> 4))
            output.writeInteger(upperHexDigit(byte & 15))
        }
    }

    private static func upperHexDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }

    private static func isPathByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "/"), UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "'"),
            UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: ","),
            UInt8(ascii: ";"), UInt8(ascii: "="), UInt8(ascii: ":"), UInt8(ascii: "@"):
            true
        default: isUnreserved(byte)
        }
    }

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
