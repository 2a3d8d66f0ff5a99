import CZlib
import NIOCore

/// Packs one body, in pieces or at once. `@unchecked`: whoever has it passes it on, and nobody touches it twice at a
/// time.
final class Packer: @unchecked Sendable {
    private let stream: UnsafeMutablePointer<z_stream>

    /// Bytes that zlib takes for one stream, and a little more (zconf.h).
    static let memory = 270_000
    private static let room = 16_384

    /// nil when there is no memory.
    init?(_ coding: ContentCoding) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let status = deflateInit2_(
            stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, coding.windowBits, MAX_MEM_LEVEL - 1, Z_DEFAULT_STRATEGY,
            zlibVersion(), Int32(MemoryLayout<z_stream>.size))
        if status != Z_OK { return nil }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// What there is to send of the body so far; all of it with the last piece.
    func pack(_ piece: ByteBuffer, isLast: Bool) -> ByteBuffer {
        var output = ByteBufferAllocator().buffer(capacity: min(Self.room, piece.readableBytes / 2 + 64))
        piece.withUnsafeReadableBytes { input in
            stream.pointee.next_in = UnsafeMutablePointer(
                mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
            stream.pointee.avail_in = UInt32(input.count)
            var isFull = true
            while isFull {
                output.writeWithUnsafeMutableBytes(minimumWritableBytes: 64) { room in
                    let count = min(room.count, Self.room)
                    stream.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
                    stream.pointee.avail_out = UInt32(count)
                    CZlib.deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
                    isFull = stream.pointee.avail_out == 0
                    return count - Int(stream.pointee.avail_out)
                }
            }
        }
        return output
    }

    /// Ready for another body.
    func reset() { deflateReset(stream) }
}

/// A loop's packers for small bodies: making one costs more than packing a kilobyte.
final class LoopPackers {
    private lazy var gzip = Packer(.gzip)
    private lazy var deflate = Packer(.deflate)

    func pack(_ body: ByteBuffer, _ coding: ContentCoding) -> ByteBuffer? {
        guard let packer = coding == .gzip ? gzip : deflate else { return nil }
        defer { packer.reset() }
        return packer.pack(body, isLast: true)
    }
}
