package import NIOCore
package import NIOEmbedded

/// What a socket does behind a channel, for a client that takes bytes when a test says so.
///
/// `EmbeddedChannel` takes all bytes at once and knows no half-closed state. This handler stands at the channel's front
/// and adds both, with NIO's rules: bytes wait in order, a channel is unwritable from 64 KB until below 32 KB, closing
/// the output waits for them, closing everything drops them, and a second half closes the whole.
package final class TestSocket: ChannelDuplexHandler {
    package typealias InboundIn = ByteBuffer
    package typealias OutboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    private struct Write {
        let end: Int
        let promise: EventLoopPromise<Void>
    }

    private unowned let channel: EmbeddedChannel
    private var context: ChannelHandlerContext?
    /// How many bytes more the client takes.
    private var room = Int.max
    /// Bytes of writes, of flushed ones, and of those that the client took.
    private var written = 0
    private var flushed = 0
    private var taken = 0
    private var writes: [Write] = []
    private var closingOutput: EventLoopPromise<Void>??

    package private(set) var received = ByteBuffer()
    package private(set) var isOutputClosed = false
    package private(set) var isInputClosed = false

    package var pending: Int { written - taken }

    package init(_ channel: EmbeddedChannel) { self.channel = channel }

    package func handlerAdded(context: ChannelHandlerContext) { self.context = context }
    package func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    // MARK: The client's side

    /// From now on the client takes only what `take` lets it.
    package func stopTaking() { room = 0 }

    package func take(_ count: Int = .max) {
        room = count
        transfer()
    }

    /// The client will send no more.
    package func closeInput() {
        guard let context, !isInputClosed else { return }
        isInputClosed = true
        if isOutputClosed {
            context.close(promise: nil)
        } else {
            context.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        }
    }

    // MARK: The server's side

    package func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard closingOutput == nil, !isOutputClosed else {
            promise?.fail(ChannelError.outputClosed)
            return
        }
        written += unwrapOutboundIn(data).readableBytes
        if let promise { writes.append(Write(end: written, promise: promise)) }
        context.write(data, promise: nil)
        updateWritability()
    }

    package func flush(context: ChannelHandlerContext) {
        flushed = written
        transfer()
    }

    package func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        switch mode {
        case .output where !isInputClosed:
            guard closingOutput == nil, !isOutputClosed else {
                promise?.fail(ChannelError.outputClosed)
                return
            }
            closingOutput = .some(promise)
            transfer()
        case .output, .all:
            for write in writes { write.promise.fail(ChannelError.ioOnClosedChannel) }
            writes = []
            context.close(promise: promise)
        case .input: promise?.fail(ChannelError.operationUnsupported)
        }
    }

    /// Gives the client what it takes of the flushed bytes; the rest stays in the channel as buffered bytes, so that
    /// the channel knows how many there are.
    private func transfer() {
        guard let context else { return }
        context.flush()
        var bytes = ByteBuffer()
        while let next = try? channel.readOutbound(as: ByteBuffer.self) { bytes.writeImmutableBuffer(next) }
        let count = min(room, flushed - taken)
        if var part = bytes.readSlice(length: count) { received.writeBuffer(&part) }
        taken += count
        if room < Int.max { room -= count }
        if bytes.readableBytes > 0 { context.write(wrapOutboundOut(bytes), promise: nil) }
        while let write = writes.first, write.end <= taken {
            writes.removeFirst()
            write.promise.succeed()
        }
        updateWritability()
        if taken == written, let promise = closingOutput {
            closingOutput = nil
            isOutputClosed = true
            promise?.succeed()
        }
    }

    private func updateWritability() {
        let wasWritable = channel.isWritable
        if pending > 65_536 { channel.isWritable = false } else if pending < 32_768 { channel.isWritable = true }
        if channel.isWritable != wasWritable { context?.fireChannelWritabilityChanged() }
    }
}
