import NIOCore
import Testing
import WebSocketFront

@testable import WebSocketClient

@Suite("A client's connection")
struct ClientConnectionTests {
    // MARK: The answer to the handshake

    @Test("is open when the server has switched protocols; what comes with the answer is heard")
    func opened() throws {
        let session = try ClientSession()
        session.answer(early: [WebSocketFrame(.text, ByteBuffer(string: "early"))])
        #expect(session.delegate.told() == ["open", "text early"])
        #expect(session.connection.isOpen)
    }

    @Test("takes an answer in pieces, behind an interim one")
    func pieces() throws {
        let session = try ClientSession()
        session.say("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHT")
        session.say("TP/1.1 403 Forbidden\r\nContent-Length: 4\r\n\r\nab")
        #expect(session.delegate.told() == [])
        session.say("cd")
        #expect(session.delegate.told() == ["refused 403 abcd"])
        #expect(session.isClosed)
    }

    @Test(
        "is not opened by an answer that is not the handshake's",
        arguments: [
            ("Accept", "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "Sec-WebSocket-Accept"),
            ("Accept", nil, "Sec-WebSocket-Accept"), ("Upgrade", nil, "Upgrade"), ("Upgrade", "Upgrade: h2c", "h2c"),
            ("Connection", nil, "Connection"), ("Connection", "Connection: close", "Connection"),
            ("Status", "HTTP/1.1 101 x\r\nSec-WebSocket-Extensions: permessage-deflate", "extension"),
            ("Status", "HTTP/1.1 101 x\r\nSec-WebSocket-Protocol: chat", "subprotocol"),
            ("Status", "HTTP/2 101", "not HTTP/1.1"),
        ] as [(String, String?, String)])
    func wrong(name: String, line: String?, told: String) throws {
        let session = try ClientSession()
        session.answer([name: line])
        let events = session.delegate.told()
        #expect(events.count == 1 && events[0].hasPrefix("wrong: ") && events[0].contains(told), "\(events)")
        #expect(session.isClosed)
    }

    @Test(
        "has one of the subprotocols that were offered",
        arguments: [
            (["Sec-WebSocket-Protocol: b"], "open b"), (["Sec-WebSocket-Protocol: c"], "was not offered: 'c'"),
            (["Sec-WebSocket-Protocol: a, b"], "was not offered"), ([], "none of the subprotocols 'a, b'"),
            (["Sec-WebSocket-Protocol: a", "Sec-WebSocket-Protocol: b"], "was not offered"),
        ])
    func subprotocols(more: [String], told: String) throws {
        let session = try ClientSession(ClientHandshake(WebSocketURL("ws://a/"), subprotocols: ["a", "b"]))
        session.answer(more: more)
        let events = session.delegate.told()
        #expect(events.count == 1 && events[0].contains(told), "\(events)")
    }

    @Test(
        "hears a refusal with its body, however that is framed",
        arguments: [
            ("Content-Length: 2\r\n\r\nno", false),
            ("Transfer-Encoding: chunked\r\n\r\n1\r\nn\r\n1\r\no\r\n0\r\n\r\n", false),
            ("\r\nno", true),
        ])
    func refused(rest: String, isEnded: Bool) throws {
        let session = try ClientSession()
        session.say("HTTP/1.1 429 Too Many Requests\r\n" + rest)
        if isEnded { session.end() }
        #expect(session.delegate.told() == ["refused 429 no"])
    }

    @Test("keeps no more of a refusal than it has to")
    func longRefusal() throws {
        let session = try ClientSession()
        session.say("HTTP/1.1 500 x\r\n\r\n" + String(repeating: "x", count: ClientLimits.refusalBytes + 1))
        let count = "refused 500 ".utf8.count + ClientLimits.refusalBytes
        #expect(session.delegate.told().map(\.utf8.count) == [count])
        #expect(session.isClosed)
    }

    @Test("takes no head without end")
    func longHead() throws {
        let session = try ClientSession()
        session.say("HTTP/1.1 101 x\r\nA: " + String(repeating: "x", count: 70_000))
        #expect(session.delegate.told().map { $0.prefix(6) } == ["wrong:"])
    }

    @Test("hears that there was no answer")
    func noAnswer() throws {
        let ended = try ClientSession()
        ended.end()
        #expect(ended.delegate.told() == ["ended"])
        let late = try ClientSession()
        late.wait(.seconds(9))
        #expect(late.delegate.told() == [])
        late.wait(.seconds(2))
        #expect(late.delegate.told() == ["late"])
        #expect(late.isClosed)
    }

    // MARK: Messages

    @Test("sends masked frames, and hears whole messages")
    func messages() throws {
        let session = try ClientSession.open()
        session.connection.send(WebSocketFrame(.text, ByteBuffer(string: "hello")))
        session.connection.send(.ping(ByteBuffer(string: "p")))
        #expect(session.frames() == ["text hello", "ping p"])
        session.say([0x01, 1, 97])
        session.say([0x80, 1, 98])
        session.say(.init(.binary, ByteBuffer(bytes: [65])), .pong(ByteBuffer(string: "p")))
        #expect(session.delegate.told() == ["text ab", "binary A", "pong p"])
    }

    @Test("answers pings in their order, before what is said to what came behind them")
    func pings() throws {
        let session = try ClientSession.open()
        session.say(.ping(ByteBuffer(string: "a")), .ping(ByteBuffer(string: "b")))
        #expect(session.frames() == ["pong a", "pong b"])
        #expect(session.delegate.told() == ["ping a", "ping b"])
    }

    @Test(
        "ends when a frame is wrong, and says why",
        arguments: [
            ([0x81, 0x81, 0, 0, 0, 0, 65], "1002 a frame is none of RFC 6455"),
            ([0xC1, 0], "1002 a frame is none of RFC 6455"),
            ([0x81, 1, 0xFF], "1007 a text is not UTF-8"),
            ([0x82, 127, 0, 0, 0, 0, 0, 0x10, 0, 1], "1009 a message is longer than 1048576 bytes"),
        ] as [([UInt8], String)])
    func faults(bytes: [UInt8], told: String) throws {
        let session = try ClientSession.open()
        session.say(bytes)
        #expect(session.delegate.told() == ["closed \(told) by client"])
        #expect(session.frames() == ["close \(told)"])
    }

    // MARK: Ending

    @Test("answers a close frame, and lets the server end TCP")
    func closedByServer() throws {
        let session = try ClientSession.open()
        session.say(.close(CloseCode(rawValue: 4001), reason: "bye"))
        #expect(session.delegate.told() == ["closed 4001 bye by gateway"])
        #expect(session.frames() == ["close 4001 "])
        #expect(!session.isClosed)
        session.wait(ClientLimits.lingeringTime + .seconds(1))
        #expect(session.isClosed)
        #expect(session.delegate.told() == [])
    }

    @Test(
        "closes without a code or with one, and hears what comes until the server's close frame",
        arguments: [nil, 4000])
    func closes(code: UInt16?) throws {
        let session = try ClientSession.open()
        session.connection.close(code.map(CloseCode.init), reason: "done")
        #expect(session.frames() == [code.map { "close \($0) done" } ?? "close "])
        #expect(!session.connection.send(.ping()))
        session.say(WebSocketFrame(.text, ByteBuffer(string: "late")))
        session.say(.close(code.map(CloseCode.init)))
        #expect(session.delegate.told() == ["text late", "closed \(code ?? 1005) done by client"])
        session.end()
        #expect(session.delegate.told() == [])
    }

    @Test("waits for an answer to its close frame no longer than it has to")
    func unanswered() throws {
        let session = try ClientSession.open()
        session.connection.close(nil)
        session.wait(ClientLimits.closingTime + .seconds(1))
        #expect(session.delegate.told() == ["closed 1006  by gateway"])
        #expect(session.isClosed)
    }

    @Test("hears of a server that is gone")
    func lost() throws {
        let session = try ClientSession.open()
        session.end()
        #expect(session.delegate.told() == ["closed 1006  by gateway"])
    }
}
