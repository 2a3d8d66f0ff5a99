import NIOCore
import NIOEmbedded
import TestSockets
import Testing

@testable import HTTPFront
@testable import WebSocketFront

@Suite("The opening handshake")
struct WebSocketHandshakeTests {
    /// The request, one of its lines another one or gone, and perhaps more of them.
    private func request(_ prefix: String? = nil, _ line: String? = nil, and more: [String] = []) -> [String] {
        TestSession.request.compactMap { prefix != nil && $0.hasPrefix(prefix ?? "") ? line : $0 } + more
    }

    @Test("is answered 101, with what RFC 6455 computes of its example")
    func accepted() throws {
        let session = try TestSession()
        session.handshake()
        #expect(session.head() == TestSession.switching)
        #expect(session.delegate.told() == ["opened"])
        #expect(session.loops.count == 1)
        session.send(.text("hello"))
        #expect(session.delegate.told() == ["text hello"])
    }

    static let good: [(String, String, [String])] = [
        ("Connection", "Connection: keep-alive, UPGRADE", []),
        ("Connection", "Connection: close", ["connection: upgrade"]),
        ("Upgrade", "upgrade: WebSocket", []),
        ("Upgrade", "Upgrade: h2c, websocket", []),
        ("Host", "Host: a", ["Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"]),
        ("Host", "Host: a", ["Sec-WebSocket-Protocol: chat, graphql-transport-ws"]),
        ("Host", "Host: a", ["Origin: https://elsewhere.example"]),
        ("Host", "Host: a", ["Content-Length: 0"]),
    ]

    @Test("may be written in many ways; no extension is negotiated, no subprotocol chosen", arguments: good)
    func manyWays(prefix: String, line: String, more: [String]) throws {
        let session = try TestSession()
        session.handshake(request(prefix, line, and: more))
        #expect(session.head() == TestSession.switching)
    }

