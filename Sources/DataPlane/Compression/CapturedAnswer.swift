import HTTPFront
import NIOCore
import Synchronization

/// The way of an answer that is kept or packed. All others are written straight to the connection.
extension Exchange {
    /// Whether an answer with a whole body has to be looked at before it is written.
    @inline(__always)
    func isCaptured(_ length: Int) -> Bool {
        rest.fill != nil || ResponsePacking.coding(self, length) != nil
    }

    func respondCaptured(_ status: Int, _ body: ByteBuffer, _ write: (inout ResponseLines) -> Void) {
        let length = status == 204 || status == 304 ? nil : body.readableBytes
        guard let head = AnswerHead.captured(self, status, length.map { .length($0) } ?? .none, write) else {
            return refuse(.internalError, because: "has an answer that cannot be written")
        }
        if let fill = rest.fill {
            let isHead = connection?.head.method == .head
            fill.keep(self, head, body: isHead || length == nil ? ByteBuffer() : body, length: length)
            rest.fill = nil
        }
        send(head, length == nil ? nil : body)
    }

    /// Sends an answer that is here as a whole, packed if the client asks for it; nil has no body.
    func send(_ head: AnswerHead, _ body: ByteBuffer?) {
        guard let body else {
            head.write(self, .none)
            return finish()
        }
        guard !head.isCoded, let coding = ResponsePacking.coding(self, body.readableBytes) else {
            guard takesWhole(body) else { return refuseMemory() }
            head.write(self, .length(body.readableBytes))
            return finish(with: body)
        }
        ResponsePacking.pack(self, body, coding) { [self] packed in
            guard takesWhole(packed) else { return refuseMemory() }
            head.write(self, .length(packed.readableBytes), coding)
            finish(with: packed, plain: body)
        }
    }
}

extension CachedAnswer {
    /// Answers a request.
    func respond(_ x: Exchange) {
        if !isCoded, length != nil, let coding = ResponsePacking.coding(x, bodyLength) {
            return respondPacked(x, coding)
        }
        let framing = length.map { HTTPStream.ResponseFraming.length($0) } ?? .none
        if let body {
            guard x.takesWhole(body) else { return x.refuseMemory() }
            writeHead(x, framing, nil)
            x.finish(with: body)
        } else {
            writeHead(x, framing, nil)
            if let log = x.rest.log { log.keepResponse(plain) }
            x.connection?.writeBody(copying: smallBody)
            x.finish()
        }
    }

    private func writeHead(_ x: Exchange, _ framing: HTTPStream.ResponseFraming, _ coding: ContentCoding?) {
        AnswerHead.write(x, status, fields, dateAt: dateAt, lengthAt: lengthAt, framing, coding)
    }

    /// In a coding it is packed once, and kept.
    private func respondPacked(_ x: Exchange, _ coding: ContentCoding) {
        if let packed = coding == .gzip ? gzip.load() : deflate.load() { return respond(x, packed, coding) }
        ResponsePacking.pack(x, plain, coding) { [self] bytes in
            let packed = PackedBody(bytes)
            // What another loop has stored first is as good.
            _ = coding == .gzip ? gzip.storeIfNil(packed) : deflate.storeIfNil(packed)
            respond(x, packed, coding)
        }
    }

    private func respond(_ x: Exchange, _ packed: PackedBody, _ coding: ContentCoding) {
        guard x.takesWhole(packed.bytes) else { return x.refuseMemory() }
        writeHead(x, .length(packed.bytes.readableBytes), coding)
        x.finish(with: packed.bytes, plain: x.rest.log == nil ? nil : plain)
    }

    private var plain: ByteBuffer { body ?? ByteBuffer(bytes: smallBody) }
}
