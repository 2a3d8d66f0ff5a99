import NIOCore
import Testing

@testable import DataPlane

@Suite("Packing and unpacking")
struct PackerTests {
    static func random(_ count: Int) -> ByteBuffer {
        var random = SystemRandomNumberGenerator()
        var buffer = ByteBufferAllocator().buffer(capacity: count)
        while buffer.readableBytes < count { buffer.writeInteger(random.next()) }
        return buffer.getSlice(at: 0, length: count) ?? buffer
    }

    static func packed(_ body: ByteBuffer, _ coding: ContentCoding) throws -> ByteBuffer {
        try #require(Packer(coding)).pack(body, isLast: true)
    }

    private func unpacked(
        _ body: ByteBuffer, _ coding: ContentCoding, limit: Int = 1 << 20, memory: MemoryBudget? = nil
    ) -> (Unpacker.State, ByteBuffer) {
        let unpacker = Unpacker(body, coding, limit: limit, memory: memory ?? MemoryBudget(limit: .max))
        return (unpacker.run(), unpacker.output)
    }

    @Test("a body comes back", arguments: [ContentCoding.gzip, .deflate])
    func roundTrip(coding: ContentCoding) throws {
        for count in [0, 1, 63, 64, 65, 4_096, 65_535, 65_536, 65_537, 300_000] {
            for body in [Self.random(count), ByteBuffer(repeating: 0x61, count: count)] {
                let (state, output) = unpacked(try Self.packed(body, coding), coding)
                #expect(state == .complete && output == body, "\(count)")
            }
        }
    }

    @Test("a body packed in pieces comes back, and a packer is used again", arguments: [ContentCoding.gzip, .deflate])
    func pieces(coding: ContentCoding) throws {
        let packer = try #require(Packer(coding))
        for count in [0, 1, 20_000, 100_000] {
            let body = Self.random(count)
            var (whole, rest) = (ByteBuffer(), body)
            while let piece = rest.readSlice(length: min(7_777, max(rest.readableBytes, 1))) {
                var output = packer.pack(piece, isLast: false)
                whole.writeBuffer(&output)
            }
            var last = packer.pack(ByteBuffer(), isLast: true)
            whole.writeBuffer(&last)
            packer.reset()
            let (state, output) = unpacked(whole, coding)
            #expect(state == .complete && output == body, "\(count)")
        }
    }

    @Test("the members of a gzip file are one body")
    func members() throws {
        var file = ByteBuffer()
        for text in ["one ", "two"] {
            var member = try Self.packed(ByteBuffer(string: text), .gzip)
            file.writeBuffer(&member)
        }
        let (state, output) = unpacked(file, .gzip)
        #expect(state == .complete && String(buffer: output) == "one two")
    }

    @Test("what is no body in the coding is told, wherever it breaks off", arguments: [ContentCoding.gzip, .deflate])
    func damaged(coding: ContentCoding) throws {
        let whole = try Self.packed(Self.random(1_000), coding)
        for length in 0..<whole.readableBytes {
            let part = try #require(whole.getSlice(at: 0, length: length))
            #expect(unpacked(part, coding).0 == .damaged, "\(length)")
        }
        var longer = whole
        longer.writeString("more")
        #expect(unpacked(longer, coding).0 == .damaged)
        #expect(unpacked(ByteBuffer(string: "{\"a\": 1}"), coding).0 == .damaged)
        var bent = whole
        // The check at the end: CRC-32 and length, or Adler-32.
        bent.setInteger(UInt8(0x55) ^ (bent.getInteger(at: whole.writerIndex - 5) ?? 0), at: whole.writerIndex - 5)
        bent.setInteger(UInt8(0x55) ^ (bent.getInteger(at: whole.writerIndex - 2) ?? 0), at: whole.writerIndex - 2)
        #expect(unpacked(bent, coding).0 == .damaged)
        let other = try Self.packed(ByteBuffer(string: "a"), coding == .gzip ? .deflate : .gzip)
        #expect(unpacked(other, coding).0 == .damaged)
    }

    @Test("a bomb is given up at the limit, and its memory given back", arguments: [ContentCoding.gzip, .deflate])
    func bomb(coding: ContentCoding) throws {
        let bomb = try Self.packed(ByteBuffer(repeating: 0, count: 8 << 20), coding)
        #expect(bomb.readableBytes < 20_000)
        let memory = MemoryBudget(limit: 1 << 20)
        #expect(unpacked(bomb, coding, limit: 500_000, memory: memory).0 == .tooLarge)
        #expect(memory.current == 0)
        #expect(unpacked(bomb, coding, limit: .max, memory: memory).0 == .outOfMemory)
        #expect(memory.current == 0)
        let exact = try Self.packed(ByteBuffer(repeating: 0, count: 500_000), coding)
        #expect(unpacked(exact, coding, limit: 500_000).0 == .complete)
        #expect(unpacked(exact, coding, limit: 499_999).0 == .tooLarge)
    }
}
