package import NIOCore

/// A stream that no connection carries: a request made within the process, whose response is kept.
package final class CollectingStream: HTTPStream {
    /// The status line and the fields, without the empty line; empty before the head is complete.
    package private(set) var responseHead = ByteBuffer()
    package private(set) var responseBody = ByteBuffer()
    /// The body has more than `limit` bytes; those are kept.
    package private(set) var isCut = false

    private let limit: Int
    private let onEnd: (CollectingStream) -> Void

    /// - Parameters:
    ///   - limit: bytes of the response's body.
    ///   - onEnd: called once: the response is complete, broken off, or longer than `limit`.
    package init(
        eventLoop: any EventLoop, peer: Peer, limit: Int, onEnd: @escaping (CollectingStream) -> Void
    ) {
        self.limit = limit
        self.onEnd = onEnd
        super.init(loopState: LoopConnections(eventLoop: eventLoop), peer: peer)
    }

    /// Takes the request's head; false when it is none. Its Host is known, and is no field of it if `hidesHost`.
    package func take(_ bytes: ByteBuffer, bodyBytes: Int, hidesHost: Bool) -> Bool {
        var (input, scanned) = (bytes, 0)
        guard RequestHeadParser.parse(&input, into: head, scanned: &scanned) == .complete, input.readableBytes == 0
        else { return false }
        if hidesHost { head.fields.removeAll { $0.known == .host } }
        head.body = bodyBytes > 0 ? .length(bodyBytes) : .none
        response = ResponseState(phase: .expected)
        return true
    }

    package override func finishHead(_ framing: ResponseFraming) {
        // Nothing is framed here.
        response.isFramed = true
        super.finishHead(framing)
        responseHead = out
        out.clear()
    }

    package override func writeBody(_ bytes: ByteBuffer) {
        super.writeBody(bytes)
        guard response.phase == .body, head.method != .head else { return }
        let room = limit - responseBody.readableBytes
        if let part = bytes.getSlice(at: bytes.readerIndex, length: min(room, bytes.readableBytes)) {
            responseBody.writeImmutableBuffer(part)
        }
        guard bytes.readableBytes > room, !isCut else { return }
        isCut = true
        onEnd(self)
    }

    package override func endResponse() {
        let isFirst = response.phase != .ended
        super.endResponse()
        if isFirst, !isCut { onEnd(self) }
    }

    package override func retract() -> Bool {
        guard response.phase == .head || response.phase == .body, !isCut else { return false }
        response = ResponseState(phase: .expected)
        out.clear()
        responseHead.clear()
        responseBody.clear()
        return true
    }

    package override func abort() {
        let isFirst = response.phase != .ended
        super.abort()
        if isFirst, !isCut { onEnd(self) }
    }
}
