import HTTPFront
import NIOCore
import NIOEmbedded
import TestSockets
import WebSocketFront

@testable import WebSocketClient

/// A server of one client, byte by byte, on an embedded channel with a clock that a test moves.
final class ClientSession {
    let delegate = RecordingClient()
    let socket: TestSocket
    let connection: ClientConnection
    private let channel: EmbeddedChannel
    private let loop = EmbeddedEventLoop()
    private var seen = 0

    init(_ handshake: ClientHandshake? = nil) throws {
        connection = ClientConnection(
            try handshake ?? ClientHandshake(WebSocketURL("ws://a/dev")), time: .seconds(10),
            loopState: LoopConnections(eventLoop: loop, unacknowledgedBytes: { _ in 0 }), delegate: delegate)
        channel = EmbeddedChannel(loop: loop)
        socket = TestSocket(channel)
        try channel.pipeline.syncOperations.addHandlers([socket, connection])
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
    }

    /// One whose handshake is done.
    static func open() throws -> ClientSession {
        let session = try ClientSession()
        session.answer()
        _ = session.delegate.told()
        return session
    }

    deinit { _ = try? channel.finish(acceptAlreadyClosed: true) }

    // MARK: What the server does

    /// Switches protocols, with some of the lines another one or gone, or more of them.
    func answer(_ changed: [String: String?] = [:], more: [String] = [], early: [WebSocketFrame] = []) {
        let key = sent().split(separator: "\r\n").first { $0.hasPrefix("Sec-WebSocket-Key: ") }?.dropFirst(19) ?? ""
        let lines = [
            ("Status", "HTTP/1.1 101 Switching Protocols"), ("Upgrade", "Upgrade: websocket"),
            ("Connection", "Connection: upgrade"),
            ("Accept", "Sec-WebSocket-Accept: \(WebSocketHandshake.accept(for: String(key)))"),
        ]
        let written = lines.compactMap { name, line in changed.index(forKey: name) == nil ? line : changed[name] ?? nil
        }
        say((written + more).joined(separator: "\r\n") + "\r\n\r\n", early)
    }

    func say(_ text: String, _ frames: [WebSocketFrame] = []) {
        say(Array(text.utf8) + frames.flatMap { Array($0.bytes.readableBytesView) })
    }

    func say(_ frames: WebSocketFrame...) { say("", frames) }

    func say(_ bytes: [UInt8]) {
        _ = try? channel.writeInbound(ByteBuffer(bytes: bytes))
        loop.run()
    }

    func end() {
        channel.close(promise: nil)
        loop.run()
    }

    func wait(_ amount: TimeAmount) {
        loop.advanceTime(by: amount)
        loop.run()
    }

    // MARK: What the server sees

    var isClosed: Bool { !channel.isActive }

    /// The text since the last call.
    func sent() -> String { String(buffer: unseen()) }

    /// The frames since the last call, by the reader of servers.
    func frames() -> [String] {
        var limits = WebSocketLimits()
        limits.takesBinary = true
        var reader = FrameReader(limits: limits)
        var (bytes, told) = (unseen(), [String]())
        while true {
            switch reader.next(&bytes) {
            case .needsMore: return told
            case .message(let kind, let bytes): told.append("\(kind) \(String(buffer: bytes))")
            case .ping(let payload): told.append("ping \(String(buffer: payload))")
            case .pong(let payload): told.append("pong \(String(buffer: payload))")
            case .close(let code, let reason):
                told.append("close \(code.map { "\($0.rawValue) " } ?? "")\(String(buffer: reason))")
            case .fault(let code): told.append("fault \(code.rawValue)")
            }
        }
    }

    private func unseen() -> ByteBuffer {
        defer { seen = socket.received.readableBytes }
        let all = socket.received
        return all.getSlice(at: all.readerIndex + seen, length: all.readableBytes - seen) ?? ByteBuffer()
    }
}

/// Writes down what it is told.
final class RecordingClient: ClientDelegate {
    private var events: [String] = []

    func opened(_ connection: ClientConnection) {
        events.append("open" + (connection.subprotocol.map { " \($0)" } ?? ""))
    }

    func failed(_ failure: HandshakeFailure) {
        switch failure {
        case .refused(let refusal):
            events.append("refused \(refusal.status) \(String(decoding: refusal.body, as: UTF8.self))")
        case .wrong(let sentence): events.append("wrong: \(sentence)")
        case .unreachable, .insecure: events.append("unreachable")
        case .ended: events.append("ended")
        case .late: events.append("late")
        }
    }

    func messageReceived(_ kind: MessageKind, _ bytes: ByteBuffer, _ connection: ClientConnection) {
        events.append("\(kind) \(String(buffer: bytes))")
    }

    func pingReceived(_ payload: ByteBuffer) { events.append("ping \(String(buffer: payload))") }

    func pongReceived(_ payload: ByteBuffer) { events.append("pong \(String(buffer: payload))") }

    func closed(_ closure: WebSocketClosure) {
        events.append("closed \(closure.code.rawValue) \(closure.reason) by \(closure.side)")
    }

    /// What was told since the last call.
    func told() -> [String] {
        defer { events = [] }
        return events
    }
}
