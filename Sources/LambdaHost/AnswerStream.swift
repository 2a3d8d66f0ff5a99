import HTTPFront
package import NIOCore

/// One streamed answer on its way from the function's loop to its caller's.
///
/// What the caller has taken is told back, and while more than a window is on its way the runtime's socket is not read:
/// a slow caller slows the function, and nothing piles up between them.
package final class AnswerStream: Sendable {
    package enum Part: Sendable {
        /// The runtime begins to answer, with that content type.
        case began(contentType: [UInt8], version: String)
        case bytes(ByteBuffer)
    }

    /// What is known on the function's loop.
    private final class Source {
        var stream: HTTPStream?
        /// Bytes that the caller has not taken yet.
        var untaken = 0
        var isDiscarded = false
    }

    private let home: any EventLoop
    private let caller: any EventLoop
    private let receive: @Sendable (Part) -> Void
    private let source: NIOLoopBoundBox<Source?>
    /// What the caller has taken and not told yet.
    private let taken: NIOLoopBoundBox<Int>

    init(home: any EventLoop, caller: any EventLoop, receive: @escaping @Sendable (Part) -> Void) {
        self.home = home
        self.caller = caller
        self.receive = receive
        source = NIOLoopBoundBox.makeEmptyBox(valueType: Source.self, eventLoop: home)
        taken = NIOLoopBoundBox.makeBoxSendingValue(0, eventLoop: caller)
    }

    // MARK: On the function's loop

    /// The runtime's request that brings the answer.
    func attach(_ stream: HTTPStream, contentType: [UInt8], version: String) {
        let source = known
        source.stream = stream
        guard !source.isDiscarded else { return }
        deliver(.began(contentType: contentType, version: version))
    }

    func send(_ bytes: ByteBuffer) {
        let source = known
        guard !source.isDiscarded else { return }
        source.untaken += bytes.readableBytes
        deliver(.bytes(bytes))
        if source.untaken >= LambdaLimits.streamWindowBytes { source.stream?.setReading(false) }
    }

    /// The answer has come to its end, or nobody wants more of it: the rest is read past.
    func detach() {
        source.value?.stream?.setReading(true)
        source.value?.stream = nil
    }

    private var known: Source {
        if let source = source.value { return source }
        let new = Source()
        source.value = new
        return new
    }

    private func deliver(_ part: Part) {
        if caller.inEventLoop { receive(part) } else { caller.execute { [receive] in receive(part) } }
    }

    private func wereTaken(_ bytes: Int) {
        let source = known
        source.untaken -= bytes
        if source.untaken < LambdaLimits.streamWindowBytes { source.stream?.setReading(true) }
    }

    // MARK: On the caller's loop

    /// The caller has taken so many bytes more.
    package func took(_ bytes: Int) {
        taken.value += bytes
        // A hop for every byte would cost more than the byte.
        guard taken.value >= LambdaLimits.streamWindowBytes / 4 else { return }
        let bytes = taken.value
        taken.value = 0
        if home.inEventLoop { wereTaken(bytes) } else { home.execute { self.wereTaken(bytes) } }
    }

    /// The caller wants no more. The function is not told: it runs to its end.
    package func discard() {
        let discarding: @Sendable () -> Void = {
            let source = self.known
            source.isDiscarded = true
            source.stream?.setReading(true)
        }
        if home.inEventLoop { discarding() } else { home.execute(discarding) }
    }
}
