import JSONWebToken

/// The id of a client's connection: 11 bytes in URL-safe base64, 15 characters and `=` as AWS has them. Ten of the bytes are
/// by chance, so that none comes twice, not even after a restart; the eleventh says which loop has the connection.
struct ConnectionId: Hashable, Sendable {
    private let high: UInt64
    private let low: UInt16
    /// The number of the loop.
    let loop: UInt8

    /// - Parameter loop: at most 255; the connections of a loop beyond cannot be called back.
    init(loop: Int) {
        high = .random(in: .min ... .max)
        low = .random(in: .min ... .max)
        self.loop = UInt8(truncatingIfNeeded: loop)
    }

    /// nil for what has not the form of one.
    init?(_ text: [UInt8]) {
        guard text.count == 16, text.last == UInt8(ascii: "="),
            let bytes = text.dropLast().withUnsafeBytes(Base64URL.decode)
        else { return nil }
        high = bytes[0..<8].reduce(0) { $0 << 8 | UInt64($1) }
        low = UInt16(bytes[8]) << 8 | UInt16(bytes[9])
        // Without a mark of its own: neighbours on one loop look no more alike than others.
        loop = bytes[10] ^ bytes[0]
    }

    var text: [UInt8] {
        var bytes = (0..<8).map { UInt8(truncatingIfNeeded: high >> (56 - 8 * UInt64($0))) }
        bytes += [UInt8(low >> 8), UInt8(low & 0xFF)]
        bytes.append(loop ^ bytes[0])
        return Array((Base64URL.encode(bytes) + "=").utf8)
    }
}
