import NIOCore

/// Stops accepting for a moment when the process has no more file descriptors. The listener would stay readable, and
/// its event loop would do nothing but fail to accept.
final class AcceptPause: ChannelInboundHandler {
    typealias InboundIn = any Channel

    private static let time = TimeAmount.milliseconds(250)

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is IOError else { return context.fireErrorCaught(error) }
        let channel = context.channel
        channel.setOption(.autoRead, value: false).whenSuccess {
            channel.eventLoop.scheduleTask(in: Self.time) { channel.setOption(.autoRead, value: true) }
        }
    }
}
