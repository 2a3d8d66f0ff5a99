import NIOCore
import Testing

@testable import WebSocketFront

/// Frames of a client and what they say.
struct FrameCase: CustomTestStringConvertible, Sendable {
    let name: String
    let frames: [ClientFrame]
    let events: [String]
    var bytes: [UInt8] { frames.flatMap(\.bytes) }
    var testDescription: String { name }

    init(_ name: String, _ frames: [ClientFrame], _ events: [String]) {
        self.name = name
        self.frames = frames
        self.events = events
    }
}

@Suite("A client's frames")
struct FrameReaderTests {
    static let good = [
        FrameCase("a text", [.text("hello")], ["text hello"]),
        FrameCase("an empty text", [.text("")], ["text "]),
        FrameCase("bytes", [.binary([0, 255, 128])], ["binary [0, 255, 128]"]),
        FrameCase(
            "125 bytes", [.binary(.init(repeating: 7, count: 125))],
            ["binary \(String(repeating: "\u{7}", count: 125))"]),
        FrameCase(
            "126 bytes", [.binary(.init(repeating: 7, count: 126))],
            ["binary \(String(repeating: "\u{7}", count: 126))"]),
        FrameCase("two messages", [.text("a"), .text("b")], ["text a", "text b"]),
        FrameCase("fragments", [.text("a", isFinal: false), .more("b", isFinal: false), .more("c")], ["text abc"]),
        FrameCase(
            "empty fragments",
            [.text("", isFinal: false), .more("", isFinal: false), .more("x", isFinal: false), .more("")],
            ["text x"]),
        FrameCase(
            "a ping between fragments", [.text("a", isFinal: false), .ping("p"), .more("b")], ["ping p", "text ab"]),
        FrameCase("a pong, asked for or not", [.pong("p"), .text("a")], ["pong p", "text a"]),
        FrameCase(
            "a ping of 125 bytes", [.ping(String(repeating: "p", count: 125))],
            ["ping \(String(repeating: "p", count: 125))"]),
        FrameCase(
            "a character in two fragments", [.text([0xE2, 0x82], isFinal: false), .more([0xAC])], ["text €"]),
        FrameCase("bytes that are no text", [.binary([0xFF], isFinal: false), .more([0xFE])], ["binary [255, 254]"]),
        FrameCase("a close frame without a code", [.emptyClose], ["close "]),
        FrameCase("a close frame with a reason", [.close(1000, "bye €")], ["close 1000 bye €"]),
        FrameCase("a close frame between fragments", [.text("a", isFinal: false), .close(1001)], ["close 1001 "]),
        FrameCase("nothing behind a close frame", [.close(1000), .text("a"), .ping()], ["close 1000 "]),
    ]

