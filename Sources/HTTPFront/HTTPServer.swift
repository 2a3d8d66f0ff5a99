internal import NIOConcurrencyHelpers
package import NIOCore
package import NIOPosix

/// Listeners and their connections, spread over the event loops of one group.
package final class HTTPServer: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let loops: [ObjectIdentifier: NIOLoopBound<LoopConnections>]
    private let listeners = NIOLockedValueBox<[any Channel]>([])

    package init(group: MultiThreadedEventLoopGroup) async throws {
        self.group = group
        var loops: [ObjectIdentifier: NIOLoopBound<LoopConnections>] = [:]
        for loop in group.makeIterator() {
            loops[ObjectIdentifier(loop)] = try await loop.submit {
                NIOLoopBound(LoopConnections(eventLoop: loop), eventLoop: loop)
            }.get()
        }
        self.loops = loops
    }

    /// Listens and answers every connection with a service of its own. Returns the address with the port that was bound.
    package func listen(_ listener: Listener) async throws -> SocketAddress {
        let loops = loops
        let count = ConnectionCount(limit: listener.limit)
        let channel = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(AcceptPause()) }
            }
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard let state = loops[ObjectIdentifier(channel.eventLoop)]?.value else {
                        throw ChannelError.inappropriateOperationForState
                    }
                    guard count.admit(channel) else { throw ChannelError.eof }
                    try listener.setUp?(channel)
                    let connection = HTTPConnection(
                        service: listener.service(channel.eventLoop), loopState: state, channel: channel,
                        endpoint: listener.endpoint, takesTunnels: listener.takesTunnels)
                    try channel.pipeline.syncOperations.addHandler(connection)
                }
            }
            .bind(host: listener.host, port: listener.port).get()
        listeners.withLockedValue { $0.append(channel) }
        guard let address = channel.localAddress else { throw ChannelError.unknownLocalAddress }
        return address
    }

    /// Stops listening, lets the requests under way finish, and closes what is left after `timeout`.
    package func drain(timeout: TimeAmount) async {
        for listener in listeners.withLockedValue({ $0 }) { try? await listener.close() }
        let drained = loops.values.map { bound in
            let loop = bound.eventLoop
            return loop.flatSubmit {
                let done = bound.value.drain()
                let timer = loop.scheduleTask(in: timeout) { bound.value.closeAll() }
                done.whenComplete { _ in timer.cancel() }
                return done
            }
        }
        for loop in drained { try? await loop.get() }
    }
}
