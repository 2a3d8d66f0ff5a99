package import NIOCore

/// A frame as a server sends it over the wire; `masked` is a client's. Made once, it may be written to any number of connections on any
/// loops: all of them refer to the same bytes.
package struct WebSocketFrame: Sendable {
    package let bytes: ByteBuffer
    let isMessage: Bool
    /// Kept until the last connection that it was written to has handed its bytes on.
    package var holder: (any AnyObject & Sendable)?

    /// A message in one frame. The bytes of a text are UTF-8: who has them from elsewhere has checked them.
    package init(_ kind: MessageKind, _ payload: ByteBuffer) {
        self.init(kind, capacity: payload.readableBytes) { $0.writeImmutableBuffer(payload) }
    }

    /// A message whose bytes are written where they belong, without a copy.
    package init(_ kind: MessageKind, capacity: Int, _ write: (inout ByteBuffer) -> Void) {
        self.init(kind == .text ? Opcode.text : .binary, capacity: capacity, write)
    }

    /// A message in frames of at most `frameBytes` each.
    package init(_ kind: MessageKind, _ payload: ByteBuffer, upTo frameBytes: Int) {
        guard payload.readableBytes > frameBytes else {
            self.init(kind, payload)
            return
        }
        var (rest, bytes) = (payload, ByteBuffer())
        var opcode = kind == .text ? Opcode.text : .binary
        while let piece = rest.readSlice(length: min(frameBytes, rest.readableBytes)), piece.readableBytes > 0 {
            let frame = WebSocketFrame(opcode, isLast: rest.readableBytes == 0, capacity: piece.readableBytes) {
                $0.writeImmutableBuffer(piece)
            }
            bytes.writeImmutableBuffer(frame.bytes)
            opcode = .continuation
        }
        self.init(bytes: bytes, isMessage: true)
    }

    private init(bytes: ByteBuffer, isMessage: Bool) {
        self.bytes = bytes
        self.isMessage = isMessage
    }

    /// At most 125 bytes of `payload` are sent.
    package static func ping(_ payload: ByteBuffer = ByteBuffer()) -> WebSocketFrame {
        WebSocketFrame(.ping, capacity: Self.controlBytes) { $0.writeImmutableBuffer(control(payload)) }
    }

    /// The answer to a ping. At most 125 bytes of `payload` are sent.
    package static func pong(_ payload: ByteBuffer) -> WebSocketFrame {
        WebSocketFrame(.pong, capacity: Self.controlBytes) { $0.writeImmutableBuffer(control(payload)) }
    }

    /// At most `reasonBytes` of the reason are sent, and no half of a character. Without a code the frame is empty.
    package static func close(_ code: CloseCode?, reason: String = "") -> WebSocketFrame {
        WebSocketFrame(.close, capacity: Self.controlBytes) { payload in
            guard let code else { return }
            payload.writeInteger(code.rawValue)
            for character in reason.unicodeScalars {
                let bytes = UTF8.encode(character) ?? UTF8.encodedReplacementCharacter
                guard payload.readableBytes + bytes.count <= Self.controlBytes else { return }
                payload.writeBytes(bytes)
            }
        }
    }

    /// Appends the answer to a ping: pongs of one moment lie in one buffer.
    static func appendPong(_ payload: ByteBuffer, to buffer: inout ByteBuffer) {
        let payload = control(payload)
        buffer.writeMultipleIntegers(final | Opcode.pong.rawValue, UInt8(truncatingIfNeeded: payload.readableBytes))
        buffer.writeImmutableBuffer(payload)
    }

    /// The frame as a client sends it: each time with another key (section 5.3).
    package func masked() -> ByteBuffer {
        var payload = bytes
        var masked = ByteBufferAllocator().buffer(capacity: bytes.readableBytes + 4)
        if var head = payload.readSlice(length: headLength) { masked.writeBuffer(&head) }
        let second = masked.getInteger(at: 1, as: UInt8.self) ?? 0
        masked.setInteger(second | 0x80, at: 1)
        var key = MaskingKey.random()
        masked.writeInteger(key.bytes)
        masked.append(unmasking: payload.readableBytes, of: &payload, with: &key)
        return masked
    }

    private var headLength: Int {
        switch bytes.getInteger(at: bytes.readerIndex + 1, as: UInt8.self) {
        case 126: 4
        case 127: 10
        default: 2
        }
    }

    private init(_ opcode: Opcode, isLast: Bool = true, capacity: Int, _ write: (inout ByteBuffer) -> Void) {
        // The head comes last, when the length is known, and is set before the payload.
        var bytes = ByteBufferAllocator().buffer(capacity: Self.headBytes + capacity)
        bytes.moveWriterIndex(to: Self.headBytes)
        bytes.moveReaderIndex(to: Self.headBytes)
        write(&bytes)
        let length = bytes.readableBytes
        let flags = (isLast ? Self.final : 0) | opcode.rawValue
        switch length {
        case ...Self.controlBytes:
            bytes.setInteger(UInt16(flags) << 8 | UInt16(length), at: Self.headBytes - 2)
            bytes.moveReaderIndex(to: Self.headBytes - 2)
        case ...0xFFFF:
            bytes.setInteger(UInt32(flags) << 24 | 126 << 16 | UInt32(length), at: Self.headBytes - 4)
            bytes.moveReaderIndex(to: Self.headBytes - 4)
        default:
            bytes.setInteger(UInt16(flags) << 8 | 127, at: 0)
            bytes.setInteger(UInt64(length), at: 2)
            bytes.moveReaderIndex(to: 0)
        }
        self.init(bytes: bytes, isMessage: !opcode.isControl)
    }

    private static func control(_ payload: ByteBuffer) -> ByteBuffer {
        payload.getSlice(at: payload.readerIndex, length: min(payload.readableBytes, controlBytes)) ?? ByteBuffer()
    }

    private static let final: UInt8 = 0x80
    /// The longest head: two bytes and eight of length.
    private static let headBytes = 10
    private static let controlBytes = 125
    /// Of a close frame's reason: its code takes two.
    package static let reasonBytes = controlBytes - 2
}
