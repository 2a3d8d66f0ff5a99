import NIOCore

/// The response's way to the socket.
extension HTTPConnection {
    func sendContinue() {
        renewOut()
        out.write("HTTP/1.1 100 Continue\r\n\r\n")
        flushOut()
    }

    func flushOut() {
        handOver()
        context?.flush()
    }

    func handOver() {
        guard out.readableBytes > 0, let context else { return }
        handedOver += out.readableBytes
        context.write(wrapOutboundOut(out), promise: nil)
        out.moveReaderIndex(to: out.writerIndex)
    }

    func writeConnectionField() {
        if loopState.isDraining || mustEndWithResponse { response.keepsAlive = false }
        out.write(response.keepsAlive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n")
    }

    /// Whether the end of the connection would be taken for that of the body under way: only a reset tells them apart.
    var isEndOfBody: Bool { response.phase == .body && response.framing == .stream && head.isHTTP10 }

    /// A burst of answers or a large request has made them large; an idle connection would keep them for as long as it
    /// lives.
    func letGoOfLargeBuffers() {
        if out.readableBytes == 0, out.storageCapacity > Self.copiedBodyBytes { out = ByteBuffer() }
        if head.bytes.storageCapacity > Self.copiedBodyBytes { head.bytes = ByteBuffer() }
    }

    /// A piece of the body in its framing. `promise` is kept when the client has taken it, or will not.
    func frame(_ bytes: ByteBuffer, promise: EventLoopPromise<Void>?) {
        let isChunked = response.framing == .stream && !head.isHTTP10
        renewOut()
        if isChunked {
            out.writeHexadecimal(bytes.readableBytes)
            out.write("\r\n")
        }
        var bytes = bytes
        if bytes.readableBytes <= Self.copiedBodyBytes {
            out.writeBuffer(&bytes)
            promise?.succeed()
        } else {
            handOver()
            handedOver += bytes.readableBytes
            context?.write(wrapOutboundOut(bytes), promise: promise)
            renewOut()
        }
        if isChunked { out.write("\r\n") }
    }

    func writeEnd() {
        guard response.framing == .stream, !head.isHTTP10, head.method != .head else { return }
        renewOut()
        out.write("0\r\n\r\n")
    }

    /// Bodies up to this size are copied behind the head: one write instead of two.
    private static let copiedBodyBytes = 16_384
}
