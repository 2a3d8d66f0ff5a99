import NIOCore

@testable import WebSocketFront

/// A frame as a client sends it, or as one that breaks a rule does.
struct ClientFrame {
    enum Length {
        case shortest
        /// In so many bytes behind the second: 0, 2 or 8.
        case bytes(Int)
        /// In eight bytes, whatever the payload.
        case claimed(UInt64)
    }

    static let key: [UInt8] = [0x37, 0xFA, 0x21, 0x3D]

    var opcode: UInt8
    var payload: [UInt8] = []
    var isFinal = true
    var reserved: UInt8 = 0
    var isMasked = true
    var length = Length.shortest

    var bytes: [UInt8] {
        var bytes = [(isFinal ? 0x80 : 0) | reserved << 4 | opcode]
        let mask: UInt8 = isMasked ? 0x80 : 0
        func append(_ length: UInt64, in count: Int) {
            switch count {
            case 0: bytes.append(mask | UInt8(length))
            case 2: bytes += [mask | 126] + big(length, 2)
            default: bytes += [mask | 127] + big(length, 8)
            }
        }
        let count = payload.count
        switch length {
        case .shortest: append(UInt64(count), in: count <= 125 ? 0 : count <= 0xFFFF ? 2 : 8)
        case .bytes(let width): append(UInt64(count), in: width)
        case .claimed(let length): append(length, in: 8)
        }
        guard isMasked else { return bytes + payload }
        return bytes + Self.key + payload.enumerated().map { $1 ^ Self.key[$0 % 4] }
    }

    private func big(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
    }
}

extension ClientFrame {
    static func text(_ text: String, isFinal: Bool = true) -> ClientFrame { .text(Array(text.utf8), isFinal: isFinal) }
    static func text(_ bytes: [UInt8], isFinal: Bool = true) -> ClientFrame {
        ClientFrame(opcode: 1, payload: bytes, isFinal: isFinal)
    }
    static func binary(_ bytes: [UInt8], isFinal: Bool = true) -> ClientFrame {
        ClientFrame(opcode: 2, payload: bytes, isFinal: isFinal)
    }
    static func more(_ text: String, isFinal: Bool = true) -> ClientFrame { more(Array(text.utf8), isFinal: isFinal) }
    static func more(_ bytes: [UInt8], isFinal: Bool = true) -> ClientFrame {
        ClientFrame(opcode: 0, payload: bytes, isFinal: isFinal)
    }
    static func ping(_ text: String = "") -> ClientFrame { ClientFrame(opcode: 9, payload: Array(text.utf8)) }
    static func pong(_ text: String = "") -> ClientFrame { ClientFrame(opcode: 10, payload: Array(text.utf8)) }
    static func close(_ code: UInt16, _ reason: String = "") -> ClientFrame {
        ClientFrame(opcode: 8, payload: [UInt8(code >> 8), UInt8(code & 0xFF)] + Array(reason.utf8))
    }
    static let emptyClose = ClientFrame(opcode: 8)
}

/// What a reader makes of bytes that come in pieces, in words: `text a`, `ping`, `close 1000 bye`, `fault 1002`.
func read(
    _ pieces: [[UInt8]], limits: WebSocketLimits = .everything, sender: FrameReader.Sender = .client
) -> [String] {
    var reader = FrameReader(limits: limits, sender: sender)
    var told: [String] = []
    for piece in pieces {
        var input = ByteBuffer(bytes: piece)
        var event = reader.next(&input)
        while event != .needsMore {
            told.append(event.words)
            event = reader.next(&input)
        }
        // It keeps nothing of what it was given.
        if input.readableBytes > 0 { told.append("left \(input.readableBytes)") }
    }
    return told
}

func read(_ frames: [ClientFrame], limits: WebSocketLimits = .everything) -> [String] {
    read([frames.flatMap(\.bytes)], limits: limits)
}

extension WebSocketLimits {
    static let everything: WebSocketLimits = {
        var limits = WebSocketLimits()
        limits.takesBinary = true
        limits.frameBytes = .max
        limits.messageBytes = .max
        return limits
    }()
}

extension FrameReader.Event {
    var words: String {
        switch self {
        case .needsMore: ""
        case .message(let kind, let bytes): "\(kind) \(bytes.words)"
        case .ping(let payload): "ping \(payload.words)"
        case .pong(let payload): "pong \(payload.words)"
        case .close(let code, let reason): "close \(code.map { "\($0.rawValue) " } ?? "")\(reason.words)"
        case .fault(let code): "fault \(code.rawValue)"
        }
    }
}

extension ByteBuffer {
    /// Text, or how many bytes and what they are.
    var words: String {
        if readableBytes > 200 { return "\(readableBytes) bytes, \(Set(readableBytesView).sorted())" }
        return String(validating: readableBytesView, as: UTF8.self) ?? "\(Array(readableBytesView))"
    }
}
