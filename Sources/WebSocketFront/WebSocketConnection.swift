package import HTTPFront
package import NIOCore

/// One WebSocket connection of a client, on its event loop: messages in, frames out, and the closing handshake.
///
/// Whoever ends it, its delegate hears so once. A client that has ended it, or broken a rule, is sent a close frame; then
/// the gateway ends its half of TCP, drops what still comes, and gives the client a moment to end its own (RFC 6455
/// section 7.1.1): a reset could overtake the close frame.
package final class WebSocketConnection: LoopMember, ChannelInboundHandler {
    package typealias InboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    private enum Phase {
        case open
        /// Our close frame is sent, the client's awaited.
        case closing(WebSocketClosure)
        /// The last frame is sent; whatever comes is dropped.
        case ending
        case closed
    }

    private let limits: WebSocketLimits
    /// Until it has heard of the end.
    private var delegate: (any WebSocketDelegate)?
    private var context: ChannelHandlerContext?
    private var phase = Phase.open
    private var reader: FrameReader
    /// What has come while the delegate wanted nothing.
    private var input = ByteBuffer()
    /// Pongs not yet handed to the channel.
    private var pongs = ByteBuffer()
    private var endOfLife = NIODeadline.distantFuture
    /// Of the message under way, as far as the delegate has let it grow.
    private var unfinishedBytes = 0
    private var isChannelWritable = true
    private var isPaused = false
    private var isAutoReading = true
    private var isInputClosed = false
    private var isProcessing = false
    private var isReadingBurst = false

    init(loopState: LoopConnections, limits: WebSocketLimits, delegate: any WebSocketDelegate) {
        self.limits = limits
        self.delegate = delegate
        reader = FrameReader(limits: limits)
        super.init(loopState: loopState)
    }

    /// Goes on with what HTTP left of the connection.
    func take(_ taken: HTTPStream.TakenOver) {
        delegate?.opened(self)
        if loopState.isDraining { drain() }
        input = taken.unread
        isInputClosed = taken.isInputClosed
        process()
    }

    // MARK: Sending

    package enum SendResult: Sendable {
        case sent
        /// The client has fallen behind, and misses it.
        case slow
        /// The connection has ended, or is about to.
        case gone
    }

    package var isOpen: Bool { if case .open = phase { true } else { false } }

    /// Whether the client takes more bytes now. Kept, since asking the channel costs a tenth of a broadcast.
    package var isWritable: Bool { context != nil && isChannelWritable }

    /// Sends a message or a ping. What waits for a slow client is bounded: by what a channel holds when it becomes
    /// unwritable and the one frame that made it so, or by `queuedBytes`, and by what the delegate has for all.
    @discardableResult
    package func send(_ frame: WebSocketFrame) -> SendResult {
        guard isOpen, let context else { return .gone }
        if !isChannelWritable {
            let queued = queuedBytes
            let wanted = queued + frame.bytes.readableBytes
            guard wanted <= limits.queuedBytes, delegate?.mayQueue(wanted, self) != false else {
                switch delegate?.fellBehind(queued: queued, self) {
                case .keep, nil: break
                case .close(let code, let reason): close(code, reason: reason)
                case .abort: abort()
                }
                return .slow
            }
        }
        handOverPongs()
        // They may have made the channel unwritable, and whoever heard of that may have ended the connection.
        guard isOpen else { return .gone }
        if frame.isMessage { restartIdleTime() }
        context.write(wrapOutboundOut(frame.bytes), promise: frame.holder.map { keeping($0, context) })
        // A read burst sends when it ends.
        if !isReadingBurst { context.flush() }
        return .sent
    }

    private func keeping(
        _ holder: any AnyObject & Sendable, _ context: ChannelHandlerContext
    ) -> EventLoopPromise<Void> {
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.whenComplete { _ in withExtendedLifetime(holder) {} }
        return written
    }

    /// Bytes that wait in the channel for the client to take them. What the kernel holds beyond that is its own bound.
    package var queuedBytes: Int {
        guard let options = context?.channel.syncOptions else { return 0 }
        return (try? options.getOption(.bufferedWritableBytes)) ?? 0
    }

    /// Answers a ping. A client that takes no bytes is answered the last one only, when it does (RFC 6455 section 5.5.3).
    private func answer(ping payload: ByteBuffer) {
        if !isWritable { pongs.clear() }
        WebSocketFrame.appendPong(payload, to: &pongs)
        if !isReadingBurst { flushPongs() }
    }

    private func flushPongs() {
        guard pongs.readableBytes > 0 else { return }
        handOverPongs()
        context?.flush()
    }

    /// Pongs of one read go in one piece, before whatever is sent behind the pings.
    private func handOverPongs() {
        guard pongs.readableBytes > 0, isWritable, let context else { return }
        let bytes = pongs
        pongs = ByteBuffer()
        context.write(wrapOutboundOut(bytes), promise: nil)
    }

    // MARK: Receiving

    /// Lets the client wait with its messages, or hears them again. Pings and its end are not seen meanwhile.
    package func setReading(_ wanted: Bool) {
        guard wanted == isPaused, isOpen else { return }
        isPaused = !wanted
        if wanted { process() } else { regulateReading() }
    }

    private func process() {
        guard !isProcessing else { return }
        isProcessing = true
        defer { isProcessing = false }
        while isListening {
            let event = reader.next(&input)
            if case .needsMore = event { break }
            received(event)
        }
        countUnfinished()
        if isInputClosed, isListening { lost() }
        regulateReading()
    }

    private func countUnfinished() {
        guard isOpen, reader.unfinishedBytes != unfinishedBytes else { return }
        unfinishedBytes = reader.unfinishedBytes
        if delegate?.mayHold(unfinishedBytes, self) == false { received(reader.fault(.internalError)) }
    }

    /// Whether frames are looked at.
    private var isListening: Bool {
        switch phase {
        case .open: !isPaused
        case .closing: true
        case .ending, .closed: false
        }
    }

    /// Of the message that came last.
    package var largestFrame: Int { reader.largestFrame }

    private func received(_ event: FrameReader.Event) {
        switch (phase, event) {
        case (.open, .message(let kind, let bytes)):
            restartIdleTime()
            delegate?.messageReceived(kind, bytes, self)
        case (.open, .ping(let payload)): answer(ping: payload)
        case (.open, .close(let code, let reason)):
            end(with: .close(code))
            report(WebSocketClosure(code ?? .noStatus, reason: String(buffer: reason), by: .client))
        case (.open, .fault(let code)):
            end(with: .close(code))
            report(WebSocketClosure(code, by: .gateway))
        case (.closing(let closure), .close), (.closing(let closure), .fault):
            end(with: nil)
            report(closure)
        default: break
        }
    }

    private func regulateReading() {
        guard let context, isAutoReading == isPaused else { return }
        isAutoReading = !isPaused
        try? context.channel.syncOptions?.setOption(.autoRead, value: isAutoReading)
    }

    // MARK: Ending

    /// Begins the closing handshake: nothing can be sent behind it, and no more messages come.
    package func close(_ code: CloseCode, reason: String = "") {
        guard isOpen, let context else { return }
        phase = .closing(WebSocketClosure(code, reason: reason, by: .gateway))
        handOverPongs()
        // One that cannot go yet would come behind the close frame.
        pongs = ByteBuffer()
        isPaused = false
        deadline = loopState.now + limits.closingTime
        context.writeAndFlush(wrapOutboundOut(WebSocketFrame.close(code, reason: reason).bytes), promise: nil)
        // What has come already may hold the client's close frame.
        process()
    }

    /// Ends at once; what the client has not taken is dropped.
    package func abort() {
        context?.channel.resetsAtClose()
        closeChannel(WebSocketClosure(.abnormal, by: .gateway))
    }

    /// Sends the last frame and waits for the client to end TCP.
    private func end(with frame: WebSocketFrame?) {
        phase = .ending
        handOverPongs()
        (input, pongs) = (ByteBuffer(), ByteBuffer())
        isPaused = false
        deadline = loopState.now + limits.lingeringTime
        guard let context else { return }
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in self.lastByteWritten() }
        context.writeAndFlush(wrapOutboundOut(frame?.bytes ?? ByteBuffer()), promise: written)
    }

    private func lastByteWritten() {
        guard case .ending = phase, let context else { return }
        context.close(mode: isInputClosed ? .all : .output, promise: nil)
    }

    /// The client is gone without a word.
    private func lost() { closeChannel(WebSocketClosure(.abnormal, by: .client)) }

    /// `closure` is what has happened unless the connection was ending already.
    private func closeChannel(_ closure: WebSocketClosure) {
        let reported = if case .closing(let begun) = phase { begun } else { closure }
        phase = .closed
        // Closing tells of the end once more, and then as the client's.
        report(reported)
        context?.close(promise: nil)
    }

    private func report(_ closure: WebSocketClosure) {
        guard let delegate else { return }
        self.delegate = nil
        delegate.closed(closure, self)
    }

    // MARK: Time

    private func restartIdleTime() { deadline = min(loopState.now + limits.idleTime, endOfLife) }

    package override func timedOut() {
        switch phase {
        case .open: close(.goingAway, reason: Self.goingAway)
        // Its answer may lie behind what it does not take.
        case .closing: abort()
        case .ending, .closed: context?.close(promise: nil)
        }
    }

    package override func drain() { close(.goingAway, reason: Self.goingAway) }

    package override func close() { abort() }

    /// AWS's reason when a connection has been idle for too long; a client that sends 1001 has its own.
    private static let goingAway = "Going away"

    // MARK: Channel events

    package func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        isChannelWritable = context.channel.isWritable
        loopState.add(self)
        endOfLife = loopState.now + limits.duration
        restartIdleTime()
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        loopState.remove(self)
        self.context = nil
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        isReadingBurst = true
        switch phase {
        case .ending, .closed: return
        case .open, .closing: break
        }
        if input.readableBytes == 0 { input = bytes } else { input.writeBuffer(&bytes) }
        process()
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        isReadingBurst = false
        // The channel's read buffer: the next read cannot use it while it is held here.
        if input.readableBytes == 0 { input = ByteBuffer() }
        handOverPongs()
        context.flush()
    }

    package func channelWritabilityChanged(context: ChannelHandlerContext) {
        let isWritable = context.channel.isWritable
        isChannelWritable = isWritable
        if isWritable { flushPongs() }
        if isOpen { delegate?.writabilityChanged(isWritable, self) }
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let event = event as? ChannelEvent, event == .inputClosed else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        isInputClosed = true
        switch phase {
        case .open, .closing: process()
        case .ending, .closed: context.close(promise: nil)
        }
    }

    package func channelInactive(context: ChannelHandlerContext) { lost() }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) { lost() }
}
