import GatewayModel

/// The `origin_jti` of a sign-in: a UUID that tells when it was (version 7, RFC 9562), so that a sign-out of all
/// sessions needs to know its own time only.
enum SessionId {
    static func new(_ milliseconds: Int64) -> String {
        var bytes = Randomness.bytes(16)
        for position in 0..<6 { bytes[position] = UInt8(truncatingIfNeeded: milliseconds >> Int64(40 - 8 * position)) }
        return text(bytes, version: 7)
    }

    /// A UUID of these 16 bytes.
    static func text(_ bytes: [UInt8], version: UInt8) -> String {
        var bytes = bytes
        bytes[6] = bytes[6] & 0x0F | version << 4
        bytes[8] = bytes[8] & 0x3F | 0x80
        let text = Hexadecimal.encode(bytes)
        var parts: [Substring] = []
        var rest = text[...]
        for length in [8, 4, 4, 4, 12] {
            parts.append(rest.prefix(length))
            rest = rest.dropFirst(length)
        }
        return parts.joined(separator: "-")
    }

    /// nil for one that tells no time.
    static func milliseconds(_ id: String) -> Int64? {
        guard id.utf8.count == 36, id.utf8.dropFirst(14).first == UInt8(ascii: "7") else { return nil }
        return Hexadecimal.decode(String(id.filter { $0 != "-" }.prefix(12)))?.reduce(Int64(0)) { $0 << 8 | Int64($1) }
    }
}
