import CZlib
import NIOCore

/// Unpacks one body, bounded in what comes out of it and in what is done at a time. `@unchecked`: whoever has it passes
/// it on, and nobody touches it twice at a time.
final class Unpacker: @unchecked Sendable {
    enum State { case unfinished, complete, damaged, tooLarge, outOfMemory }

    private(set) var output = ByteBuffer()
    private let input: ByteBuffer
    private let isGzip: Bool
    private let limit: Int
    private let memory: MemoryBudget
    private var taken = 0
    private var position = 0
    private let stream: UnsafeMutablePointer<z_stream>
    private let isReady: Bool

    private static let room = 65_536

    /// What comes out counts as collected: it is taken out of `memory`.
    init(_ input: ByteBuffer, _ coding: ContentCoding, limit: Int, memory: MemoryBudget) {
        self.input = input
        self.limit = limit
        self.memory = memory
        isGzip = coding == .gzip
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        isReady =
            inflateInit2_(stream, coding.windowBits, zlibVersion(), Int32(MemoryLayout<z_stream>.size)) == Z_OK
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
        memory.give(taken)
    }

    /// The bytes that were taken are the caller's to give back.
    func handOver() -> Int {
        defer { taken = 0 }
        return taken
    }

    /// Goes on to the end.
    func run() -> State {
        var state = State.unfinished
        while state == .unfinished { state = step() }
        return state
    }

    /// Takes up to `room` bytes of the body, and gives as many.
    func step() -> State {
        guard isReady else { return .outOfMemory }
        guard memory.take(Self.room) else { return .outOfMemory }
        taken += Self.room
        var status = Z_OK
        var consumed = 0
        let before = output.writerIndex
        input.withUnsafeReadableBytes { bytes in
            let rest = bytes[position...].prefix(Self.room)
            stream.pointee.next_in = UnsafeMutablePointer(
                mutating: UnsafeRawBufferPointer(rebasing: rest).baseAddress?.assumingMemoryBound(to: UInt8.self))
            stream.pointee.avail_in = UInt32(rest.count)
            output.writeWithUnsafeMutableBytes(minimumWritableBytes: Self.room) { room in
                stream.pointee.next_out = room.baseAddress?.assumingMemoryBound(to: UInt8.self)
                stream.pointee.avail_out = UInt32(Self.room)
                status = inflate(stream, Z_NO_FLUSH)
                return Self.room - Int(stream.pointee.avail_out)
            }
            consumed = rest.count - Int(stream.pointee.avail_in)
        }
        position += consumed
        let count = output.writerIndex - before
        memory.give(Self.room - count)
        taken -= Self.room - count
        guard output.writerIndex <= limit else { return .tooLarge }
        switch status {
        // No progress is Z_BUF_ERROR: the body ended before its stream did.
        case Z_OK: return .unfinished
        case Z_STREAM_END where position == input.readableBytes: return .complete
        // Another member of a gzip file (RFC 1952 section 2.2).
        case Z_STREAM_END where isGzip && inflateReset(stream) == Z_OK: return .unfinished
        default: return .damaged
        }
    }
}
