package import NIOCore
import NIOPosix

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What the kernel still holds of the bytes written to a socket.
package enum SendQueue {
    /// Bytes that were written and that the other side has not acknowledged; 0 for what is no socket.
    package static func bytes(_ channel: any Channel) -> Int {
        let bytes = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
            of: NIOBSDSocket.Handle.self, queued)
        return bytes ?? 0
    }

    private static func queued(_ descriptor: NIOBSDSocket.Handle) -> Int {
        var bytes: Int32 = 0
        #if canImport(Darwin)
        var size = socklen_t(MemoryLayout<Int32>.size)
        guard getsockopt(descriptor, SOL_SOCKET, SO_NWRITE, &bytes, &size) == 0 else { return 0 }
        #else
        // SIOCOUTQ of tcp(7) is the same number.
        guard ioctl(descriptor, UInt(TIOCOUTQ), &bytes) == 0 else { return 0 }
        #endif
        return Int(bytes)
    }
}
