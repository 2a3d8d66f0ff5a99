package import NIOCore

/// Bytes of heads, events and log lines. NIO's own `writeStaticString` and `writeBytes` take some 150 instructions for a
/// few bytes; a response's head is made of dozens of such pieces.
extension ByteBuffer {
    package mutating func write(_ text: StaticString) {
        write(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    package mutating func write(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { write($0) }
    }

    package mutating func write(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, bytes.count > 0 else { return }
        writeWithUnsafeMutableBytes(minimumWritableBytes: bytes.count) { room in
            room.baseAddress?.copyMemory(from: source, byteCount: bytes.count)
            return bytes.count
        }
    }
}
