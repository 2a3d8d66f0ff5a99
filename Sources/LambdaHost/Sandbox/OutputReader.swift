import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Reads what a process writes, as the event loop brings it, and knows how much is still in the pipe: so the END of an
/// invocation is written behind everything the invocation wrote.
final class OutputReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let log: SandboxLog
    /// A second descriptor of the same pipe, only to ask how much waits in it.
    private var descriptor: Int32
    private var received = 0
    private var pending: (from: Int, action: () -> Void)?

    init(descriptor: Int32, log: SandboxLog) {
        self.log = log
        self.descriptor = dup(descriptor)
        _ = fcntl(self.descriptor, F_SETFD, FD_CLOEXEC)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        received += bytes.readableBytes
        bytes.withUnsafeReadableBytes { log.output($0) }
        if let pending, received >= pending.from { runPending() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        log.endOfOutput()
        runPending()
    }

    /// Runs `action` when all that is in the pipe now has been read; at once when that is nothing.
    func afterPending(_ action: @escaping () -> Void) {
        runPending()
        var waiting: Int32 = 0
        guard descriptor >= 0, ioctl(descriptor, UInt(FIONREAD), &waiting) == 0, waiting > 0 else { return action() }
        pending = (received + Int(waiting), action)
    }

    /// Runs what waits now, whatever is still in the pipe.
    func runPending() {
        let action = pending?.action
        pending = nil
        action?()
    }

    func close() {
        #if canImport(Glibc)
        if descriptor >= 0 { _ = Glibc.close(descriptor) }
        #elseif canImport(Musl)
        if descriptor >= 0 { _ = Musl.close(descriptor) }
        #else
        if descriptor >= 0 { _ = Darwin.close(descriptor) }
        #endif
        descriptor = -1
        log.endOfOutput()
        runPending()
    }
}