    static let refused = [
        FrameCase("a frame without a mask", [ClientFrame(opcode: 1, payload: [65], isMasked: false)], ["fault 1002"]),
        FrameCase("a ping without a mask", [ClientFrame(opcode: 9, isMasked: false)], ["fault 1002"]),
        FrameCase("an unasked continuation", [.more("a")], ["fault 1002"]),
        FrameCase("an unasked last continuation", [.text("a"), .more("b", isFinal: false)], ["text a", "fault 1002"]),
        FrameCase("a text within a message", [.text("a", isFinal: false), .text("b")], ["fault 1002"]),
        FrameCase("bytes within a message", [.text("a", isFinal: false), .binary([1])], ["fault 1002"]),
        FrameCase("a ping in fragments", [ClientFrame(opcode: 9, isFinal: false)], ["fault 1002"]),
        FrameCase("a pong in fragments", [ClientFrame(opcode: 10, isFinal: false)], ["fault 1002"]),
        FrameCase("a close frame in fragments", [ClientFrame(opcode: 8, isFinal: false)], ["fault 1002"]),
        FrameCase(
            "a ping of 126 bytes", [ClientFrame(opcode: 9, payload: .init(repeating: 0, count: 126))], ["fault 1002"]),
        FrameCase(
            "a ping whose length is in eight bytes", [ClientFrame(opcode: 9, length: .claimed(1))], ["fault 1002"]),
        FrameCase("a close frame of 126 bytes", [.close(1000, String(repeating: "x", count: 124))], ["fault 1002"]),
        FrameCase("a close frame of one byte", [ClientFrame(opcode: 8, payload: [3])], ["fault 1002"]),
        FrameCase(
            "a reason that is no UTF-8", [ClientFrame(opcode: 8, payload: [3, 232, 0xC3, 0x28])], ["fault 1007"]),
        FrameCase("a reason cut in a character", [ClientFrame(opcode: 8, payload: [3, 232, 0xC3])], ["fault 1007"]),
        FrameCase(
            "125 bytes, said in two",
            [ClientFrame(opcode: 1, payload: .init(repeating: 65, count: 125), length: .bytes(2))], ["fault 1002"]),
        FrameCase(
            "126 bytes, said in eight",
            [ClientFrame(opcode: 1, payload: .init(repeating: 65, count: 126), length: .bytes(8))], ["fault 1002"]),
        FrameCase("65,535 bytes, said in eight", [ClientFrame(opcode: 2, length: .claimed(65_535))], ["fault 1002"]),
        FrameCase("nothing, said in two", [ClientFrame(opcode: 1, length: .bytes(2))], ["fault 1002"]),
        FrameCase("a length of 64 bits", [ClientFrame(opcode: 2, length: .claimed(1 << 63))], ["fault 1002"]),
        FrameCase("a text that is no UTF-8", [.text([0xFF])], ["fault 1007"]),
        FrameCase("a text cut in a character", [.text([0xE2, 0x82])], ["fault 1007"]),
        FrameCase("fragments cut in a character", [.text([0xE2], isFinal: false), .more([0x82])], ["fault 1007"]),
        FrameCase(
            "fragments that are no UTF-8 together", [.text([0xE2], isFinal: false), .more([0x28])], ["fault 1007"]),
    ]

    /// In one piece, cut in two at every place, byte by byte.
    @Test("are read alike wherever they are cut", arguments: good + refused)
    func cut(_ row: FrameCase) {
        #expect(read([row.bytes]) == row.events)
        #expect(read(row.bytes.map { [$0] }) == row.events)
        for place in 0..<min(row.bytes.count, 300) {
            #expect(read([Array(row.bytes[..<place]), Array(row.bytes[place...])]) == row.events, "cut at \(place)")
        }
    }

    @Test("are read alike of a server, which does not mask them", arguments: good)
    func server(_ row: FrameCase) {
        let plain = row.frames.flatMap { frame in
            var frame = frame
            frame.isMasked = false
            return frame.bytes
        }
        #expect(read([plain], sender: .server) == row.events)
        #expect(read(plain.map { [$0] }, sender: .server) == row.events)
        #expect(read([row.bytes], sender: .server) == ["fault 1002"])
    }

    @Test("have one of six opcodes", arguments: UInt8(0)...15)
    func opcodes(_ opcode: UInt8) {
        let isReserved = ![0, 1, 2, 8, 9, 10].contains(opcode)
        let events = read([[0x80 | opcode]])
        #expect((events == ["fault 1002"]) == (isReserved || opcode == 0))
    }

    @Test("have no reserved bits", arguments: UInt8(1)...7, [0, 1, 2, 8, 9, 10] as [UInt8])
    func reservedBits(_ bits: UInt8, _ opcode: UInt8) {
        let message = opcode == 0 ? [ClientFrame.text("a", isFinal: false).bytes] : []
        #expect(read(message + [[0x80 | bits << 4 | opcode]]) == ["fault 1002"])
    }

    @Test(
        "close with codes that may be sent",
        arguments: [
            0: false, 999: false, 1000: true, 1001: true, 1002: true, 1003: true, 1004: false, 1005: false, 1006: false,
            1007: true, 1008: true, 1011: true, 1014: true, 1015: false, 1016: false, 2000: false, 2999: false,
            3000: true,
            3999: true, 4000: true, 4401: true, 4999: true, 5000: false, 65_535: false,
        ] as [UInt16: Bool])
    func closeCodes(_ code: UInt16, isGood: Bool) {
        #expect(read([.close(code, "x")]) == [isGood ? "close \(code) x" : "fault 1002"])
    }

