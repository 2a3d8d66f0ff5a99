/// What a frame is (RFC 6455 section 5.2). All other numbers are reserved.
enum Opcode: UInt8 {
    case continuation = 0x0
    case text = 0x1
    case binary = 0x2
    case close = 0x8
    case ping = 0x9
    case pong = 0xA

    var isControl: Bool { rawValue & 0x8 != 0 }
}

/// What a message is made of.
package enum MessageKind: Sendable {
    case text
    case binary
}
