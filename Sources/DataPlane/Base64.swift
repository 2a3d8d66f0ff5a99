import NIOCore

/// Base64 (RFC 4648 section 4) on bytes.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0xFF, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        // The URL-safe alphabet is accepted too; Lambda takes it in `body`.
        values[Int(UInt8(ascii: "-"))] = 62
        values[Int(UInt8(ascii: "_"))] = 63
        return values
    }()

    static func encode(_ bytes: UnsafeRawBufferPointer, into buffer: inout ByteBuffer) {
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: (bytes.count + 2) / 3 * 4) { output in
            var target = 0
            var position = 0
            alphabet.withUnsafeBufferPointer { alphabet in
                while position < bytes.count {
                    let first = bytes[position]
                    let second = position + 1 < bytes.count ? bytes[position + 1] : 0
                    let third = position + 2 < bytes.count ? bytes[position + 2] : 0
                    output[target] = alphabet[Int(first >> 2)]
                    output[target + 1] = alphabet[Int((first & 3) << 4 | second >> 4)]
                    output[target + 2] =
                        position + 1 < bytes.count ? alphabet[Int((second & 15) << 2 | third >> 6)] : UInt8(ascii: "=")
                    output[target + 3] =
                        position + 2 < bytes.count ? alphabet[Int(third & 63)] : UInt8(ascii: "=")
                    target += 4
                    position += 3
                }
            }
            return target
        }
    }

    /// The decoded bytes, or nil when the text is not base64. Padding may be missing.
    static func decode(_ text: [UInt8]) -> [UInt8]? {
        var output: [UInt8] = []
        output.reserveCapacity(text.count / 4 * 3)
        var bits: UInt32 = 0
        var count = 0
        var end = text.count
        while end > 0, [UInt8(ascii: "="), 0x0A, 0x0D].contains(text[end - 1]) { end -= 1 }
        for byte in text[..<end] {
            if byte == 0x0A || byte == 0x0D { continue }
            let value = values[Int(byte)]
            guard value != 0xFF else { return nil }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                output.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return count == 6 ? nil : output
    }
}
