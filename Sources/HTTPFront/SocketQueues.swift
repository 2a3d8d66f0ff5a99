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

/// What the kernel holds of what the other side sent.
package enum ReceiveQueue {
    /// Whether something lies in it that nobody has asked for, or the other side has closed the connection, though the
    /// channel may not have been told yet. False for what is no socket.
    package static func isUnusable(_ channel: any Channel) -> Bool {
        let unusable = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
            of: NIOBSDSocket.Handle.self
        ) { descriptor in
            var byte: UInt8 = 0
            let count = recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
            return count >= 0 || errno != EAGAIN && errno != EINTR
        }
        return unusable ?? false
    }
}