    /// What makes it wrong is the last byte that is sent; whatever else there is does not come.
    @Test(
        "are refused at the first byte that is wrong",
        arguments: [
            ("a reserved opcode", [0x83], "fault 1002"),
            ("no mask", [0x81, 0x05], "fault 1002"),
            ("a long ping", [0x89, 0xFE], "fault 1002"),
            ("a length of 64 bits", [0x82, 0xFF, 0x80], "fault 1002"),
            ("a length said in too many bytes", [0x82, 0xFE, 0, 125], "fault 1002"),
            ("no UTF-8 in the midst of a frame", [0x81, 0xFD, 0, 0, 0, 0, 0x41, 0xC0], "fault 1007"),
            ("a surrogate in the midst of a frame", [0x81, 0xFD, 0, 0, 0, 0, 0xED, 0xA0], "fault 1007"),
            ("beyond Unicode", [0x01, 0xFD, 0, 0, 0, 0, 0xF4, 0x90], "fault 1007"),
        ] as [(String, [UInt8], String)])
    func atOnce(_ name: String, _ bytes: [UInt8], _ fault: String) {
        #expect(read(bytes.map { [$0] }) == [fault])
        #expect(read(bytes.dropLast().map { [$0] }) == [])
    }
}

@Suite("Limits of frames and messages")
struct FrameLimitsTests {
    private func read(_ frames: [ClientFrame], _ change: (inout WebSocketLimits) -> Void = { _ in }) -> [String] {
        var limits = WebSocketLimits.aws
        change(&limits)
        return WebSocketFrontTests.read(frames, limits: limits)
    }

    private func letters(_ count: Int) -> [UInt8] { .init(repeating: 65, count: count) }

    @Test("a frame has 32 KB, as at AWS")
    func frame() {
        #expect(read([.text(letters(32_768))]) == ["text 32768 bytes, [65]"])
        #expect(read([.text(letters(32_769))]) == ["fault 1009"])
    }

    @Test("a fragment has 32 KB as well")
    func fragment() {
        #expect(read([.text("a", isFinal: false), .more(letters(32_769))]) == ["fault 1009"])
    }

    @Test("a message has 128 KB, as at AWS")
    func message() {
        let four =
            [ClientFrame.text(letters(32_768), isFinal: false)]
            + (0..<3).map { _ in .more(letters(32_768), isFinal: false) }
        #expect(read(four + [.more("")]) == ["text 131072 bytes, [65]"])
        #expect(read(four + [.more("a")]) == ["fault 1009"])
    }

    @Test("a frame is refused by its head, before a byte of it is taken")
    func early() {
        let head = Array(ClientFrame(opcode: 1, length: .claimed(1 << 40)).bytes.prefix(10))
        #expect(WebSocketFrontTests.read([head], limits: .aws) == ["fault 1009"])
    }

    @Test("bytes are refused, as at AWS, by their head")
    func binary() {
        #expect(WebSocketFrontTests.read([[0x82, 0x81]], limits: .aws) == ["fault 1003"])
        #expect(read([.text("a"), .binary([1])]) == ["text a", "fault 1003"])
    }

    @Test("each may be raised or lifted")
    func raised() {
        #expect(read([.text(letters(100_000))]) { $0.frameBytes = .max } == ["text 100000 bytes, [65]"])
        #expect(read([.text(letters(131_073))]) { $0.frameBytes = .max } == ["fault 1009"])
        #expect(
            read([.text(letters(131_073))]) { limits in
                limits.frameBytes = .max
                limits.messageBytes = 16_777_216
            } == ["text 131073 bytes, [65]"])
        #expect(read([.binary([1, 200])]) { $0.takesBinary = true } == ["binary [1, 200]"])
    }

    @Test("the largest frame of a message is known, and forgotten with the next one")
    func largestFrame() {
        var reader = FrameReader(limits: .own)
        func largest(_ frames: ClientFrame...) -> Int {
            var input = ByteBuffer(bytes: frames.flatMap(\.bytes))
            while reader.next(&input) != .needsMore {}
            return reader.largestFrame
        }
        let head = ClientFrame.text(letters(7), isFinal: false)
        #expect(largest(head, .more(letters(40_000), isFinal: false), .more("abc")) == 40_000)
        #expect(largest(.text("ab"), .ping("a longer one")) == 2)
    }

    @Test("the next message begins at nothing")
    func again() {
        let large = ClientFrame.text(letters(32_768))
        #expect(read(.init(repeating: large, count: 9)) == .init(repeating: "text 32768 bytes, [65]", count: 9))
    }
}
