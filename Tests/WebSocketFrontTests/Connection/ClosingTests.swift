import NIOCore
import TestSockets
import Testing

@testable import HTTPFront
@testable import WebSocketFront

@Suite("The end of a WebSocket connection")
struct ClosingTests {
    @Test(
        "a client that closes is answered its code, and TCP ends on both sides",
        arguments: [
            (ClientFrame.close(1000, "bye"), "close 1000 ", "closed 1000 bye by client"),
            (.close(4401), "close 4401 ", "closed 4401  by client"),
            (.emptyClose, "close", "closed 1005  by client"),
        ])
    func byClient(frame: ClientFrame, answer: String, told: String) throws {
        let session = try TestSession.open()
        session.send(frame)
        #expect(session.received() == [answer])
        #expect(session.delegate.told() == [told])
        #expect(session.socket.isOutputClosed && !session.isClosed)
        session.closeInput()
        #expect(session.isClosed)
        #expect(session.loops.count == 0)
        #expect(session.delegate.told() == [])
    }

    @Test("what comes behind a close frame is dropped, in the same piece and later")
    func behind() throws {
        let session = try TestSession.open()
        session.send(.text("a"), .close(1000), .text("b"), .ping("p"))
        session.send(.text("c"))
        #expect(session.received() == ["close 1000 "])
        #expect(session.delegate.told() == ["text a", "closed 1000  by client"])
    }

    @Test("a client that stays is left after two seconds")
    func lingering() throws {
        let session = try TestSession.open()
        session.send(.close(1000))
        session.wait(.milliseconds(1500))
        #expect(!session.isClosed)
        session.wait(.seconds(1))
        #expect(session.isClosed)
    }

    @Test(
        "a client that breaks a rule is told which, and heard no more",
        arguments: [
            (ClientFrame(opcode: 3), 1002), (.text([0xFF]), 1007), (.binary([1]), 1003),
            (.text([UInt8](repeating: 65, count: 32_769)), 1009),
        ])
    func fault(frame: ClientFrame, code: Int) throws {
        let session = try TestSession.open()
        session.send(.text("a"), frame, .text("b"))
        #expect(session.received() == ["close \(code) "])
        #expect(session.delegate.told() == ["text a", "closed \(code)  by gateway"])
        #expect(session.socket.isOutputClosed)
        session.send(.close(1000))
        session.closeInput()
        #expect(session.isClosed)
        #expect(session.delegate.told() == [])
    }

    @Test("the gateway closes, the client answers: both are done")
    func byGateway() throws {
        let session = try TestSession.open()
        session.connection?.close(CloseCode(rawValue: 4001), reason: "enough")
        #expect(session.received() == ["close 4001 enough"])
        #expect(session.delegate.told() == [])
        #expect(session.connection?.isOpen == false)
        #expect(!session.isAtEnd)
        session.send(.text("late"), .ping("late"), .close(4001))
        #expect(session.received() == [])
        #expect(session.delegate.told() == ["closed 4001 enough by gateway"])
        #expect(session.socket.isOutputClosed)
        session.closeInput()
        #expect(session.isClosed)
    }

    @Test("a client that does not answer a close frame is left after five seconds")
    func unanswered() throws {
        let session = try TestSession.open()
        session.connection?.close(.goingAway)
        session.wait(.milliseconds(4500))
        #expect(!session.isClosed)
        session.wait(.seconds(1))
        #expect(session.isClosed)
        #expect(session.delegate.told() == ["closed 1001  by gateway"])
    }

    @Test("a client that ends TCP, or breaks a rule, instead of answering a close frame", arguments: [true, false])
    func answeredOtherwise(endsTCP: Bool) throws {
        let session = try TestSession.open()
        session.connection?.close(.goingAway, reason: "now")
        if endsTCP { session.closeInput() } else { session.send(ClientFrame(opcode: 3)) }
        #expect(session.delegate.told() == ["closed 1001 now by gateway"])
        #expect(session.isAtEnd)
    }

    @Test("both close at once: it is the gateway's close")
    func both() throws {
        let session = try TestSession.open()
        session.delegate.onMessage = { _, connection in connection.close(.normal, reason: "mine") }
        session.send(.text("a"), .close(4000, "yours"))
        #expect(session.received() == ["close 1000 mine"])
        #expect(session.delegate.told() == ["text a", "closed 1000 mine by gateway"])
    }

    @Test("nothing is sent behind a close frame, and it is sent once")
    func once() throws {
        let session = try TestSession.open()
        session.connection?.close(.normal)
        session.connection?.close(.goingAway)
        #expect(session.connection?.send(WebSocketFrame(.text, ByteBuffer(string: "x"))) == .gone)
        _ = session.loops.drain()
        #expect(session.received() == ["close 1000 "])
    }

    @Test("a client that vanishes ended without a close frame", arguments: ["half", "reset", "half within a frame"])
    func vanished(how: String) throws {
        let session = try TestSession.open()
        switch how {
        case "half": session.closeInput()
        case "reset": session.reset()
        default:
            session.send(Array(ClientFrame.text("hello").bytes.dropLast()))
            session.closeInput()
        }
        #expect(session.isClosed)
        #expect(session.delegate.told() == ["closed 1006  by client"])
        #expect(session.loops.count == 0)
    }

    @Test("an abort ends at once; the delegate hears of it once, and what comes is dropped")
    func aborted() throws {
        let session = try TestSession.open()
        session.delegate.onMessage = { _, connection in connection.abort() }
        session.send(.text("a"), .text("b"))
        #expect(session.isClosed)
        #expect(session.received() == [])
        #expect(session.delegate.told() == ["text a", "closed 1006  by gateway"])
        session.connection?.abort()
        #expect(session.delegate.told() == [])
    }

    @Test("an abort behind a close frame is that close")
    func abortedLater() throws {
        let session = try TestSession.open()
        session.connection?.close(.goingAway)
        session.connection?.abort()
        #expect(session.delegate.told() == ["closed 1001  by gateway"])
    }

    @Test("a delegate may end the connection when it opens", arguments: [true, false])
    func atOnce(aborts: Bool) throws {
        let session = try TestSession()
        session.delegate.onOpen = { if aborts { $0.abort() } else { $0.close(.normal) } }
        session.handshake(early: [.text("a"), .close(1000)])
        #expect(session.delegate.told() == ["opened", "closed \(aborts ? 1006 : 1000)  by gateway"])
        #expect(session.isAtEnd)
    }

    @Test("a server that ends says 1001, and is done when all have gone")
    func drained() throws {
        let session = try TestSession.open()
        let isDone = NIOLoopBoundBox(false, eventLoop: session.loops.eventLoop)
        session.loops.drain().whenComplete { _ in isDone.value = true }
        #expect(session.received() == ["close 1001 Going away"])
        session.send(.close(1001))
        #expect(!isDone.value)
        session.closeInput()
        #expect(isDone.value)
        #expect(session.delegate.told() == ["closed 1001 Going away by gateway"])
    }

    @Test("a server that ends at last leaves whoever stays")
    func closedAll() throws {
        let session = try TestSession.open()
        session.loops.closeAll()
        #expect(session.isClosed)
        #expect(session.delegate.told() == ["closed 1006  by gateway"])
    }
}
