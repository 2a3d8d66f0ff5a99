import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Reads what a process writes. The event loop brings it as it comes; `drain` takes what is left in the pipe now, so
/// that the END of an invocation is written behind everything the invocation wrote.
final class OutputReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let log: SandboxLog
    /// A second descriptor of the same pipe, not owned by the channel.
    private var descriptor: Int32

    init(descriptor: Int32, log: SandboxLog) {
        self.log = log
        self.descriptor = dup(descriptor)
        _ = fcntl(self.descriptor, F_SETFL, fcntl(self.descriptor, F_GETFL) | O_NONBLOCK)
        _ = fcntl(self.descriptor, F_SETFD, FD_CLOEXEC)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        log.output(unwrapInboundIn(data).readableBytesView)
    }

    func drain() {
        guard descriptor >= 0 else { return }
        withUnsafeTemporaryAllocation(byteCount: 16_384, alignment: 1) { buffer in
            // A process that writes without end must not hold the loop.
            for _ in 0..<64 {
                let count = read(descriptor, buffer.baseAddress, buffer.count)
                guard count > 0 else { return }
                log.output(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count]))
            }
        }
    }

    func close() {
        log.endOfOutput()
        #if canImport(Glibc)
        if descriptor >= 0 { _ = Glibc.close(descriptor) }
        #elseif canImport(Musl)
        if descriptor >= 0 { _ = Musl.close(descriptor) }
        #else
        if descriptor >= 0 { _ = Darwin.close(descriptor) }
        #endif
        descriptor = -1
    }
}
