import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A connection that broke, or was never made.
package struct ConnectionReset: Error {
    package init() {}
}

/// A client on loopback that reads exactly what a test lets it, with the system's own calls.
package final class PlainSocket {
    private let descriptor: Int32

    /// `receiveBuffer` bounds what the kernel takes for a client that does not read.
    package init(port: Int, receiveBuffer: Int32? = nil) throws {
        #if canImport(Darwin)
        descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #else
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #endif
        if var receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, socklen_t(MemoryLayout<Int32>.size))
        }
        // A read that nothing comes for fails the test instead of holding it up.
        var time = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, socklen_t(MemoryLayout<timeval>.size))
        let connected = try SocketAddress(ipAddress: "127.0.0.1", port: port).withSockAddr { address, length in
            connect(descriptor, address, socklen_t(length))
        }
        guard connected == 0 else { throw ConnectionReset() }
    }

    deinit { close(descriptor) }

    package func send(_ text: String) { send(Array(text.utf8)) }

    package func send(_ bytes: [UInt8]) {
        _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }

    /// What comes next, up to `count` bytes; nothing when the server has closed.
    package func read(_ count: Int = 65_536) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let length = recv(descriptor, &bytes, count, 0)
        guard length >= 0 || errno == ECONNRESET else { throw ConnectionReset() }
        return Array(bytes.prefix(max(0, length)))
    }
}
