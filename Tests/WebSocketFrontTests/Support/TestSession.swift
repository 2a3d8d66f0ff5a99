import NIOCore
import NIOEmbedded
import TestSockets

@testable import HTTPFront
@testable import WebSocketFront

/// A client of one connection on an embedded channel, with a clock that a test moves.
final class TestSession {
    static let request = [
        "GET /dev HTTP/1.1", "Host: a", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ]
    static let switching =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
        + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nconnection: upgrade\r\n\r\n"

    let delegate = RecordingDelegate()
    let service: UpgradingService
    let loops: LoopConnections
    let http: HTTPConnection
    let socket: TestSocket
    private let channel: EmbeddedChannel
    private let loop = EmbeddedEventLoop()
    private var unsent: [ByteBuffer] = []
    private var seen = 0

    init() throws {
        service = UpgradingService(delegate)
        loops = LoopConnections(eventLoop: loop, unacknowledgedBytes: { _ in 0 })
        channel = EmbeddedChannel(loop: loop)
        socket = TestSocket(channel)
        http = HTTPConnection(service: service, loopState: loops, channel: channel)
        try channel.pipeline.syncOperations.addHandlers([socket, http])
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 1), promise: nil)
    }

    /// One whose handshake is done.
    static func open(limits: WebSocketLimits = .aws) throws -> TestSession {
        let session = try TestSession()
        session.service.limits = limits
        session.handshake()
        _ = session.head()
        _ = session.delegate.told()
        return session
    }

    deinit { _ = try? channel.finish(acceptAlreadyClosed: true) }

    var connection: WebSocketConnection? { delegate.connection }

    // MARK: What the client does

    func handshake(_ lines: [String] = TestSession.request, early: [ClientFrame] = []) {
        send(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + early.flatMap(\.bytes))
    }

    /// Sends all of them as one read.
    func send(_ frames: ClientFrame...) { send(frames.flatMap(\.bytes)) }

    func send(_ bytes: [UInt8]) {
        unsent.append(ByteBuffer(bytes: bytes))
        deliver()
    }

    func closeInput() {
        socket.closeInput()
        loop.run()
    }

    func reset() {
        channel.pipeline.fireErrorCaught(ConnectionReset())
        channel.close(promise: nil)
        loop.run()
    }

    func wait(_ amount: TimeAmount) {
        loop.advanceTime(by: amount)
        deliver()
    }

    func deliver() {
        while isReading, !isClosed, !unsent.isEmpty { _ = try? channel.writeInbound(unsent.removeFirst()) }
        loop.run()
    }

    // MARK: What the client sees

    /// The response's head, without its date.
    func head() -> String {
        let bytes = unseen()
        var end = bytes.readableBytes
        let text = String(buffer: bytes)
        if let range = text.firstRange(of: "\r\n\r\n"), text.hasPrefix("HTTP/1.1 101") {
            end = text[..<range.upperBound].utf8.count
        }
        seen += end
        return String(decoding: bytes.readableBytesView.prefix(end), as: UTF8.self)
            .replacing(/Date: [^\r]*\r\n/, with: "")
    }

    /// The frames since the last call, in words; the rest that is none as bytes.
    func received() -> [String] {
        var bytes = unseen()
        seen += bytes.readableBytes
        var frames: [String] = []
        while bytes.readableBytes > 0 {
            guard let frame = GatewayFrame(&bytes) else {
                frames.append("rest \(Array(bytes.readableBytesView))")
                break
            }
            frames.append(frame.words)
        }
        return frames
    }

    private func unseen() -> ByteBuffer {
        let all = socket.received
        return all.getSlice(at: all.readerIndex + seen, length: all.readableBytes - seen) ?? ByteBuffer()
    }

    /// The gateway has ended its half of TCP, or all of it.
    var isAtEnd: Bool { isClosed || socket.isOutputClosed }
    var isClosed: Bool { !channel.isActive }

    var isReading: Bool {
        for (option, value) in channel.options where option is ChannelOptions.Types.AutoReadOption {
            return value as? Bool ?? true
        }
        return true
    }
}

/// A frame that the gateway sent, read with a mask refused.
struct GatewayFrame {
    let words: String

    init?(_ bytes: inout ByteBuffer) {
        var rest = bytes
        guard let flags = rest.readInteger(as: UInt8.self), let short = rest.readInteger(as: UInt8.self) else {
            return nil
        }
        var length = Int(short)
        if short == 126 { length = Int(rest.readInteger(as: UInt16.self) ?? 0) }
        if short == 127 { length = Int(rest.readInteger(as: UInt64.self) ?? 0) }
        guard short < 128, var payload = rest.readSlice(length: length) else { return nil }
        bytes = rest
        switch flags {
        case 0x81: words = "text \(payload.words)"
        case 0x82: words = "binary \(payload.words)"
        case 0x88:
            let code = payload.readInteger(as: UInt16.self)
            words = code.map { "close \($0) \(payload.words)" } ?? "close"
        case 0x89: words = "ping \(payload.words)"
        case 0x8A: words = "pong \(payload.words)"
        default: words = "flags \(flags)"
        }
    }
}
