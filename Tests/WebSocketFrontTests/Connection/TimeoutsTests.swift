import NIOCore
import Testing

@testable import HTTPFront
@testable import WebSocketFront

@Suite("The time of a WebSocket connection")
struct TimeoutsTests {
    @Test("without a message it is closed after ten minutes, as at AWS")
    func idle() throws {
        let session = try TestSession.open()
        session.wait(.minutes(10))
        #expect(session.received() == [])
        session.wait(.seconds(1))
        #expect(session.received() == ["close 1001 Going away"])
        session.send(.close(1001))
        #expect(session.delegate.told() == ["closed 1001 Going away by gateway"])
    }

    @Test("a message in either direction gives it ten more", arguments: [true, false])
    func busy(byClient: Bool) throws {
        let session = try TestSession.open()
        for _ in 0..<5 {
            session.wait(.minutes(9))
            if byClient {
                session.send(.text("a"))
            } else {
                session.connection?.send(WebSocketFrame(.text, ByteBuffer(string: "a")))
            }
        }
        session.wait(.minutes(9))
        #expect(session.connection?.isOpen == true)
        session.wait(.minutes(2))
        #expect(session.connection?.isOpen == false)
    }

    @Test("pings, pongs and parts of messages do not")
    func control() throws {
        let session = try TestSession.open()
        session.wait(.minutes(6))
        session.send(.ping(), .pong(), .text("a", isFinal: false))
        session.connection?.send(.ping())
        session.wait(.minutes(5))
        #expect(session.received() == ["pong ", "ping ", "close 1001 Going away"])
    }

    @Test("after two hours it is closed whatever it does, as at AWS")
    func life() throws {
        let session = try TestSession.open()
        for _ in 0..<23 {
            session.wait(.minutes(5))
            session.send(.text("a"))
        }
        session.wait(.minutes(4))
        #expect(session.received() == [])
        session.wait(.minutes(2))
        #expect(session.received() == ["close 1001 Going away"])
    }

    @Test("both can be set")
    func other() throws {
        var limits = WebSocketLimits.aws
        limits.idleTime = .seconds(3)
        limits.duration = .seconds(8)
        let session = try TestSession.open(limits: limits)
        for _ in 0..<3 {
            session.wait(.seconds(2))
            session.send(.text("a"))
        }
        #expect(session.received() == [])
        session.wait(.seconds(3))
        #expect(session.received() == ["close 1001 Going away"])
    }
}
