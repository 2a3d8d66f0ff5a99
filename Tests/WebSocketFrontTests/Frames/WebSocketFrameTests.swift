import NIOCore
import Testing

@testable import WebSocketFront

@Suite("The gateway's frames")
struct WebSocketFrameTests {
    private func bytes(_ frame: WebSocketFrame) -> [UInt8] { Array(frame.bytes.readableBytesView) }

    @Test("a message is one frame without a mask, its length as short as it may be")
    func heads() {
        #expect(bytes(WebSocketFrame(.text, ByteBuffer(string: "hi"))) == [0x81, 2] + Array("hi".utf8))
        #expect(bytes(WebSocketFrame(.binary, ByteBuffer(bytes: [9]))) == [0x82, 1, 9])
        for (count, head) in [
            (0, [0x81, 0]), (125, [0x81, 125]), (126, [0x81, 126, 0, 126]), (65_535, [0x81, 126, 255, 255]),
            (65_536, [0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0]),
        ] as [(Int, [UInt8])] {
            let payload = [UInt8](repeating: 65, count: count)
            #expect(bytes(WebSocketFrame(.text, ByteBuffer(bytes: payload))) == head + payload)
        }
    }

    @Test("a message may be cut into frames")
    func pieces() {
        let payload = ByteBuffer(string: "abcde")
        #expect(bytes(WebSocketFrame(.text, payload, upTo: 5)) == [0x81, 5] + Array("abcde".utf8))
        #expect(
            bytes(WebSocketFrame(.text, payload, upTo: 2))
                == [0x01, 2] + Array("ab".utf8) + [0x00, 2] + Array("cd".utf8) + [0x80, 1] + Array("e".utf8))
        #expect(
            bytes(WebSocketFrame(.binary, ByteBuffer(bytes: [1, 2, 3, 4]), upTo: 2)) == [0x02, 2, 1, 2, 0x80, 2, 3, 4])
    }

    @Test(
        "a client's is masked, each time with another key",
        arguments: [0, 1, 3, 4, 5, 125, 126, 65_535, 65_536, 70_001])
    func masked(count: Int) {
        let payload = [UInt8](repeating: 65, count: count)
        let frame = WebSocketFrame(.text, ByteBuffer(bytes: payload))
        let (first, second) = (Array(frame.masked().readableBytesView), Array(frame.masked().readableBytesView))
        #expect(first != second)
        #expect(read([first, second]) == read([.text(payload), .text(payload)]))
        // The bytes that are shared with other connections stay as they were.
        #expect(bytes(frame).suffix(count) == payload[...])
    }

    @Test("a message may be written where it belongs")
    func inPlace() {
        let frame = WebSocketFrame(.text, capacity: 3) { payload in
            payload.writeString("a much longer text")
        }
        #expect(bytes(frame) == [0x81, 18] + Array("a much longer text".utf8))
    }

    @Test("a close frame has a code and a reason, or nothing")
    func close() {
        #expect(bytes(.close(nil)) == [0x88, 0])
        #expect(bytes(.close(nil, reason: "unsaid")) == [0x88, 0])
        #expect(bytes(.close(.goingAway)) == [0x88, 2, 0x03, 0xE9])
        #expect(bytes(.close(.goingAway, reason: "bye")) == [0x88, 5, 0x03, 0xE9] + Array("bye".utf8))
    }

    @Test("a long reason is cut behind a character", arguments: ["x", "é", "€", "😀"])
    func longReason(character: String) {
        let frame = bytes(.close(.normal, reason: String(repeating: character, count: 200)))
        let kept = (125 - 2) / character.utf8.count
        #expect(
            frame == [0x88, UInt8(2 + kept * character.utf8.count), 0x03, 0xE8]
                + Array(String(repeating: character, count: kept).utf8))
    }

    @Test("control frames have 125 bytes at most")
    func control() {
        let long = ByteBuffer(repeating: 65, count: 200)
        #expect(bytes(.ping(long)) == [0x89, 125] + [UInt8](repeating: 65, count: 125))
        var pongs = ByteBuffer()
        WebSocketFrame.appendPong(long, to: &pongs)
        WebSocketFrame.appendPong(ByteBuffer(string: "b"), to: &pongs)
        #expect(Array(pongs.readableBytesView) == [0x8A, 125] + [UInt8](repeating: 65, count: 125) + [0x8A, 1, 98])
    }
}
