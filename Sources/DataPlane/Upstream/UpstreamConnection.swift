import HTTPFront
import NIOCore

/// Whoever calls an origin through a connection. Told on the connection's loop; after the end or a failure no more.
protocol UpstreamCaller: AnyObject {
    func upstreamHead(_ head: ResponseHead)
    func upstreamBody(_ bytes: ByteBuffer)
    /// All that has come is told: what it led to may be sent.
    func upstreamReadComplete()
    /// The response is complete; the connection is another's.
    func upstreamEnded()
    /// nil: the origin closed the connection too early.
    func upstreamFailed(_ error: (any Error)?)
    func upstreamWritabilityChanged(_ isWritable: Bool)
}

/// One HTTP/1.1 connection to an origin: one request at a time, its response handed to the caller as it comes.
final class UpstreamConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum State {
        case idle
        case head
        case length(remaining: Int)
        case chunked
        case untilClose
        case closed
    }

    let origin: Origin
    private(set) var idleUntil = NIODeadline.distantFuture
    /// Whether it has lain idle and nothing has come since: then a sudden end may just be the origin's keep-alive time.
    private(set) var mayBeStale = false
    /// Whether the client is what the origin waits for.
    var isPaused: Bool { !isReading }

    private let pool: UpstreamPool
    private let channel: any Channel
    private var context: ChannelHandlerContext?
    private var caller: (any UpstreamCaller)?
    private var state = State.idle
    private var input = ByteBuffer()
    private var scanned = 0
    private let head = ResponseHead()
    private var chunks = ChunkedDecoder()
    private var isHeadRequest = false
    private var isRequestComplete = false
    private var isReading = true

    init(pool: UpstreamPool, origin: Origin, channel: any Channel) {
        self.pool = pool
        self.origin = origin
        self.channel = channel
    }

    var isUsable: Bool { if case .idle = state { channel.isActive } else { false } }
    /// Whether the origin has closed it, or has said something unasked, even if nobody has been told yet. Asks the
    /// kernel.
    var isOutOfStep: Bool { ReceiveQueue.isUnusable(channel) }
    var isWritable: Bool { channel.isWritable }

    // MARK: Requests

    /// Begins a request with its head; nothing is sent before `flush`.
    func begin(_ caller: any UpstreamCaller, head bytes: ByteBuffer, isHeadRequest: Bool) {
        self.caller = caller
        self.isHeadRequest = isHeadRequest
        isRequestComplete = false
        state = .head
        write(bytes)
    }

    func write(_ bytes: ByteBuffer) { context?.write(wrapOutboundOut(bytes), promise: nil) }
    func flush() { context?.flush() }
    func requestCompleted() { isRequestComplete = true }

    /// The caller wants no more of it.
    func abandon() {
        caller = nil
        close()
    }

    func close() {
        state = .closed
        channel.close(promise: nil)
    }

    /// It goes back to the pool.
    func lieIdle(until time: NIODeadline) {
        idleUntil = time
        mayBeStale = true
    }

    func setReading(_ wanted: Bool) {
        guard wanted != isReading else { return }
        isReading = wanted
        try? channel.syncOptions?.setOption(.autoRead, value: wanted)
    }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        mayBeStale = false
        if input.readableBytes == 0 { input = bytes } else { input.writeBuffer(&bytes) }
        while step() {}
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        if input.readableBytes == 0 { input = ByteBuffer() }
        caller?.upstreamReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        caller?.upstreamWritabilityChanged(context.channel.isWritable)
    }

    func channelInactive(context: ChannelHandlerContext) {
        let state = state
        self.state = .closed
        switch state {
        case .untilClose: finish()
        case .head, .length, .chunked: fail()
        case .idle, .closed: break
        }
    }

    /// An error is no end: what it cuts short, a body until close above all, is not complete.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch state {
        case .head, .length, .chunked, .untilClose: fail(error)
        case .idle, .closed: close()
        }
    }

    // MARK: Reading

    private func step() -> Bool {
        switch state {
        case .idle, .closed:
            // Bytes nobody asked for: the origin is out of step, and no later answer could be trusted.
            if input.readableBytes > 0 {
                input.clear()
                close()
            }
            return false
        case .head: return readHead()
        case .length(let remaining):
            guard let bytes = input.readSlice(length: min(remaining, input.readableBytes)), bytes.readableBytes > 0
            else { return false }
            let left = remaining - bytes.readableBytes
            state = .length(remaining: left)
            caller?.upstreamBody(bytes)
            if left == 0 { finish() }
            return left > 0
        case .chunked:
            switch chunks.next(&input) {
            case .needsMore: return false
            case .data(let bytes):
                caller?.upstreamBody(bytes)
                return true
            case .end: finish()
            case .malformed: fail(MalformedAnswer())
            }
            return false
        case .untilClose:
            guard let bytes = input.readSlice(length: input.readableBytes), bytes.readableBytes > 0 else {
                return false
            }
            caller?.upstreamBody(bytes)
            return false
        }
    }

    private func readHead() -> Bool {
        guard input.readableBytes > 0 else { return false }
        switch ResponseHeadParser.parse(&input, into: head, scanned: &scanned, isHead: isHeadRequest) {
        case .incomplete: return false
        case .malformed:
            fail(MalformedAnswer())
            return false
        case .complete:
            if head.status == 101 {
                fail(MalformedAnswer())
                return false
            }
            if head.status < 200 { return true }
            switch head.body {
            case .none: state = .length(remaining: 0)
            case .length(let length): state = .length(remaining: length)
            case .chunked:
                state = .chunked
                chunks = ChunkedDecoder()
            case .untilClose: state = .untilClose
            }
            caller?.upstreamHead(head)
            if head.body == .none { finish() }
            return head.body != .none
        }
    }

    /// The response is complete. The connection goes back to the pool first: the caller may begin another request at
    /// once.
    private func finish() {
        // The caller may have let go of it while it was handed the last bytes.
        if case .closed = state, caller == nil { return }
        let caller = caller
        self.caller = nil
        if head.keepsAlive, isRequestComplete, input.readableBytes == 0, channel.isActive {
            state = .idle
            setReading(true)
            pool.keep(self)
        } else {
            close()
        }
        caller?.upstreamEnded()
    }

    private func fail(_ error: (any Error)? = nil) {
        let caller = caller
        self.caller = nil
        close()
        caller?.upstreamFailed(error)
    }
}

/// What came is no answer to the request.
struct MalformedAnswer: Error, CustomStringConvertible {
    let description = "its answer is no HTTP/1.1 response"
}
