package import NIOCore

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
    var framing = HTTPConnection.ResponseFraming.length(0)
    var isFramed = false
    var status = 0
    /// Bytes of the body written so far, for logs.
    var bodyBytes = 0

    init(phase: Phase = .none) { self.phase = phase }
}

extension HTTPConnection {
    package enum ResponseFraming: Sendable, Equatable {
        /// A `content-length` of so many bytes.
        case length(Int)
        /// The length is not known: chunked, or until close for HTTP/1.0.
        case stream
        /// 1xx, 204 and 304 have no body and no length.
        case none
    }

    /// Whether nothing of the response has been written yet.
    package var canRespond: Bool { response.phase == .expected }
    package var hasResponseBegun: Bool { response.phase == .head || response.phase == .body }
    package var responseStatus: Int { response.status }
    package var responseBodyBytes: Int { response.bodyBytes }

    /// Writes the status line. Fields follow by `write`, then `finishHead`.
    package func startResponse(status: Int) {
        response.phase = .head
        response.status = status
        renewOut()
        out.writeStaticString("HTTP/1.1 ")
        StatusLine.write(status, to: &out)
    }

    /// Appends raw bytes to the head: whole lines with their CRLF.
    @inline(__always)
    package func write(_ text: StaticString) { out.writeStaticString(text) }

    /// Gives the head's buffer to be written to directly: whole lines with their CRLF.
    @inline(__always)
    package func writeHead<R>(_ body: (inout ByteBuffer) -> R) -> R { body(&out) }

    package func writeDate() { out.writeBytes(loopState.dateLine()) }

    /// The connection ends behind this response. Called before `finishHead`.
    package func closeAfterResponse() { response.keepsAlive = false }

    /// Writes the fields that frame the body, for those who want other fields behind them.
    package func writeFraming(_ framing: ResponseFraming) {
        response.framing = framing
        response.isFramed = true
        switch framing {
        case .length(let length):
            out.writeStaticString("content-length: ")
            out.writeDecimal(length)
            out.writeStaticString("\r\n")
        case .stream:
            if head.isHTTP10 {
                response.keepsAlive = false
            } else {
                out.writeStaticString("transfer-encoding: chunked\r\n")
            }
        case .none: break
        }
    }

    /// Ends the head; writes the framing fields, too, unless `writeFraming` has.
    package func finishHead(_ framing: ResponseFraming) {
        if !response.isFramed { writeFraming(framing) }
        response.phase = .body
        if loopState.isDraining || mustEndWithResponse { response.keepsAlive = false }
        out.writeStaticString(response.keepsAlive ? "connection: keep-alive\r\n\r\n" : "connection: close\r\n\r\n")
    }

    /// Appends to the body, framed as the head said; nothing is sent for HEAD.
    package func writeBody(_ bytes: ByteBuffer) {
        guard response.phase == .body, bytes.readableBytes > 0 else { return }
        response.bodyBytes += bytes.readableBytes
        guard head.method != .head, response.framing != .none else { return }
        let isChunked = response.framing == .stream && !head.isHTTP10
        renewOut()
        if isChunked {
            out.writeHexadecimal(bytes.readableBytes)
            out.writeStaticString("\r\n")
        }
        var bytes = bytes
        if bytes.readableBytes <= Self.copiedBodyBytes {
            out.writeBuffer(&bytes)
        } else {
            handOver()
            context?.write(wrapOutboundOut(bytes), promise: nil)
            renewOut()
        }
        if isChunked { out.writeStaticString("\r\n") }
    }

    /// Sends what has been written so far, unless the channel's read burst will do it in a moment.
    package func flushResponse() {
        if !isReadingBurst { flushOut() }
    }

    package func endResponse() {
        guard response.phase == .body else { return }
        if response.framing == .stream, !head.isHTTP10, head.method != .head {
            renewOut()
            out.writeStaticString("0\r\n\r\n")
        }
        response.phase = .ended
        flushResponse()
        responseEnded()
    }

    /// Gives up on a response that cannot be completed: the client sees a broken connection, never a short body.
    package func abortResponse() {
        response.phase = .ended
        response.keepsAlive = false
        out.clear()
        close()
    }

    func sendContinue() {
        renewOut()
        out.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n")
        flushOut()
    }

    func flushOut() {
        handOver()
        context?.flush()
    }

    private func handOver() {
        guard out.readableBytes > 0, let context else { return }
        context.write(wrapOutboundOut(out), promise: nil)
        out.moveReaderIndex(to: out.writerIndex)
    }

    /// Starts the buffer again when all of it has been handed over. By then it has mostly been written to the socket,
    /// so that its storage is ours alone and is used again.
    private func renewOut() {
        if out.readableBytes == 0 { out.clear() }
    }

    /// Bodies up to this size are copied behind the head: one write instead of two.
    private static let copiedBodyBytes = 16_384
}