    static let refused: [(String, String?, [String], Int)] = [
        ("Upgrade", nil, [], 426),
        ("Upgrade", "Upgrade: h2c", [], 426),
        ("Upgrade", "Upgrade: websockets", [], 426),
        ("GET", "GET /dev HTTP/1.0", [], 426),
        ("GET", "POST /dev HTTP/1.1", [], 400),
        ("GET", "HEAD /dev HTTP/1.1", [], 400),
        ("Connection", nil, [], 400),
        ("Connection", "Connection: keep-alive", [], 400),
        ("Connection", "Connection: upgraded", [], 400),
        ("Sec-WebSocket-Version", nil, [], 400),
        ("Sec-WebSocket-Version", "Sec-WebSocket-Version:", [], 400),
        ("Sec-WebSocket-Version", "Sec-WebSocket-Version: 013", [], 400),
        ("Sec-WebSocket-Version", "Sec-WebSocket-Version: +13", [], 400),
        ("Sec-WebSocket-Version", "Sec-WebSocket-Version: 13, 8", [], 400),
        ("Sec-WebSocket-Version", "Sec-WebSocket-Version: 256", [], 400),
        ("Sec-WebSocket-Version", "Sec-WebSocket-Version: 8", [], 426),
        ("Sec-WebSocket-Version", "Sec-WebSocket-Version: 14", [], 426),
        ("Host", "Host: a", ["Sec-WebSocket-Version: 13"], 400),
        ("Sec-WebSocket-Key", nil, [], 400),
        ("Sec-WebSocket-Key", "Sec-WebSocket-Key:", [], 400),
        ("Sec-WebSocket-Key", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ", [], 400),
        ("Sec-WebSocket-Key", "Sec-WebSocket-Key: SGVsbG8sIHdvcmxkIQ==", [], 400),
        ("Sec-WebSocket-Key", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZTEy", [], 400),
        ("Sec-WebSocket-Key", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZ*==", [], 400),
        ("Host", "Host: a", ["Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="], 400),
        ("Host", "Host: a", ["Content-Length: 1"], 400),
        ("Host", "Host: a", ["Transfer-Encoding: chunked"], 400),
    ]

    @Test("that is wrong is refused", arguments: refused)
    func wrong(prefix: String, line: String?, more: [String], status: Int) throws {
        let session = try TestSession()
        session.handshake(request(prefix, line, and: more))
        let head = session.head()
        #expect(head.hasPrefix("HTTP/1.1 \(status) "), "\(head)")
        #expect(session.delegate.told() == [])
    }

    @Test("of another version is told which one there is (RFC 6455 section 4.4)")
    func version() throws {
        let session = try TestSession()
        session.handshake(
            request("Sec-WebSocket-Version", "Sec-WebSocket-Version: 8"), early: [.text("GET / HTTP/1.1")])
        #expect(
            session.head()
                == "HTTP/1.1 426 Upgrade Required\r\nContent-Type: application/json\r\nUpgrade: websocket\r\n"
                + "Sec-WebSocket-Version: 13\r\nContent-Length: 30\r\nConnection: close\r\n\r\n"
                + #"{"message":"Upgrade Required"}"#)
        #expect(session.isAtEnd)
    }

    @Test("a plain request is told to upgrade, and its connection goes on")
    func plain() throws {
        let session = try TestSession()
        session.handshake(["GET /dev HTTP/1.1", "Host: a"])
        #expect(
            session.head()
                == "HTTP/1.1 426 Upgrade Required\r\nContent-Type: application/json\r\nUpgrade: websocket\r\n"
                + "Content-Length: 30\r\nConnection: keep-alive\r\n\r\n" + #"{"message":"Upgrade Required"}"#)
        session.handshake()
        #expect(session.head() == TestSession.switching)
    }

    @Test(
        "names the subprotocol if the client offered it",
        arguments: [
            ("chat", "chat", true), ("chat", "superchat, chat", true), ("chat", "superchat ,\tchat\t, x", true),
            ("chat", "superchat", false), ("Chat", "chat", false), ("chat", nil, false), ("", "chat", false),
            ("", ",", false), ("a b", "a b", false), ("chat\r\nX: y", "chat", false), ("a,b", "a,b", false),
        ] as [(String, String?, Bool)])
    func subprotocols(subprotocol: String, offered: String?, isTold: Bool) throws {
        let session = try TestSession()
        session.service.subprotocol = subprotocol
        session.handshake(request(and: offered.map { ["Sec-WebSocket-Protocol: \($0)"] } ?? []))
        let line = isTold ? "Sec-WebSocket-Protocol: \(subprotocol)\r\n" : ""
        #expect(
            session.head()
                == TestSession.switching.replacing("connection: upgrade\r\n", with: line + "connection: upgrade\r\n"))
    }

    @Test("of several fields offers the subprotocols of all")
    func severalFields() throws {
        let session = try TestSession()
        session.service.subprotocol = "b"
        session.handshake(request(and: ["Sec-WebSocket-Protocol: a", "Sec-WebSocket-Protocol: b"]))
        #expect(session.head().contains("Sec-WebSocket-Protocol: b\r\n"))
    }

    @Test("may be accepted later: what the client sent meanwhile comes behind the word that it is open")
    func later() throws {
        let session = try TestSession()
        session.service.acceptsAtOnce = false
        session.handshake(early: [.text("one")])
        session.send(.text("two"), .ping("p"))
        #expect(session.delegate.told() == [])
        #expect(session.service.accept(session.http) != nil)
        session.deliver()
        #expect(session.head() == TestSession.switching)
        #expect(session.received() == ["pong p"])
        #expect(session.delegate.told() == ["opened", "text one", "text two"])
    }

    @Test("bounds what the client sends before it is answered")
    func early() throws {
        let session = try TestSession()
        session.service.acceptsAtOnce = false
        session.handshake()
        let frame = ClientFrame.text(String(repeating: "x", count: 16_384))
        for _ in 0..<8 { session.send(frame) }
        #expect(!session.isReading)
        session.service.accept(session.http)
        session.deliver()
        #expect(session.delegate.told() == ["opened"] + .init(repeating: "text 16384 bytes, [120]", count: 8))
    }

    @Test("is not accepted twice, nor when the client has gone")
    func gone() throws {
        let session = try TestSession()
        session.service.acceptsAtOnce = false
        session.handshake()
        session.reset()
        #expect(session.service.accept(session.http) == nil)
        let other = try TestSession.open()
        #expect(other.service.accept(other.http) == nil)
        #expect(session.delegate.told() == [])
    }

    @Test("is accepted when the client has ended its half: what it sent is heard, then it is gone")
    func halfClosed() throws {
        let session = try TestSession()
        session.service.acceptsAtOnce = false
        session.handshake(early: [.text("last")])
        session.closeInput()
        session.service.accept(session.http)
        #expect(session.delegate.told() == ["opened", "text last", "closed 1006  by client"])
        #expect(session.isClosed)
    }

    @Test("of a server that is ending is accepted and told so")
    func draining() throws {
        let session = try TestSession()
        session.service.acceptsAtOnce = false
        session.handshake()
        _ = session.loops.drain()
        session.service.accept(session.http)
        _ = session.head()
        #expect(session.received() == ["close 1001 Going away"])
    }

    @Test("lets go of what HTTP kept for the connection")
    func memory() throws {
        let delegate = RecordingDelegate()
        let channel = EmbeddedChannel()
        let loops = LoopConnections(eventLoop: channel.embeddedEventLoop)
        weak var http: HTTPConnection?
        do {
            let connection = HTTPConnection(service: UpgradingService(delegate), loopState: loops, channel: channel)
            try channel.pipeline.syncOperations.addHandler(connection)
            http = connection
        }
        try channel.writeInbound(ByteBuffer(string: TestSession.request.joined(separator: "\r\n") + "\r\n\r\n"))
        #expect(delegate.told() == ["opened"])
        #expect(http == nil)
        _ = try channel.finish()
    }
}
