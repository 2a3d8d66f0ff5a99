package import NIOCore

/// One HTTP/1.1 connection of a client: requests in, one after the other, responses out.
///
/// Reading and writing are two small machines. A request is read while its response may already be under way; the next
/// one is not looked at before both are done, so a connection has one request at a time and pipelining just waits.
package final class HTTPConnection: ChannelInboundHandler {
    package typealias InboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    private enum Reading {
        case head
        case length(remaining: Int)
        case chunked
        /// The request is complete, or the rest of it is not wanted.
        case waiting
        /// The response is complete but the request is not: its rest is read and dropped.
        case discarding(remaining: Int)
        case closed
    }

    /// The request being answered; its storage is used again for the next one.
    package let head = RequestHead()
    /// Set by the service in `headReceived` when it takes less or more than an API's 10 MB.
    package var bodyLimit = HTTPLimits.apiBodyBytes
    package let loopState: LoopConnections
    package let remoteAddress: SocketAddress?
    /// The address that the client reached, as text.
    package let localIPAddress: [UInt8]

    var context: ChannelHandlerContext?
    var response = ResponseState()
    /// Response bytes not yet handed to the channel.
    var out: ByteBuffer
    var isReadingBurst = false

    private let service: any HTTPService
    private let idleTime: TimeAmount
    private var input = ByteBuffer()
    private var scanned = 0
    private var reading = Reading.head
    private var chunks = ChunkedDecoder()
    private var received = 0
    private var isPausedByService = false
    private var isAutoReading = true
    private var inputClosed = false
    private var isProcessing = false

    /// Position among the loop's connections, kept by `LoopConnections`.
    var position = -1
    /// When the connection has waited too long for what it waits for now.
    var deadline = NIODeadline.distantFuture

    /// `idleTime` is how long the connection may lie between two requests.
    package init(
        service: any HTTPService, loopState: LoopConnections, channel: any Channel,
        idleTime: TimeAmount = HTTPLimits.idleTime
    ) {
        self.service = service
        self.idleTime = idleTime
        self.loopState = loopState
        remoteAddress = channel.remoteAddress
        localIPAddress = Array((channel.localAddress?.ipAddress ?? "127.0.0.1").utf8)
        out = channel.allocator.buffer(capacity: 1024)
    }

    package var eventLoop: any EventLoop { loopState.eventLoop }
    package var isWritable: Bool { context?.channel.isWritable ?? false }
    package var allocator: ByteBufferAllocator { context?.channel.allocator ?? ByteBufferAllocator() }
    /// Whether a request of this connection has no complete response yet.
    package var isBusy: Bool { response.phase != .none }

    // MARK: Channel events

    package func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        loopState.add(self)
        deadline = loopState.now + idleTime
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        loopState.remove(self)
        self.context = nil
    }

    package func channelActive(context: ChannelHandlerContext) {
        // Accepted just as the listeners closed.
        if loopState.isDraining { close() }
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        isReadingBurst = true
        if case .closed = reading { return }
        if input.readableBytes == 0 { input = bytes } else { input.writeBuffer(&bytes) }
        process()
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        isReadingBurst = false
        if input.readableBytes == 0 { input.clear() }
        flushOut()
    }

    package func channelWritabilityChanged(context: ChannelHandlerContext) {
        let isWritable = context.channel.isWritable
        deadline = isWritable ? .distantFuture : loopState.now + HTTPLimits.progressTime
        if response.phase != .none { service.writabilityChanged(isWritable, self) }
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed {
            // The client has sent all it will: finish what is asked for, then close.
            inputClosed = true
            if case .waiting = reading, response.phase != .none { return }
            close()
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    package func channelInactive(context: ChannelHandlerContext) { closed() }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) { close() }

    // MARK: Reading

    private func process() {
        guard !isProcessing else { return }
        isProcessing = true
        defer { isProcessing = false }
        while step() {}
        regulateReading()
    }

    /// One step of reading; false when it has to wait for bytes or for the response.
    private func step() -> Bool {
        switch reading {
        case .head: return readHead()
        case .length where isPausedByService, .chunked where isPausedByService: return false
        case .length(let remaining):
            guard let bytes = input.readSlice(length: min(remaining, input.readableBytes)), bytes.readableBytes > 0
            else { return false }
            let left = remaining - bytes.readableBytes
            reading = left == 0 ? .waiting : .length(remaining: left)
            deadline = left == 0 ? .distantFuture : loopState.now + HTTPLimits.progressTime
            service.bodyReceived(bytes, self)
            if left == 0 { bodyEnded() }
            return true
        case .chunked: return readChunk()
        case .waiting: return false
        case .discarding(let remaining): return discard(remaining)
        case .closed:
            input.clear()
            return false
        }
    }

    private func readHead() -> Bool {
        guard input.readableBytes > 0 else { return false }
        switch RequestHeadParser.parse(&input, into: head, scanned: &scanned) {
        case .incomplete:
            if deadline > loopState.now + HTTPLimits.headTime { deadline = loopState.now + HTTPLimits.headTime }
            return false
        case .refused(let refusal):
            refuse(refusal)
            return false
        case .complete:
            requestBegan()
            return true
        }
    }

    private func requestBegan() {
        deadline = .distantFuture
        received = 0
        bodyLimit = HTTPLimits.apiBodyBytes
        response = ResponseState(phase: .expected)
        response.keepsAlive = head.keepsAlive && !loopState.isDraining && !inputClosed
        switch head.body {
        case .none: reading = .waiting
        case .length(let length): reading = .length(remaining: length)
        case .chunked:
            reading = .chunked
            chunks = ChunkedDecoder()
        }
        service.headReceived(self)
        switch head.body {
        case .none:
            if case .waiting = reading { service.requestEnded(self) }
        case .length(let length) where length > bodyLimit && response.phase == .expected:
            rejectBody()
        case .length, .chunked:
            if response.phase == .expected {
                deadline = loopState.now + HTTPLimits.progressTime
                if head.expectsContinue { sendContinue() }
            }
        }
    }

    private func readChunk() -> Bool {
        switch chunks.next(&input) {
        case .needsMore: return false
        case .data(let bytes):
            received += bytes.readableBytes
            deadline = loopState.now + HTTPLimits.progressTime
            guard received <= bodyLimit else {
                rejectBody()
                return false
            }
            if response.phase != .ended { service.bodyReceived(bytes, self) }
            return true
        case .end:
            reading = .waiting
            deadline = .distantFuture
            bodyEnded()
            return true
        case .malformed:
            if response.phase == .expected { refuse(.badRequest) } else { close() }
            return false
        }
    }

    private func bodyEnded() {
        switch response.phase {
        case .none: break
        case .ended: exchangeEnded()
        case .expected, .head, .body: service.requestEnded(self)
        }
    }

    private func rejectBody() {
        response.keepsAlive = false
        reading = .waiting
        service.bodyTooLarge(self)
    }

    private func discard(_ remaining: Int) -> Bool {
        let length = min(remaining, input.readableBytes)
        guard length > 0 else { return false }
        input.moveReaderIndex(forwardBy: length)
        reading = .discarding(remaining: remaining - length)
        if remaining == length { exchangeEnded() }
        return true
    }

    /// Both the request and its response are done.
    private func exchangeEnded() {
        let keepsAlive = response.keepsAlive && !inputClosed && !loopState.isDraining
        response = ResponseState()
        guard keepsAlive else {
            finishAndClose()
            return
        }
        reading = .head
        deadline = loopState.now + idleTime
        if input.readableBytes > 0 { process() }
    }

    /// Called by the response side when its last byte is written.
    func responseEnded() {
        switch reading {
        case .waiting: exchangeEnded()
        case .length(let remaining) where remaining <= HTTPLimits.drainedBodyBytes && response.keepsAlive:
            reading = .discarding(remaining: remaining)
            deadline = loopState.now + HTTPLimits.progressTime
            process()
        case .closed: break
        default: finishAndClose()
        }
    }

    // MARK: Back-pressure and time

    /// Stops reading the request's body until `resumeReading`.
    package func pauseReading() {
        isPausedByService = true
        regulateReading()
    }

    package func resumeReading() {
        guard isPausedByService else { return }
        isPausedByService = false
        process()
    }

    private func regulateReading() {
        guard let context else { return }
        var wanted = !isPausedByService
        if case .waiting = reading, input.readableBytes > HTTPLimits.pipelinedBytes { wanted = false }
        guard wanted != isAutoReading else { return }
        isAutoReading = wanted
        // A pause is the service's own doing; it keeps the time meanwhile.
        if !wanted { deadline = .distantFuture }
        try? context.channel.syncOptions?.setOption(.autoRead, value: wanted)
    }

    /// The deadline has passed.
    func timedOut() {
        switch reading {
        case .head where input.readableBytes > 0: refuse(.requestTimeout)
        case .length, .chunked:
            if response.phase == .expected { refuse(.requestTimeout) } else { close() }
        default: close()
        }
    }

    // MARK: Ending

    private func refuse(_ refusal: ProtocolRefusal) {
        let began = response.phase != .none
        if began { service.connectionClosed(self) }
        reading = .closed
        response = ResponseState(phase: .expected)
        response.keepsAlive = false
        startResponse(status: refusal.status)
        writeDate()
        write("content-type: application/json\r\n")
        finishHead(.length(refusal.body.utf8CodeUnitCount))
        out.writeStaticString(refusal.body)
        response.phase = .none
        finishAndClose()
    }

    /// Writes what is left, then closes. The client may still be sending: its bytes are dropped, not answered by a
    /// reset that could overtake the response (RFC 9112 section 9.6).
    private func finishAndClose() {
        reading = .closed
        guard let context else { return }
        flushOut()
        deadline = loopState.now + .seconds(2)
        context.channel.close(mode: .output, promise: nil)
        if inputClosed { context.close(promise: nil) }
    }

    package func close() {
        if case .closed = reading, response.phase == .none {
            context?.close(promise: nil)
            return
        }
        reading = .closed
        context?.close(promise: nil)
    }

    private func closed() {
        reading = .closed
        deadline = .distantFuture
        guard response.phase == .expected || response.phase == .head || response.phase == .body else { return }
        response = ResponseState()
        service.connectionClosed(self)
    }
}
