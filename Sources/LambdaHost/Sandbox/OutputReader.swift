import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Reads what a process writes, as the event loop brings it, and knows how much is still in the pipe: so the START of an
/// invocation is written behind everything that came before it, and its END behind everything it wrote.
final class OutputReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let log: SandboxLog
    /// A second descriptor of the same pipe, only to ask how much waits in it.
    private var descriptor: Int32
    private var received = 0
    /// What is to happen when so much has been received, in order.
    private var pending: [(from: Int, action: () -> Void)] = []

    init(descriptor: Int32, log: SandboxLog) {
        self.log = log
        self.descriptor = dup(descriptor)
        _ = fcntl(self.descriptor, F_SETFD, FD_CLOEXEC)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        unwrapInboundIn(data).withUnsafeReadableBytes { receive($0) }
    }

    /// One piece may hold the output of two invocations: what waits for a place within it happens there.
    func receive(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes
        while let from = pending.first?.from, from - received <= rest.count {
            let count = max(0, from - received)
            received += count
            if count > 0 { log.output(UnsafeRawBufferPointer(rebasing: rest[..<count])) }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            pending.removeFirst().action()
        }
        received += rest.count
        if !rest.isEmpty { log.output(rest) }
        // A child outlived the process; nobody comes later to end its line.
        if descriptor < 0 { log.endOfOutput() }
    }

    func channelInactive(context: ChannelHandlerContext) {
        log.endOfOutput()
        runPending()
    }

    /// Runs `action` when all that is in the pipe now has been read; at once when that is nothing.
    func afterPending(_ action: @escaping () -> Void) {
        var waiting: Int32 = 0
        if descriptor >= 0, ioctl(descriptor, UInt(FIONREAD), &waiting) != 0 { waiting = 0 }
        // What is in order behind something that waits, waits as well.
        guard waiting > 0 || !pending.isEmpty else { return action() }
        pending.append((received + Int(waiting), action))
    }

    /// Runs what waits now, whatever is still in the pipe.
    private func runPending() {
        while !pending.isEmpty { pending.removeFirst().action() }
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
