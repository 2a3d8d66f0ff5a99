import HTTPFront
import NIOCore

/// Carries bytes between a function and the server that it asked for, as they are. What one side sends faster than the
/// other takes waits with its sender, and each half ends by itself.
final class Tunnel: LoopMember {
    private let ends: [TunnelEnd]

    /// Longer than a function may wait for an answer: it runs for 15 minutes at most.
    static let idleTime = TimeAmount.minutes(16)

    /// The two channels are of the same loop, and nobody else's from now on. `unread` has come from the function already.
    @discardableResult
    init?(
        _ function: any Channel, _ server: any Channel, loopState: LoopConnections, unread: ByteBuffer = ByteBuffer(),
        isInputClosed: Bool = false
    ) {
        ends = [TunnelEnd(), TunnelEnd()]
        super.init(loopState: loopState)
        (ends[0].other, ends[1].other) = (ends[1], ends[0])
        do {
            try server.pipeline.syncOperations.addHandler(ends[1])
            try function.pipeline.syncOperations.addHandler(ends[0])
        } catch {
            // One of them has closed meanwhile.
            server.close(promise: nil)
            function.close(promise: nil)
            return nil
        }
        // A server that ends does not wait for it.
        if !loopState.isDraining { loopState.add(self) }
        for end in ends { end.tunnel = self }
        carried()
        if unread.readableBytes > 0 { ends[1].take(unread) }
        if isInputClosed { ends[0].inputClosed() }
        for channel in [function, server] { try? channel.syncOptions?.setOption(.autoRead, value: true) }
    }

    fileprivate func carried() { deadline = loopState.now + Self.idleTime }

    fileprivate func ended() {
        if ends.allSatisfy(\.isGone) { loopState.remove(self) }
    }

    override func timedOut() { close() }

    /// What is under way in it is not the server's, which waits for no end of it: it ends with its function.
    override func drain() { loopState.remove(self) }

    override func close() {
        for end in ends { end.reset() }
    }
}

/// One side of a tunnel.
private final class TunnelEnd: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    weak var other: TunnelEnd?
    /// Until both ends are gone.
    var tunnel: Tunnel?
    private var context: ChannelHandlerContext?
    /// The channel would read, and waits for the other side to take what there is.
    private var isReadWanted = false
    private var isInputClosed = false
    /// Nothing more is written here: the other side has sent all it will.
    private var isFinished = false
    private var isBroken = false

    var isGone: Bool { context == nil }

    // MARK: What the other end asks for

    func take(_ bytes: ByteBuffer) { context?.writeAndFlush(wrapOutboundOut(bytes), promise: nil) }

    private var takesMore: Bool { context?.channel.isWritable ?? false }

    private func readOn() {
        guard isReadWanted else { return }
        isReadWanted = false
        context?.read()
    }

    /// The channel's output ends behind what waits; `wholly`: the channel does.
    private func finish(wholly: Bool = false) {
        guard let context else { return }
        isFinished = true
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { [self] _ in
            self.context?.close(mode: isInputClosed || wholly ? .all : .output, promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: written)
    }

    /// The other side shall see what happened to this one.
    func reset() {
        context?.channel.resetsAtClose()
        context?.close(promise: nil)
    }

    // MARK: Channel events

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
        tunnel?.ended()
        tunnel = nil
    }

    func read(context: ChannelHandlerContext) {
        if other?.takesMore ?? false { context.read() } else { isReadWanted = true }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        tunnel?.carried()
        other?.take(unwrapInboundIn(data))
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        tunnel?.carried()
        if context.channel.isWritable { other?.readOn() }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let event = event as? ChannelEvent, event == .inputClosed else {
            return context.fireUserInboundEventTriggered(event)
        }
        inputClosed()
    }

    func inputClosed() {
        guard !isInputClosed else { return }
        isInputClosed = true
        other?.finish()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        isBroken = true
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        // A channel whose output has ended ends with its input, without a word of that.
        if isInputClosed || isFinished, !isBroken { other?.finish(wholly: true) } else { other?.reset() }
    }
}
