package import HTTPFront
package import NIOCore
internal import NIOSSL
package import WebSocketFront

/// One WebSocket connection of a client, on its event loop: the opening handshake, messages, pings and their answers, and
/// the closing handshake.
///
/// It is a member of its loop, so that the times of thousands are one flat array. The delegate hears of the end once. Behind both close frames the server ends TCP first, and is given a moment to.
package final class ClientConnection: LoopMember, ChannelInboundHandler {
    package typealias InboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    private enum Phase {
        case connecting
        /// The server's answer is awaited.
        case asking(key: String)
        /// It is none of WebSocket; its body is collected.
        case refused(RefusalReader)
        case open
        /// Our close frame is sent, the server's awaited.
        case closing(WebSocketClosure)
        /// Both are sent; whatever comes is dropped.
        case ending
        case closed
    }

    private let handshake: ClientHandshake
    private let time: TimeAmount
    /// Until it has heard of the end.
    private var delegate: (any ClientDelegate)?
    private var context: ChannelHandlerContext?
    private var phase = Phase.connecting
    private var reader = FrameReader(limits: ClientLimits.frames, sender: .server)
    private var input = ByteBuffer()
    private var scanned = 0
    private var isReadingBurst = false
    private var hasUnflushed = false

    /// The one of those offered that the server has chosen.
    package private(set) var subprotocol: String?

    /// - Parameter time: for the server's answer.
    package init(
        _ handshake: ClientHandshake, time: TimeAmount = ClientLimits.handshakeTime, loopState: LoopConnections,
        delegate: any ClientDelegate
    ) {
        self.handshake = handshake
        self.time = time
        self.delegate = delegate
        super.init(loopState: loopState)
    }

    // MARK: Sending

    package var isOpen: Bool { if case .open = phase { true } else { false } }

    /// Whether the handshake is done.
    package var hasBegun: Bool {
        switch phase {
        case .connecting, .asking, .refused: false
        case .open, .closing, .ending, .closed: true
        }
    }

    /// Whether the server takes more bytes now.
    package var isWritable: Bool { context?.channel.isWritable ?? false }

    /// Of the socket, once it is connected.
    package var remoteAddress: SocketAddress? { context?.remoteAddress }

    /// Sends a message or a ping; false when the connection has ended, or is about to.
    @discardableResult
    package func send(_ frame: WebSocketFrame) -> Bool {
        guard isOpen else { return false }
        write(frame)
        return true
    }

    private func write(_ frame: WebSocketFrame) {
        guard let context else { return }
        context.write(wrapOutboundOut(frame.masked()), promise: nil)
        // What is written while a read is under way goes with its end.
        if isReadingBurst { hasUnflushed = true } else { context.flush() }
    }

    // MARK: Receiving

    private func process() {
        while true {
            switch phase {
            case .connecting: return
            case .asking(let key): guard readAnswer(key) else { return }
            case .refused(var refusal):
                guard let whole = refusal.take(&input) else {
                    phase = .refused(refusal)
                    return
                }
                fail(.refused(whole))
            case .open, .closing:
                let event = reader.next(&input)
                if case .needsMore = event { return }
                received(event)
            case .ending, .closed:
                input = ByteBuffer()
                return
            }
        }
    }

    /// False when more of the answer has to come.
    private func readAnswer(_ key: String) -> Bool {
        let head = ResponseHead()
        switch ResponseHeadParser.parse(&input, into: head, scanned: &scanned, isHead: false) {
        case .incomplete: return false
        case .malformed: fail(.wrong("What the server answered is not HTTP/1.1, or its head is too large."))
        case .complete where head.status == 101:
            do throws(HandshakeFailure) {
                subprotocol = try handshake.subprotocol(answered: head.texts, key: key)
                opened()
            } catch { fail(error) }
        // An interim answer: another one follows.
        case .complete where head.status < 200: break
        case .complete: phase = .refused(RefusalReader(head))
        }
        return true
    }

    private func opened() {
        phase = .open
        deadline = .distantFuture
        delegate?.opened(self)
    }

    private func received(_ event: FrameReader.Event) {
        switch (phase, event) {
        case (.open, .message(let kind, let bytes)): delegate?.messageReceived(kind, bytes, self)
        case (.open, .ping(let payload)):
            write(.pong(payload))
            delegate?.pingReceived(payload)
        case (.open, .pong(let payload)): delegate?.pongReceived(payload)
        case (.open, .close(let code, let reason)):
            write(.close(code))
            end(WebSocketClosure(code ?? .noStatus, reason: String(buffer: reason), by: .gateway))
        case (.open, .fault(let code)):
            write(.close(code, reason: Self.words(code)))
            end(WebSocketClosure(code, reason: Self.words(code), by: .client))
        // What was under way when the close frame was sent still comes.
        case (.closing, .message(let kind, let bytes)): delegate?.messageReceived(kind, bytes, self)
        case (.closing(let closure), .close), (.closing(let closure), .fault): end(closure)
        default: break
        }
    }

    /// What the server is told of its fault.
    private static func words(_ fault: CloseCode) -> String {
        switch fault {
        case .tooLarge: "a message is longer than \(ClientLimits.messageBytes) bytes"
        case .invalidPayload: "a text is not UTF-8"
        default: "a frame is none of RFC 6455"
        }
    }

    // MARK: Ending

    /// Begins the closing handshake, or gives up the opening one. Without a code the frame is empty.
    package func close(_ code: CloseCode?, reason: String = "") {
        guard hasBegun else { return abort() }
        guard isOpen else { return }
        write(.close(code, reason: reason))
        phase = .closing(WebSocketClosure(code ?? .noStatus, reason: reason, by: .client))
        deadline = eventLoop.now + ClientLimits.closingTime
    }

    /// Ends at once.
    package func abort() {
        switch phase {
        case .connecting, .asking, .refused: fail(.ended)
        case .open, .closing: lost()
        case .ending, .closed: shut()
        }
    }

    private func end(_ closure: WebSocketClosure) {
        phase = .ending
        // Whoever hears of the end may end the process.
        flush()
        report(closure)
        deadline = eventLoop.now + ClientLimits.lingeringTime
    }

    /// The server is gone without a close frame.
    private func lost() {
        report(WebSocketClosure(.abnormal, by: .gateway))
        shut()
    }

    /// Its channel did not come about.
    func unreachable(_ error: any Error) { fail(.unreachable(error)) }

    private func fail(_ failure: HandshakeFailure) {
        shut()
        guard let delegate else { return }
        self.delegate = nil
        delegate.failed(failure)
    }

    private func report(_ closure: WebSocketClosure) {
        guard let delegate else { return }
        self.delegate = nil
        delegate.closed(closure)
    }

    private func shut() {
        phase = .closed
        context?.close(promise: nil)
    }

    package override func timedOut() {
        switch phase {
        case .connecting, .asking, .refused: fail(.late)
        case .open: break
        case .closing, .ending, .closed: abort()
        }
    }

    package override func close() { abort() }

    // MARK: Channel events

    package func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        // It was given up meanwhile.
        guard case .connecting = phase else { return shut() }
        loopState.add(self)
        deadline = eventLoop.now + time
        if context.channel.isActive { ask() }
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        loopState.remove(self)
        self.context = nil
    }

    package func channelActive(context: ChannelHandlerContext) { ask() }

    private func ask() {
        guard case .connecting = phase, let context else { return }
        let key = ClientHandshake.newKey()
        phase = .asking(key: key)
        context.writeAndFlush(wrapOutboundOut(handshake.request(key: key)), promise: nil)
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        isReadingBurst = true
        if input.readableBytes == 0 { input = bytes } else { input.writeBuffer(&bytes) }
        process()
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        isReadingBurst = false
        // The channel's read buffer: the next read cannot use it while it is held here.
        if input.readableBytes == 0 { input = ByteBuffer() }
        flush()
    }

    private func flush() {
        guard hasUnflushed else { return }
        hasUnflushed = false
        context?.flush()
    }

    package func channelInactive(context: ChannelHandlerContext) {
        switch phase {
        // A body may end with its connection.
        case .refused(let refusal): fail(.refused(refusal.whole))
        case .connecting, .asking: fail(.ended)
        case .open, .closing: lost()
        case .ending, .closed: shut()
        }
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch phase {
        case .connecting, .asking:
            fail(error is NIOSSLError || error is NIOSSLExtraError ? .insecure(error) : .unreachable(error))
        default: abort()
        }
    }
}
