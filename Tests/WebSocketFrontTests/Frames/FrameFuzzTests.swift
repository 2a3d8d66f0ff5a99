import NIOCore
import TestFixtures
import Testing

@testable import WebSocketFront

/// Frames that nobody thought of, the same ones in every run.
@Suite("Frames under random input")
struct FrameFuzzTests {
    @Test("any cut of any frames says the same", arguments: Seeds.all)
    func cuts(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        for round in 0..<2000 {
            let bytes = random.frames()
            let limits = random.once(in: 2) ? WebSocketLimits.everything : .aws
            let whole = read([bytes], limits: limits)
            #expect(
                read(random.pieces(of: bytes, cuts: 8), limits: limits) == whole,
                "round \(round) of seed \(seed): \(bytes)")
            #expect(whole.dropLast().allSatisfy { !$0.hasPrefix("fault") && !$0.hasPrefix("close") })
        }
    }

    @Test("whatever is written for clients is read as what it was, when it is masked", arguments: Seeds.all)
    func written(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<200 {
            let payload = random.letters(random.pick([0, 1, 125, 126, 127, 65_535, 65_536, 70_001]))
            let frame = WebSocketFrame(.text, ByteBuffer(bytes: payload)).bytes
            let masked = ClientFrame.text(payload).bytes
            let head = frame.readableBytes - payload.count
            #expect(head == masked.count - payload.count - 4)
            #expect(frame.getBytes(at: frame.readerIndex, length: 1) == [masked[0]])
            #expect(frame.getBytes(at: frame.readerIndex + 1, length: 1) == [masked[1] & 0x7F])
            #expect(frame.getBytes(at: frame.readerIndex + 2, length: head - 2) == Array(masked[2..<head]))
            #expect(frame.getBytes(at: frame.readerIndex + head, length: payload.count) == payload)
        }
    }
}

extension SeededGenerator {
    /// A conversation that is good for the most part, with some bytes of it changed now and then.
    mutating func frames() -> [UInt8] {
        var bytes: [UInt8] = []
        var isOpen = false
        for _ in 0...below(6) {
            var frame = randomFrame(isOpen: isOpen)
            if frame.opcode < 8 { isOpen = !frame.isFinal }
            if once(in: 20) { frame.reserved = UInt8(below(8)) }
            if once(in: 20) { frame.isMasked = false }
            if once(in: 20) { frame.length = pick([.bytes(2), .bytes(8), .claimed(UInt64(below(1 << 40)))]) }
            bytes += frame.bytes
        }
        if once(in: 4) {
            for _ in 0...below(3) { bytes[below(bytes.count)] ^= 1 << UInt8(below(8)) }
        }
        return bytes
    }

    private mutating func randomFrame(isOpen: Bool) -> ClientFrame {
        switch below(10) {
        case 0: return .ping(String(decoding: letters(below(126)), as: UTF8.self))
        case 1: return .pong()
        case 2: return pick([.emptyClose, .close(1000, "bye"), .close(UInt16(below(5000)))])
        default:
            let payload = once(in: 6) ? (0..<below(20)).map { _ in UInt8(below(256)) } : characters(below(40))
            let opcode: UInt8 = once(in: 20) ? UInt8(below(16)) : isOpen ? 0 : once(in: 4) ? 2 : 1
            return ClientFrame(opcode: opcode, payload: payload, isFinal: opcode >= 8 || once(in: 2))
        }
    }

    mutating func letters(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8(97 + below(26)) } }

    /// Characters of one to four bytes, the last one cut at times.
    mutating func characters(_ count: Int) -> [UInt8] {
        var text = String.UnicodeScalarView()
        let edges = [0x41, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10_FFFF]
        for _ in 0..<count { if let scalar = Unicode.Scalar(pick(edges)) { text.append(scalar) } }
        let bytes = Array(String(text).utf8)
        return once(in: 8) ? bytes.dropLast() : bytes
    }
}
