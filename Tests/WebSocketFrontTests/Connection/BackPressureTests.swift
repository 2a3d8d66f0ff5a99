import NIOCore
import TestSockets
import Testing

@testable import WebSocketFront

@Suite("Back-pressure of a WebSocket connection")
struct BackPressureTests {
    private static let large = WebSocketFrame(.text, ByteBuffer(repeating: 120, count: 32_768))

    @Test("what waits for a client that takes nothing is known and bounded", arguments: [65_536, 262_144, 1_000_000])
    func bounded(limit: Int) throws {
        var limits = WebSocketLimits.aws
        limits.queuedBytes = limit
        let session = try TestSession.open(limits: limits)
        let connection = try #require(session.connection)
        session.socket.stopTaking()
        var results: [WebSocketConnection.SendResult] = []
        for _ in 0..<100 { results.append(connection.send(Self.large)) }
        let sent = results.count { $0 == .sent }
        #expect(results == .init(repeating: .sent, count: sent) + .init(repeating: .slow, count: 100 - sent))
        #expect(connection.queuedBytes == sent * Self.large.bytes.readableBytes)
        #expect(connection.queuedBytes <= max(limit, 65_536 + Self.large.bytes.readableBytes))
        #expect(session.delegate.told() == ["full"] + .init(repeating: "behind", count: 100 - sent))
        session.socket.take()
        #expect(session.delegate.told() == ["writable"])
        #expect(connection.queuedBytes == 0)
        #expect(connection.send(Self.large) == .sent)
        #expect(session.received() == .init(repeating: "text 32768 bytes, [120]", count: sent + 1))
    }

    @Test("a client falls behind, too, when there is no memory for what waits for all")
    func boundedInAll() throws {
        let session = try TestSession.open()
        let connection = try #require(session.connection)
        session.delegate.queue = 150_000
        session.socket.stopTaking()
        while connection.send(Self.large) == .sent {}
        #expect(session.delegate.told() == ["full", "behind"])
        #expect(connection.queuedBytes <= 150_000)
        #expect(connection.queuedBytes + Self.large.bytes.readableBytes > 150_000)
    }

    @Test("a client that fell behind may be closed: it is told behind what waits, and has five seconds to take it")
    func closed() throws {
        let session = try TestSession.open()
        let connection = try #require(session.connection)
        session.delegate.slowReader = .close(.policyViolation, reason: "too slow")
        session.socket.stopTaking()
        while connection.send(Self.large) == .sent {}
        #expect(!connection.isOpen)
        #expect(connection.send(Self.large) == .gone)
        session.socket.take()
        #expect(session.received().last == "close 1008 too slow")
        session.send(.close(1008))
        #expect(session.delegate.told().last == "closed 1008 too slow by gateway")
    }

    @Test("a client that takes no more is left when the time is over")
    func left() throws {
        let session = try TestSession.open()
        let connection = try #require(session.connection)
        session.delegate.slowReader = .close(.policyViolation, reason: "")
        session.socket.stopTaking()
        while connection.send(Self.large) == .sent {}
        session.wait(.seconds(6))
        #expect(session.isClosed)
        #expect(session.delegate.told().last == "closed 1008  by gateway")
    }

    @Test("a client that fell behind may be aborted")
    func aborted() throws {
        let session = try TestSession.open()
        let connection = try #require(session.connection)
        session.delegate.slowReader = .abort
        session.socket.stopTaking()
        while connection.send(Self.large) == .sent {}
        #expect(session.isClosed)
        #expect(session.delegate.told().last == "closed 1006  by gateway")
    }

    @Test("a client that sends faster than the delegate takes has to wait")
    func paused() throws {
        let session = try TestSession.open()
        session.delegate.onMessage = { _, connection in connection.setReading(false) }
        session.send(.text("a"), .text("b"))
        session.send(.text("c"), .close(1000))
        #expect(!session.isReading)
        #expect(session.delegate.told() == ["text a"])
        session.connection?.setReading(true)
        session.deliver()
        #expect(session.delegate.told() == ["text b"])
        session.connection?.setReading(true)
        session.deliver()
        #expect(session.delegate.told() == ["text c"])
        #expect(session.received() == [])
        session.connection?.setReading(true)
        session.deliver()
        #expect(session.delegate.told() == ["closed 1000  by client"])
        #expect(session.received() == ["close 1000 "])
    }

