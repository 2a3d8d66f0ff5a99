internal import NIOCore
internal import WebSocketFront

/// A message that a swarm sends again and again, with `{id}` in it another word each time, by which its receipts are
/// known.
package struct SwarmMessage: Sendable {
    private static let place = "{id}"
    /// Of a number, with zeros before it.
    private static let digits = 10

    private let parts: [String]
    /// What numbers of this swarm begin with, so that those of others are not taken for its own. Eight bytes, which are
    /// compared as one.
    private let mark: String
    private let markBytes: UInt64

    package init(_ text: String) {
        parts = text.split(separator: Self.place, omittingEmptySubsequences: false).map(String.init)
        mark = "m" + String(Int.random(in: 0x10_0000...0xFF_FFFF), radix: 16) + "-"
        markBytes = mark.utf8.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    package var isNumbered: Bool { parts.count > 1 }

    func frame(number: Int) -> WebSocketFrame {
        guard isNumbered else { return WebSocketFrame(.text, ByteBuffer(string: parts[0])) }
        let digits = String(number)
        let zeros = String(repeating: "0", count: max(0, Self.digits - digits.utf8.count))
        return WebSocketFrame(.text, ByteBuffer(string: parts.joined(separator: mark + zeros + digits)))
    }

    /// The number of the message that a received one holds, if it is one of this swarm's.
    func number(in message: ByteBuffer) -> Int? {
        guard isNumbered else { return nil }
        return message.withUnsafeReadableBytes { bytes in
            var start = 0
            while start + 8 + Self.digits <= bytes.count {
                guard UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self)) != markBytes
                else {
                    return Int(String(decoding: bytes[(start + 8)..<(start + 8 + Self.digits)], as: UTF8.self))
                }
                start += 1
            }
            return nil
        }
    }
}
