package import HTTPFront
package import NIOCore
internal import NIOPosix
package import NIOSSL

/// Opens connections of one kind.
package struct Dialer: Sendable {
    package let handshake: ClientHandshake
    /// What verifies a server of `wss:`.
    private let tls: NIOSSLContext?
    private let time: TimeAmount

    /// - Parameter time: for TCP, and again for the handshake.
    package init(
        _ handshake: ClientHandshake, tls: NIOSSLContext?, time: TimeAmount = ClientLimits.handshakeTime
    ) {
        self.handshake = handshake
        self.tls = tls
        self.time = time
    }

    /// Called on the loop, where the delegate hears what becomes of it. Until then it may be aborted.
    ///
    /// - Parameters:
    ///   - address: where the server's name leads, if that is known.
    ///   - source: an own address to come from; else the system chooses one.
    @discardableResult
    package func dial(
        to address: SocketAddress? = nil, from source: SocketAddress? = nil, on loopState: LoopConnections,
        delegate: any ClientDelegate
    ) -> ClientConnection {
        var bootstrap = ClientBootstrap(group: loopState.eventLoop)
            .connectTimeout(time)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    guard handshake.url.isSecure else { return }
                    try channel.pipeline.syncOperations.addHandler(try secure())
                }
            }
        if let source { bootstrap = bootstrap.bind(to: source) }
        let url = handshake.url
        let connected =
            if let address { bootstrap.connect(to: address) } else {
                bootstrap.connect(host: url.isLocalName ? "localhost" : url.host, port: url.port)
            }
        // A name of several addresses is tried with several channels: the connection belongs to the one that came about.
        let connection = ClientConnection(handshake, time: time, loopState: loopState, delegate: delegate)
        connected.assumeIsolated().whenComplete { result in
            do { try result.get().pipeline.syncOperations.addHandler(connection) } catch {
                connection.unreachable(error)
            }
        }
        return connection
    }

    private func secure() throws -> NIOSSLClientHandler {
        guard let tls else { throw ChannelError.operationUnsupported }
        let host = handshake.url.host
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        return try NIOSSLClientHandler(context: tls, serverHostname: isAddress ? nil : host)
    }
}
