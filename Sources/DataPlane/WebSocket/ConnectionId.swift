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
        guard text.count == 16, text.last == UInt8(ascii: "=") else { return nil }
        var bytes: [UInt8] = []
        var (bits, count): (UInt32, UInt32) = (0, 0)
        for character in text.dropLast() {
            guard let digit = Self.digit(character) else { return nil }
            bits = bits << 6 | digit
            count += 6
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> count))
            }
        }
        // The bits that are left over say nothing: one id has one text.
        guard bytes.count == 11, bits & 3 == 0 else { return nil }
        high = bytes[0..<8].reduce(0) { $0 << 8 | UInt64($1) }
        low = UInt16(bytes[8]) << 8 | UInt16(bytes[9])
        // Without a mark of its own: neighbours on one loop look no more alike than others.
        loop = bytes[10] ^ bytes[0]
    }

    var text: [UInt8] {
        var bytes = (0..<8).map { UInt8(truncatingIfNeeded: high >> (56 - 8 * UInt64($0))) }
        bytes += [UInt8(low >> 8), UInt8(low & 0xFF)]
        bytes.append(loop ^ bytes[0])
        var text: [UInt8] = []
        text.reserveCapacity(16)
        var (bits, count): (UInt32, UInt32) = (0, 0)
        for byte in bytes {
            bits = bits << 8 | UInt32(byte)
            count += 8
            while count >= 6 {
                count -= 6
                text.append(Self.alphabet[Int(bits >> count & 63)])
            }
        }
        // Of 88 bits four are left.
        text.append(Self.alphabet[Int(bits << 2 & 63)])
        text.append(UInt8(ascii: "="))
        return text
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    private static func digit(_ character: UInt8) -> UInt32? {
        switch character {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character - UInt8(ascii: "A"))
        case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character - UInt8(ascii: "a")) + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character - UInt8(ascii: "0")) + 52
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: nil
        }
    }
}
