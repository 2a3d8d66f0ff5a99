package import NIOCore

/// Takes the frames of one side apart (RFC 6455 section 5), strictly, and puts messages together.
///
/// It remembers what is incomplete and takes all it is given, so that a connection that waits holds no bytes. A fault is
/// told at the first byte that shows it. Behind a fault or a close frame nothing is read.
package struct FrameReader {
    package enum Event: Equatable {
        case needsMore
        case message(MessageKind, ByteBuffer)
        case ping(ByteBuffer)
        /// Asked for or not.
        case pong(ByteBuffer)
        /// The code is nil when the frame has none.
        case close(CloseCode?, reason: ByteBuffer)
        /// The connection has to end with this code.
        case fault(CloseCode)
    }

    /// Whose frames they are: a client masks them, a server does not (section 5.1).
    package enum Sender: Sendable {
        case client
        case server
    }

    private enum Step {
        /// FIN, reserved bits, opcode.
        case flags
        /// The mask bit, and the length or how long it is.
        case length
        case longLength
        case mask
        case payload
        case ended
    }

    private let limits: WebSocketLimits
    private let sender: Sender
    private var step = Step.flags

    // The frame under way.
    private var opcode = Opcode.continuation
    private var isFinal = false
    private var length: UInt64 = 0
    /// What could not have been said in fewer bytes.
    private var leastLength: UInt64 = 0
    /// Bytes of the part of the head, or of the payload, that are still to come.
    private var missing = 0
    private var key = MaskingKey()

    // The message under way; control frames may come between its fragments.
    private var kind: MessageKind?
    private var message = ByteBuffer()
    /// Of its frames, or of those of the message that was told last.
    package private(set) var largestFrame = 0
    private var text = UTF8Check()
    private var control = ByteBuffer()

    package init(limits: WebSocketLimits, sender: Sender = .client) {
        self.limits = limits
        self.sender = sender
    }

    package mutating func next(_ input: inout ByteBuffer) -> Event {
        while true {
            switch step {
            case .ended:
                input = ByteBuffer()
                return .needsMore
            case .payload:
                guard takePayload(&input) else { return fault(.invalidPayload) }
                guard missing == 0 else { return .needsMore }
                step = .flags
                if let event = frameEnded() { return event }
            default:
                guard input.readableBytes > 0 else { return .needsMore }
                if let code = readHead(&input) { return fault(code) }
            }
        }
    }

    /// What the message under way takes of the machine's memory.
    var unfinishedBytes: Int { message.capacity }

    mutating func fault(_ code: CloseCode) -> Event {
        step = .ended
        (message, control) = (ByteBuffer(), ByteBuffer())
        return .fault(code)
    }

    // MARK: The head

    /// Reads on until the head is complete, nothing is left, or a fault is seen.
    private mutating func readHead(_ input: inout ByteBuffer) -> CloseCode? {
        var code: CloseCode?
        input.readWithUnsafeReadableBytes { bytes in
            var position = 0
            while position < bytes.count, step != .payload, code == nil {
                code = take(bytes[position])
                position += 1
            }
            return position
        }
        return code
    }

    private mutating func take(_ byte: UInt8) -> CloseCode? {
        switch step {
        case .flags: return takeFlags(byte)
        case .length:
            guard (byte & 0x80 != 0) == (sender == .client) else { return .protocolError }
            length = UInt64(byte & 0x7F)
            guard length > Self.shortLength else { return lengthKnown() }
            guard !opcode.isControl else { return .protocolError }
            (missing, leastLength) = length == 126 ? (2, Self.shortLength + 1) : (8, 1 << 16)
            (length, step) = (0, .longLength)
            return nil
        case .longLength:
            length = length << 8 | UInt64(byte)
            missing -= 1
            // The most significant bit of eight bytes is 0.
            guard missing < 7 || byte < 0x80 else { return .protocolError }
            guard missing == 0 else { return nil }
            return length < leastLength ? .protocolError : lengthKnown()
        case .mask:
            key.append(byte)
            missing -= 1
            guard missing == 0 else { return nil }
            (missing, step) = (Int(length), .payload)
            return nil
        case .payload, .ended: return nil
        }
    }

    private mutating func takeFlags(_ byte: UInt8) -> CloseCode? {
        // No extension was negotiated that would give the reserved bits a meaning.
        guard byte & 0x70 == 0, let opcode = Opcode(rawValue: byte & 0x0F) else { return .protocolError }
        self.opcode = opcode
        isFinal = byte & 0x80 != 0
        step = .length
        switch opcode {
        case .continuation: return kind == nil ? .protocolError : nil
        case .text, .binary: return kind == nil ? nil : .protocolError
        case .close, .ping, .pong: return isFinal ? nil : .protocolError
        }
    }

    /// Limits hold before a byte of the payload is taken.
    private mutating func lengthKnown() -> CloseCode? {
        if !opcode.isControl {
            if opcode != .continuation { (kind, largestFrame) = (opcode == .text ? .text : .binary, 0) }
            guard kind == .text || limits.takesBinary else { return .unsupportedData }
            guard length <= limits.frameBytes, length <= limits.messageBytes - message.readableBytes else {
                return .tooLarge
            }
            largestFrame = max(largestFrame, Int(length))
        }
        // Without a mask the key stays zero, which changes nothing.
        (missing, step) = sender == .client ? (4, .mask) : (Int(length), .payload)
        return nil
    }

    private static let shortLength: UInt64 = 125

    // MARK: The payload

    /// Takes what has come of it; false when that is no UTF-8 where it has to be.
    private mutating func takePayload(_ input: inout ByteBuffer) -> Bool {
        let count = min(missing, input.readableBytes)
        guard count > 0 else { return true }
        missing -= count
        guard !opcode.isControl else {
            control.append(unmasking: count, of: &input, with: &key)
            return true
        }
        let start = message.readableBytes
        message.append(unmasking: count, of: &input, with: &key)
        guard kind == .text else { return true }
        return message.withUnsafeReadableBytes { text.take(UnsafeRawBufferPointer(rebasing: $0[start...])) }
    }

    private mutating func frameEnded() -> Event? {
        switch opcode {
        case .continuation, .text, .binary: return isFinal ? messageEnded() : nil
        case .close:
            step = .ended
            return Self.close(take(&control))
        case .ping: return .ping(take(&control))
        case .pong: return .pong(take(&control))
        }
    }

    private mutating func messageEnded() -> Event? {
        guard let kind else { return nil }
        guard kind == .binary || text.isComplete else { return fault(.invalidPayload) }
        self.kind = nil
        return .message(kind, take(&message))
    }

    private func take(_ buffer: inout ByteBuffer) -> ByteBuffer {
        defer { buffer = ByteBuffer() }
        return buffer
    }

    /// What a close frame says (section 5.5.1): nothing, or a code and a reason.
    private static func close(_ payload: ByteBuffer) -> Event {
        var reason = payload
        guard reason.readableBytes > 0 else { return .close(nil, reason: reason) }
        guard let code = reason.readInteger(as: UInt16.self).map(CloseCode.init), code.maySend else {
            return .fault(.protocolError)
        }
        guard reason.withUnsafeReadableBytes(UTF8Check.isValid) else { return .fault(.invalidPayload) }
        return .close(code, reason: reason)
    }
}
