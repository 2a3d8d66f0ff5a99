package import NIOCore

/// One HTTP/1.1 connection of a client: requests in, one after the other, responses out.
///
/// Reading and writing are two small machines. A request is read while its response may already be under way; the next
/// one is not looked at before both are done, so a connection has one request at a time and pipelining just waits.
package final class HTTPConnection: HTTPStream, ChannelInboundHandler, RemovableChannelHandler {
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
        /// The last response is written but not yet taken by the client; whatever comes is dropped.
        case ending
        case closed
    }

    var context: ChannelHandlerContext?
    var isReadingBurst = false

    private let service: any HTTPService
    private let idleTime: TimeAmount
    private let bodyTime: TimeAmount
    /// nil: trailers of requests are dropped.
    private let trailerBytes: Int?
    private var input = ByteBuffer()
    private var scanned = 0
    private var reading = Reading.head
    private var chunks = ChunkedDecoder()
    /// Bytes of the request's body so far.
    private var received = 0
    private var bodyLimit = Int.max
    /// The client waits to be told that it may send the body.
    private var awaitsContinue = false
    /// Whether the connection is kept if the body is read.
    private var keepsAliveBehindBody = false
    private var isPausedByService = false
    private var isAutoReading = true
    private var inputClosed = false
    private var isProcessing = false
    /// How many of these the client had taken when it was last looked at.
    private var taken = 0

    /// `idleTime` is how long the connection may lie between two requests, `bodyTime` between two pieces of a request's
    /// body. With `trailerBytes` trailers of so many bytes are kept.
    package init(
        service: any HTTPService, loopState: LoopConnections, channel: any Channel,
        idleTime: TimeAmount = HTTPLimits.idleTime, bodyTime: TimeAmount = HTTPLimits.progressTime,
        trailerBytes: Int? = nil, endpoint: Peer.Endpoint = .api, takesTunnels: Bool = false
    ) {
        self.service = service
        self.idleTime = idleTime
        self.bodyTime = bodyTime
        self.trailerBytes = trailerBytes
        super.init(
            loopState: loopState, peer: Peer(channel, endpoint: endpoint), allocator: channel.allocator)
        head.takesTunnels = takesTunnels
    }

    package override var isWritable: Bool { context?.channel.isWritable ?? false }
    package override var trailers: ByteBuffer { chunks.trailers }

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
        switch reading {
        case .ending, .closed: return
        default: break
        }
        if input.readableBytes == 0 { input = bytes } else { input.writeBuffer(&bytes) }
        process()
    }

    package func channelReadComplete(context: ChannelHandlerContext) {
        isReadingBurst = false
        // Its storage belongs to `head` too, so that clearing it would allocate as much anew.
        if input.readableBytes == 0 { input = ByteBuffer() }
        flushOut()
        if case .head = reading { letGoOfLargeBuffers() }
    }

    package func channelWritabilityChanged(context: ChannelHandlerContext) {
        let isWritable = context.channel.isWritable
        if !isWritable { taken = handedOver - untakenBytes }
        // A head that comes has its time already.
        if case .head = reading, input.readableBytes > 0 {} else { restartClock() }
        switch response.phase {
        case .expected, .head, .body: service.writabilityChanged(isWritable, self)
        case .none, .ended: break
        }
        if isWritable { process() }
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed {
            // The client has sent all it will: finish what is asked for, then close.
            inputClosed = true
            switch reading {
            case .waiting, .ending: break
            case .head where input.readableBytes > 0 && !isWritable: break
            case .head, .discarding: finishAndClose()
            // What has come of the body waits in `input`, perhaps all of it.
            case .length where isPausedByService, .chunked where isPausedByService: break
            case .length, .chunked, .closed: close()
            }
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
        if inputClosed, !isPausedByService { endCutBody() }
        regulateReading()
    }

    /// All of a body that will ever come has been read, and it is not complete.
    private func endCutBody() {
        switch reading {
        case .length, .chunked: close()
        default: break
        }
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
            received += bytes.readableBytes
            restartClock()
            service.bodyReceived(bytes, self)
            if left == 0 { bodyEnded() }
            return true
        case .chunked: return readChunks()
        case .waiting: return false
        case .discarding(let remaining): return discard(remaining)
        case .ending, .closed:
            input = ByteBuffer()
            return false
        }
    }

    private func readHead() -> Bool {
        guard input.readableBytes > 0, takesAnswers else { return false }
        switch RequestHeadParser.parse(&input, into: head, scanned: &scanned) {
        case .incomplete:
            if inputClosed {
                finishAndClose()
            } else if deadline > loopState.now + HTTPLimits.headTime {
                deadline = loopState.now + HTTPLimits.headTime
            }
            return false
        case .refused(let refusal):
            refuse(refusal)
            return false
        case .complete:
            requestBegan()
            return true
        }
    }

    /// A client that takes no answers gets no further ones: they would pile up here.
    private var takesAnswers: Bool {
        if out.readableBytes > HTTPLimits.pipelinedBytes { flushOut() }
        return isWritable
    }

    private func requestBegan() {
        received = 0
        bodyLimit = .max
        response = ResponseState(phase: .expected)
        keepsAliveBehindBody = head.keepsAlive && !loopState.isDraining && !isLastRequest
        awaitsContinue = head.expectsContinue && head.body != .none
        // A client that is answered instead of told to go on may leave its body out (RFC 9110 section 10.1.1).
        response.keepsAlive = keepsAliveBehindBody && !awaitsContinue
        switch head.body {
        case .none: reading = .waiting
        case .length(let length): reading = .length(remaining: length)
        case .chunked:
            reading = .chunked
            chunks = trailerBytes.map { ChunkedDecoder(keepingTrailers: $0) } ?? ChunkedDecoder()
        }
        restartClock()
        service.headReceived(self)
        if head.body == .none, case .waiting = reading { service.requestEnded(self) }
    }

    package override func takeBody(limit: Int) -> Bool {
        bodyLimit = limit
        if case .length(let length) = head.body, length > limit {
            dropBody()
            return false
        }
        guard received <= limit else {
            dropBody()
            return false
        }
        guard awaitsContinue else { return true }
        awaitsContinue = false
        response.keepsAlive = keepsAliveBehindBody
        // Who has not waited need not be told.
        if received == 0 { sendContinue() }
        restartClock()
        return true
    }

    /// The chunks that have come go on in one piece: a client may send a chunk per byte.
    private func readChunks() -> Bool {
        var body = ByteBuffer()
        var next = chunks.next(&input)
        while case .data(let bytes) = next {
            if body.readableBytes == 0 { body = bytes } else { body.writeImmutableBuffer(bytes) }
            next = chunks.next(&input)
        }
        received += body.readableBytes
        restartClock()
        guard received <= bodyLimit else {
            dropBody()
            service.bodyTooLarge(self)
            return false
        }
        if body.readableBytes > 0, response.phase != .ended {
            service.bodyReceived(body, self)
            // The service may have broken off what it read.
            guard case .chunked = reading else { return true }
        }
        switch next {
        case .needsMore, .data: return false
        // The decoder says so again.
        case .end where isPausedByService: return false
        case .end:
            reading = .waiting
            restartClock()
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

    /// Reads no more of a body that is too long.
    private func dropBody() {
        response.keepsAlive = false
        reading = .waiting
        restartClock()
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
        let keepsAlive = response.keepsAlive && !isLastRequest && !loopState.isDraining
        response = ResponseState()
        letGoOfLargeBuffers()
        guard keepsAlive else {
            finishAndClose()
            return
        }
        reading = .head
        isPausedByService = false
        restartClock()
        process()
    }

    /// Whether an answer now would leave so much of the request unread that the connection has to end behind it.
    var mustEndWithResponse: Bool {
        switch reading {
        case .length(let remaining): remaining > HTTPLimits.drainedBodyBytes
        case .chunked: true
        default: false
        }
    }

    /// Whether nothing can come behind the request that was read last.
    private var isLastRequest: Bool { inputClosed && input.readableBytes == 0 }

    /// The response's last byte is written.
    private func responseEnded() {
        switch reading {
        case .waiting: exchangeEnded()
        case .length(let remaining) where remaining <= HTTPLimits.drainedBodyBytes && response.keepsAlive:
            reading = .discarding(remaining: remaining)
            isPausedByService = false
            restartClock()
            process()
        case .ending, .closed: break
        default: finishAndClose()
        }
    }

    // MARK: The response

    package override func finishHead(_ framing: ResponseFraming) {
        super.finishHead(framing)
        writeConnectionField()
    }

    package override func writeBody(_ bytes: ByteBuffer) {
        guard hasBody(bytes) else { return }
        super.writeBody(bytes)
        frame(bytes, promise: nil)
    }

    package override func writeBody(copying bytes: UnsafeRawBufferPointer) {
        guard case .length = response.framing else { return super.writeBody(copying: bytes) }
        guard response.phase == .body, head.method != .head else { return }
        response.bodyBytes += bytes.count
        renewOut()
        out.write(bytes)
    }

    package override func writeBody(_ bytes: ByteBuffer, whenTaken: @escaping () -> Void) {
        guard hasBody(bytes), let context else { return whenTaken() }
        super.writeBody(bytes)
        let taken = context.eventLoop.makePromise(of: Void.self)
        taken.futureResult.assumeIsolated().whenComplete { _ in whenTaken() }
        frame(bytes, promise: taken)
    }

    private func hasBody(_ bytes: ByteBuffer) -> Bool {
        response.phase == .body && bytes.readableBytes > 0 && head.method != .head && response.framing != .none
    }

    /// The channel's read burst sends in a moment, if one is under way.
    package override func flushResponse() {
        if !isReadingBurst { flushOut() }
    }

    package override func endResponse() {
        guard response.phase == .body else { return }
        writeEnd()
        super.endResponse()
        flushResponse()
        responseEnded()
    }

    package override func abort() {
        // What was written is the client's to see: its framing tells that the end is missing.
        if isEndOfBody { context?.channel.resetsAtClose() } else { flushOut() }
        super.abort()
        close()
    }

    package override func retract() -> Bool {
        guard hasResponseBegun, handedOver <= response.start else { return false }
        out.moveWriterIndex(to: out.readerIndex + response.start - handedOver)
        let keepsAlive = response.keepsAlive
        response = ResponseState(phase: .expected)
        response.keepsAlive = keepsAlive
        return true
    }

    package override func takeOver() -> TakenOver? {
        guard response.phase == .head, response.status == (head.isTunnel ? 200 : 101), let context else { return nil }
        out.write(head.isTunnel ? "\r\n" : "connection: upgrade\r\n\r\n")
        flushOut()
        let unread = input
        // Whatever is under way here finds a connection that has ended.
        reading = .closed
        input = ByteBuffer()
        response = ResponseState()
        isPausedByService = false
        regulateReading()
        loopState.remove(self)
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
        return TakenOver(channel: context.channel, unread: unread, isInputClosed: inputClosed)
    }

    // MARK: Back-pressure and time

    package override func setReading(_ wanted: Bool) {
        guard wanted == isPausedByService else { return }
        isPausedByService = !wanted
        restartClock()
        if wanted { process() } else { regulateReading() }
    }

    private func regulateReading() {
        guard let context else { return }
        let wanted = !isPausedByService && input.readableBytes <= HTTPLimits.pipelinedBytes
        guard wanted != isAutoReading else { return }
        isAutoReading = wanted
        try? context.channel.syncOptions?.setOption(.autoRead, value: wanted)
    }

    /// Begins the time for what the connection waits for now.
    private func restartClock() {
        switch reading {
        case .head: deadline = loopState.now + idleTime
        // A pause is the service's own doing, and so is a client's waiting to be told to go on.
        case .length where isPausedByService || awaitsContinue, .chunked where isPausedByService || awaitsContinue,
            .waiting:
            deadline = isWritable ? .distantFuture : loopState.now + HTTPLimits.progressTime
        case .length, .chunked: deadline = loopState.now + bodyTime
        case .discarding, .ending: deadline = loopState.now + HTTPLimits.progressTime
        case .closed: deadline = loopState.now + .seconds(2)
        }
    }

    /// The deadline has passed; but a client that takes a response, however slowly, may go on.
    package override func timedOut() {
        let untaken = untakenBytes
        if untaken > 0, handedOver - untaken > taken {
            taken = handedOver - untaken
            deadline = loopState.now + HTTPLimits.progressTime
            return
        }
        switch reading {
        case .head where input.readableBytes > 0 && isWritable: refuse(.requestTimeout)
        case .length, .chunked:
            if response.phase == .expected { refuse(.requestTimeout) } else { close() }
        default: close()
        }
    }

    /// Bytes of responses that are on their way: the channel holds them, or the kernel, whose part may be megabytes and
    /// is what a slow client empties first.
    private var untakenBytes: Int {
        guard let channel = context?.channel else { return 0 }
        let buffered = (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        return buffered + loopState.unacknowledgedBytes(channel)
    }

    // MARK: Ending

    private func refuse(_ refusal: ProtocolRefusal) {
        let isHeadRequest = response.phase != .none && head.method == .head
        if response.phase != .none {
            response.status = refusal.status
            service.connectionClosed(self)
        }
        reading = .closed
        response = ResponseState(phase: .expected)
        response.keepsAlive = false
        startResponse(status: refusal.status)
        writeDate()
        write("content-type: application/json\r\n")
        finishHead(.length(refusal.body.utf8CodeUnitCount))
        // A head that could not be read has no method yet.
        if !isHeadRequest { out.write(refusal.body) }
        response.phase = .none
        finishAndClose()
    }

    /// Writes what is left, and closes when the client has taken it. The client may still be sending: its bytes are
    /// dropped, not answered by a reset that could overtake the response (RFC 9112 section 9.6).
    private func finishAndClose(lingers: Bool = true) {
        reading = .ending
        isPausedByService = false
        input = ByteBuffer()
        restartClock()
        regulateReading()
        guard let context else { return }
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in self.lastByteWritten(lingers: lingers) }
        handedOver += out.readableBytes
        context.writeAndFlush(wrapOutboundOut(out), promise: written)
        out.moveReaderIndex(to: out.writerIndex)
    }

    private func lastByteWritten(lingers: Bool) {
        guard case .ending = reading, let context else { return }
        reading = .closed
        restartClock()
        context.close(mode: lingers && !inputClosed ? .output : .all, promise: nil)
    }

    /// No further request is wanted: a connection that has none ends behind what it has written.
    package override func drain() {
        if case .head = reading { finishAndClose(lingers: false) }
    }

    package override func close() {
        if isEndOfBody { context?.channel.resetsAtClose() }
        reading = .closed
        context?.close(promise: nil)
    }

    private func closed() {
        reading = .closed
        deadline = .distantFuture
        guard response.phase == .expected || response.phase == .head || response.phase == .body else { return }
        response.phase = .ended
        service.connectionClosed(self)
        response = ResponseState()
    }
}
