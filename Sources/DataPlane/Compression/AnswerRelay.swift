import HTTPFront
import NIOCore
import NIOPosix

/// A proxied answer that is kept or packed while it passes.
///
/// To be packed it is collected first, up to a size: a short one then has its `content-length`, and whether it is long
/// enough is known. A longer one goes out packed piece by piece, in chunks.
final class AnswerRelay {
    private enum Way {
        case passing
        case collecting(ContentCoding)
        case packing(Packer)
    }

    private let head: AnswerHead
    private let framing: HTTPStream.ResponseFraming
    private var way = Way.passing
    /// How many bytes have come.
    private(set) var received = 0
    /// What has come and not gone on yet.
    private var held = ByteBuffer()
    /// A copy of all that has come, for the cache.
    private var kept = ByteBuffer()
    /// A piece is being packed elsewhere.
    private var isPacking = false
    private var isEnded = false

    private static let collectedBytes = 262_144

    @inline(__always)
    static func isNeeded(_ x: Exchange) -> Bool { x.rest.fill != nil || ResponsePacking.coding(x, .max) != nil }

    /// The head has come: what is made of it is written, or waits for the body.
    static func begin(
        _ x: Exchange, _ status: Int, _ framing: HTTPStream.ResponseFraming,
        _ write: (inout ResponseLines) -> Void
    ) {
        guard let head = AnswerHead.captured(x, status, framing, write) else {
            return x.refuse(.internalError, because: "has an answer that cannot be written")
        }
        let relay = AnswerRelay(head, framing)
        x.rest.relay = relay
        let length =
            switch framing {
            case .length(let length): length
            case .stream: Int.max
            case .none: 0
            }
        if !head.isCoded, let coding = ResponsePacking.coding(x, length) {
            relay.way = .collecting(coding)
        } else {
            head.write(x, framing)
        }
    }

    private init(_ head: AnswerHead, _ framing: HTTPStream.ResponseFraming) {
        self.head = head
        self.framing = framing
    }

    func take(_ x: Exchange, _ bytes: ByteBuffer) {
        received += bytes.readableBytes
        keep(x, bytes)
        switch way {
        case .passing:
            x.append(bytes)
            if x.connection?.isWritable == false { x.upstream?.setReading(false) }
        case .collecting(let coding):
            guard x.takeMemory(bytes.readableBytes) else { return }
            held.writeImmutableBuffer(bytes)
            let minimum = x.rest.deployment?.minimumCompressionSize ?? 0
            guard held.readableBytes > max(minimum, Self.collectedBytes) else { return }
            guard x.takeMemory(Packer.memory) else { return }
            guard let packer = Packer(coding) else { return x.refuseMemory() }
            head.write(x, .stream, coding)
            x.rest.log?.keepResponse(held)
            way = .packing(packer)
            pack(x, packer)
        case .packing(let packer):
            x.rest.log?.keepResponse(bytes)
            held.writeImmutableBuffer(bytes)
            if isPacking { x.upstream?.setReading(false) } else { pack(x, packer) }
        }
    }

    func end(_ x: Exchange) {
        x.worker.unwatch(x)
        endKeeping(x)
        switch way {
        case .passing: x.finish()
        case .collecting: x.send(head, held)
        case .packing(let packer):
            isEnded = true
            if !isPacking { pack(x, packer) }
        }
    }

    // MARK: Packing

    private func pack(_ x: Exchange, _ packer: Packer) {
        let piece = held
        held = ByteBuffer()
        let isLast = isEnded
        guard piece.readableBytes > ResponsePacking.inlineBytes else {
            return packed(x, packer.pack(piece, isLast: isLast), isLast: isLast)
        }
        isPacking = true
        x.upstream?.setReading(false)
        let bound = NIOLoopBound((x, self), eventLoop: x.worker.eventLoop)
        let turn = x.turn
        NIOThreadPool.singleton.runIfActive(eventLoop: x.worker.eventLoop) {
            packer.pack(piece, isLast: isLast)
        }.whenComplete { output in
            let (x, relay) = bound.value
            guard x.turn == turn else { return }
            relay.isPacking = false
            guard let output = try? output.get() else { return x.refuseMemory() }
            relay.packed(x, output, isLast: isLast)
            guard x.turn == turn, !isLast else { return }
            if relay.isEnded || relay.held.readableBytes > 0 { relay.pack(x, packer) }
            guard x.turn == turn, !relay.isPacking, !relay.isEnded else { return }
            x.connection?.flushResponse()
            if x.connection?.isWritable == true { x.upstream?.setReading(true) }
        }
    }

    private func packed(_ x: Exchange, _ output: ByteBuffer, isLast: Bool) {
        if output.readableBytes > 0 { x.connection?.writeBody(output) }
        if isLast { return x.finish() }
        if x.connection?.isWritable == false { x.upstream?.setReading(false) }
    }

    // MARK: Keeping

    private func keep(_ x: Exchange, _ bytes: ByteBuffer) {
        guard x.rest.fill != nil else { return }
        guard kept.readableBytes + bytes.readableBytes <= CacheFill.answerBytes,
            x.takesMemory(bytes.readableBytes)
        else {
            x.rest.fill = nil
            kept = ByteBuffer()
            return
        }
        kept.writeImmutableBuffer(bytes)
    }

    private func endKeeping(_ x: Exchange) {
        guard let fill = x.rest.fill else { return }
        x.rest.fill = nil
        let length: Int? =
            switch framing {
            case .length(let length): length
            case .stream: kept.readableBytes
            case .none: nil
            }
        fill.keep(x, head, body: kept, length: length)
        kept = ByteBuffer()
    }
}
