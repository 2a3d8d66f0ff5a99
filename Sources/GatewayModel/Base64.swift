/// Base64 with padding (RFC 4648 section 4), as blobs are written in JSON.
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let padding = UInt8(ascii: "=")
    private static let invalid: UInt8 = 0xFF

    /// The value of each byte, `invalid` for those that stand for nothing.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: invalid, count: 256)
        for (value, byte) in alphabet.enumerated() { values[Int(byte)] = UInt8(value) }
        return values
    }()

    package static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let count = min(3, bytes.count - start)
            var group = UInt32(bytes[start]) << 16
            if count > 1 { group |= UInt32(bytes[start + 1]) << 8 }
            if count > 2 { group |= UInt32(bytes[start + 2]) }
            text.append(alphabet[Int(group >> 18 & 63)])
            text.append(alphabet[Int(group >> 12 & 63)])
            text.append(count > 1 ? alphabet[Int(group >> 6 & 63)] : padding)
            text.append(count > 2 ? alphabet[Int(group & 63)] : padding)
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Nil for anything that `encode` would not write.
    package static func decode(_ text: String) -> [UInt8]? {
        var text = text
        return text.withUTF8 { text in
            guard text.count % 4 == 0 else { return nil }
            let paddingCount = text.suffix(2).count { $0 == padding }
            let symbols = text.count - paddingCount
            var bytes: [UInt8] = []
            bytes.reserveCapacity(text.count / 4 * 3)
            return values.withUnsafeBufferPointer { values in
                var group: UInt32 = 0
                for position in 0..<symbols {
                    let value = values[Int(text[position])]
                    guard value != invalid else { return nil }
                    group = group << 6 | UInt32(value)
                    if position % 4 == 3 {
                        bytes.append(UInt8(truncatingIfNeeded: group >> 16))
                        bytes.append(UInt8(truncatingIfNeeded: group >> 8))
                        bytes.append(UInt8(truncatingIfNeeded: group))
                        group = 0
                    }
                }
                switch symbols % 4 {
                case 0: return bytes
                case 2:
                    guard group & 0xF == 0 else { return nil }
                    bytes.append(UInt8(truncatingIfNeeded: group >> 4))
                case 3:
                    guard group & 3 == 0 else { return nil }
                    bytes.append(UInt8(truncatingIfNeeded: group >> 10))
                    bytes.append(UInt8(truncatingIfNeeded: group >> 2))
                default: return nil
                }
                return bytes
            }
        }
    }
}
