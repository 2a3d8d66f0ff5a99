package import NIOCore

/// One request at a time with its response, as services see it, whatever carries it. An HTTP/1.1 connection is one stream
/// after the other in the same object.
///
/// A response is written in order: `startResponse`, lines of the head by `write` and `writeHead`, `finishHead`,
/// `writeBody`, `endResponse`. Subclasses override how it reaches the client.
package class HTTPStream: LoopMember {
    package enum ResponseFraming: Sendable, Equatable {
        /// A `content-length` of so many bytes.
        case length(Int)
        /// The length is not known: chunked, or until close for HTTP/1.0.
        case stream
        /// 1xx, 204 and 304 have no body and no length.
        case none
    }

    /// The channel of a connection that has left HTTP behind, and what was read from it but not understood as HTTP.
    package struct TakenOver {
        package let channel: any Channel
        package let unread: ByteBuffer
        /// The client has sent all it will; the channel does not say so again.
        package let isInputClosed: Bool
    }

    /// The request being answered; its storage is used again for the next one.
    package final let head = RequestHead()
    package final let peer: Peer

    final var response = ResponseState()
    /// Response bytes not yet handed on. While the head is open, whole lines may be written to it directly.
    package final var out: ByteBuffer
    /// Bytes of responses that have left `out`.
    final var handedOver = 0

    package init(loopState: LoopConnections, peer: Peer, allocator: ByteBufferAllocator = ByteBufferAllocator()) {
        self.peer = peer
        out = allocator.buffer(capacity: 1024)
        super.init(loopState: loopState)
    }

    // MARK: Where a response is

    /// Whether a request has no complete response yet.
    package final var isBusy: Bool { response.phase != .none }
    /// Whether nothing of the response has been written yet.
    package final var canRespond: Bool { response.phase == .expected }
    package final var hasResponseBegun: Bool { response.phase == .head || response.phase == .body }
    package final var responseStatus: Int { response.status }
    package final var responseBodyBytes: Int { response.bodyBytes }

    // MARK: The response's head

    /// Writes the status line. Fields follow by `write`, then `finishHead`.
    package final func startResponse(status: Int) {
        response.phase = .head
        response.status = status
        renewOut()
        response.start = handedOver + out.readableBytes
        out.write("HTTP/1.1 ")
        StatusLine.write(status, to: &out)
    }

    /// Appends raw bytes to the head: whole lines with their CRLF.
    @inline(__always)
    package final func write(_ text: StaticString) { out.write(text) }

    /// Gives the head's buffer to be written to directly: whole lines with their CRLF.
    @inline(__always)
    package final func writeHead<R>(_ body: (inout ByteBuffer) -> R) -> R { body(&out) }

    package final func writeDate() { out.write(loopState.dateLine()) }

    /// The connection ends behind this response. Called before `finishHead`.
    package final func closeAfterResponse() { response.keepsAlive = false }

    /// Writes the fields that frame the body, for those who want other fields behind them.
    package final func writeFraming(_ framing: ResponseFraming) {
        response.framing = framing
        response.isFramed = true
        switch framing {
        case .length(let length):
            out.write("Content-Length: ")
            out.writeDecimal(length)
            out.write("\r\n")
        case .stream:
            if head.isHTTP10 {
                response.keepsAlive = false
            } else {
                out.write("Transfer-Encoding: chunked\r\n")
            }
        case .none: break
        }
    }

    /// Starts the buffer again when all of it has been handed over. By then it has mostly been written to the socket,
    /// so that its storage is ours alone and is used again.
    final func renewOut() {
        if out.readableBytes == 0 { out.clear() }
    }

    // MARK: What a carrier of streams overrides

    /// Whether the client takes more bytes now.
    package var isWritable: Bool { true }

    /// The trailers of the request, a line each, where they are kept; complete when the request is.
    package var trailers: ByteBuffer { ByteBuffer() }

    /// Ends the head; writes the framing fields, too, unless `writeFraming` has.
    package func finishHead(_ framing: ResponseFraming) {
        if !response.isFramed { writeFraming(framing) }
        response.phase = .body
    }

    /// Appends to the body, framed as the head said; nothing is sent for HEAD.
    package func writeBody(_ bytes: ByteBuffer) {
        if response.phase == .body { response.bodyBytes += bytes.readableBytes }
    }

    /// Appends bytes that are somebody else's.
    package func writeBody(copying bytes: UnsafeRawBufferPointer) { writeBody(ByteBuffer(bytes: bytes)) }

    /// Appends a piece that is held in memory. `whenTaken` is called once, on the connection's loop, when it is no more.
    package func writeBody(_ bytes: ByteBuffer, whenTaken: @escaping () -> Void) {
        writeBody(bytes)
        whenTaken()
    }

    /// Sends what has been written so far.
    package func flushResponse() {}

    package func endResponse() { response.phase = .ended }

    /// Takes back what has been written of the response, so that another one may be written. False when some of it has
    /// been sent.
    package func retract() -> Bool { false }

    /// Gives up on a response that cannot be completed: the client sees a broken stream, never a short body.
    package func abort() {
        response.phase = .ended
        response.keepsAlive = false
        out.clear()
    }

    /// The service wants the request's body, if it has not more bytes than `limit`. Only now is a client that asked
    /// told to go on: one whose request is refused for other reasons never uploads. False when it is known already that
    /// the body is longer: nothing more of it will come, and the connection ends behind the answer.
    package func takeBody(limit: Int) -> Bool { true }

    /// Reads the request's body on, or lets the client wait with it.
    package func setReading(_ wanted: Bool) {}

    /// Ends a head with status 101, for a tunnel 200, and gives its connection away: from now on its bytes are no HTTP. nil where nothing
    /// can be given, or when the head is not open.
    package func takeOver() -> TakenOver? { nil }
}

/// Where a response is, and how it is framed.
struct ResponseState {
    enum Phase {
        /// No request is being answered.
        case none
        /// A request is there, nothing of its response yet.
        case expected
        case head
        case body
        /// All bytes of the response are written.
        case ended
    }

    var phase = Phase.none
    var keepsAlive = true
    var framing = HTTPStream.ResponseFraming.length(0)
    var isFramed = false
    var status = 0
    /// How many bytes of responses were written before it.
    var start = 0
    /// Bytes of the body written so far, for logs.
    var bodyBytes = 0

    init(phase: Phase = .none) { self.phase = phase }
}
