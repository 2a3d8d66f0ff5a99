import NIOCore
import TestSockets
import Testing

@testable import WebSocketFront

@Suite("The memory of messages under way")
struct MemoryTests {
    private func letters(_ count: Int) -> [UInt8] { .init(repeating: 65, count: count) }

    @Test("beyond a message of AWS's length it is asked for, and given back with the message")
    func counted() throws {
        let session = try TestSession.open(limits: .own)
        session.send(.text(letters(131_072), isFinal: false))
        #expect(session.delegate.heldBytes == 0)
        session.send(.more(letters(1_000), isFinal: false))
        #expect(session.delegate.heldBytes == 1_000)
        session.delegate.onMessage = { [delegate = session.delegate] _, _ in #expect(delegate.heldBytes == 0) }
        session.send(.more("b"))
        #expect(session.delegate.told() == ["text 132073 bytes, [65, 98]"])
    }

    @Test("who is to be given none is told to come again, and nothing stays held")
    func refused() throws {
        let session = try TestSession.open(limits: .own)
        session.delegate.memory = 1_000
        session.send(.text(letters(132_072), isFinal: false))
        #expect(session.delegate.heldBytes == 1_000)
        session.send(.more("b", isFinal: false))
        #expect(session.received() == ["close 1013 "])
        #expect(session.delegate.told() == ["closed 1013  by gateway"])
        #expect(session.delegate.heldBytes == 0)
    }

    @Test("what holds a frame is kept until its client has taken the bytes")
    func outgoing() throws {
        final class Holder: Sendable {}
        let session = try TestSession.open(limits: .own)
        session.socket.stopTaking()
        weak var seen: Holder?
        do {
            let holder = Holder()
            seen = holder
            var frame = WebSocketFrame(.text, ByteBuffer(string: "a"))
            frame.holder = holder
            #expect(session.connection?.send(frame) == .sent)
        }
        #expect(seen != nil)
        session.socket.take()
        session.deliver()
        #expect(seen == nil)
    }

    @Test("a client that vanishes within a message holds nothing any more")
    func lost() throws {
        let session = try TestSession.open(limits: .own)
        session.send(.text(letters(200_000), isFinal: false))
        #expect(session.delegate.heldBytes == 68_928)
        session.reset()
        #expect(session.delegate.heldBytes == 0)
    }
}