    @Test("a client that waits is closed like any other")
    func pausedAndClosed() throws {
        let session = try TestSession.open()
        session.connection?.setReading(false)
        session.send(.text("a"), .close(1000))
        session.connection?.close(.goingAway)
        session.deliver()
        #expect(session.delegate.told() == ["closed 1001  by gateway"])
        #expect(session.socket.isOutputClosed)
    }

    @Test("a client that ended while it had to wait is heard to its end")
    func pausedAndEnded() throws {
        let session = try TestSession.open()
        session.delegate.onMessage = { _, connection in connection.setReading(false) }
        session.send(.text("a"), .text("b"))
        session.closeInput()
        #expect(session.delegate.told() == ["text a"])
        session.connection?.setReading(true)
        session.connection?.setReading(true)
        #expect(session.delegate.told() == ["text b", "closed 1006  by client"])
    }

    @Test("a frame for many is one piece of memory")
    func shared() throws {
        let sessions = try (0..<3).map { _ in try TestSession.open() }
        for session in sessions { #expect(session.connection?.send(Self.large) == .sent) }
        for session in sessions { #expect(session.received() == ["text 32768 bytes, [120]"]) }
    }
}

@Suite("Pings")
struct PingTests {
    @Test("each is answered with what it said, in order")
    func answered() throws {
        let session = try TestSession.open()
        session.send(.ping("a"), .ping(""), .ping(String(repeating: "p", count: 125)))
        #expect(session.received() == ["pong a", "pong ", "pong \(String(repeating: "p", count: 125))"])
        #expect(session.delegate.told() == [])
    }

    @Test("are answered before the messages that are sent behind them, in one read as well")
    func order() throws {
        let session = try TestSession.open()
        session.delegate.onMessage = { bytes, connection in connection.send(WebSocketFrame(.text, bytes)) }
        session.send(.ping("1"), .text("a"), .ping("2"), .ping("3"), .text("b"))
        #expect(session.received() == ["pong 1", "text a", "pong 2", "pong 3", "text b"])
    }

    @Test("those of a client that takes nothing pile up nowhere: the last one is answered")
    func flood() throws {
        let session = try TestSession.open()
        session.socket.stopTaking()
        session.connection?.send(WebSocketFrame(.text, ByteBuffer(repeating: 120, count: 70_000)))
        for round in 0..<1000 { session.send(.ping("\(round)"), .ping("\(round)!")) }
        #expect(session.connection?.queuedBytes ?? 0 < 71_000)
        session.socket.take()
        session.deliver()
        #expect(session.received() == ["text 70000 bytes, [120]", "pong 999!"])
    }

    @Test("one whose answer fills the channel, so that the delegate closes: nothing comes behind the close frame")
    func closedByPong() throws {
        let session = try TestSession.open()
        session.delegate.onWritable = { _, connection in connection.close(.normal) }
        session.delegate.onMessage = { _, connection in
            connection.send(WebSocketFrame(.text, ByteBuffer(repeating: 120, count: 65_500)))
            connection.setReading(false)
        }
        session.socket.stopTaking()
        session.send(.text("a"))
        session.delegate.onMessage = { bytes, connection in connection.send(WebSocketFrame(.text, bytes)) }
        session.connection?.setReading(true)
        session.send(.ping(String(repeating: "p", count: 100)), .text("b"))
        session.socket.take()
        session.deliver()
        let frames = session.received()
        #expect(frames.count == 3 && frames[1].hasPrefix("pong") && frames[2] == "close 1000 ")
    }

    @Test("one that could not be answered yet is not answered behind a close frame")
    func unanswered() throws {
        let session = try TestSession.open()
        session.socket.stopTaking()
        session.connection?.send(WebSocketFrame(.text, ByteBuffer(repeating: 120, count: 70_000)))
        session.send(.ping("p"))
        session.connection?.close(.normal)
        session.socket.take()
        session.deliver()
        #expect(session.received() == ["text 70000 bytes, [120]", "close 1000 "])
    }

    @Test("behind the gateway's close frame they get no answer, before the client's own they do")
    func closing() throws {
        let session = try TestSession.open()
        session.send(.ping("p"), .close(1000))
        #expect(session.received() == ["pong p", "close 1000 "])
        let other = try TestSession.open()
        other.connection?.close(.normal)
        other.send(.ping("p"))
        #expect(other.received() == ["close 1000 "])
    }
}
