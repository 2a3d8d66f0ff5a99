package import NIOCore
import Synchronization

/// One address to listen on, and what is made for each connection that comes there.
package struct Listener: Sendable {
    package var host: String
    /// 0 lets the kernel choose.
    package var port: Int
    /// How many connections it may have at once. Each listener counts its own, so that none can use up another's: the
    /// management API answers however many clients hang on to the APIs' addresses.
    package var limit = HTTPLimits.connections
    package var endpoint = Peer.Endpoint.api
    /// Whether clients may ask for tunnels (CONNECT); who answers 200 takes the connection over.
    package var takesTunnels = false
    /// Puts into a new channel what stands before HTTP, TLS above all. Called on the connection's loop.
    package var setUp: (@Sendable (any Channel) throws -> Void)?
    /// Makes a connection's service, on the connection's loop.
    package var service: @Sendable (any EventLoop) -> any HTTPService

    package init(host: String, port: Int, service: @escaping @Sendable (any EventLoop) -> any HTTPService) {
        self.host = host
        self.port = port
        self.service = service
    }
}

/// Counts the connections of one listener over all loops.
final class ConnectionCount: Sendable {
    private let count = Atomic(0)
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    var current: Int { count.load(ordering: .relaxed) }

    /// Takes one more in, until its channel has closed; false when there are too many.
    func admit(_ channel: any Channel) -> Bool {
        guard count.add(1, ordering: .relaxed).newValue <= limit else {
            count.subtract(1, ordering: .relaxed)
            return false
        }
        channel.closeFuture.whenComplete { _ in self.count.subtract(1, ordering: .relaxed) }
        return true
    }
}
