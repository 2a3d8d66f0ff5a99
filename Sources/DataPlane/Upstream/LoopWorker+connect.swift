package import NIOCore
import NIOPosix

extension LoopWorker {
    /// Looks a name up, unless there is an address, and connects, within `UpstreamPool.connectTime` in all.
    ///
    /// - Parameter isChosen: whether a client or a function chose the name.
    func connect(
        to host: String, _ port: Int, _ address: SocketAddress?, isChosen: Bool,
        _ bootstrap: @escaping @Sendable (TimeAmount) -> ClientBootstrap
    ) -> EventLoopFuture<any Channel> {
        if let address { return bootstrap(UpstreamPool.connectTime).connect(to: address) }
        let deadline = NIODeadline.now() + UpstreamPool.connectTime
        let loop = eventLoop
        return names.addresses(of: host, isChosen: isChosen, on: loop).flatMap { addresses in
            bootstrap(deadline - .now()).resolver(KnownAddresses(addresses: addresses, loop: loop))
                .connect(host: host, port: port)
        }
    }
}

extension DataPlane {
    /// A connection that bytes are carried over as they are: nothing is read from it before `autoRead` is set, and its
    /// halves end one by one. Names have the share of look-ups that those of clients have.
    package func connect(to host: String, port: Int, on loop: any EventLoop) -> EventLoopFuture<any Channel> {
        worker(of: loop).connect(
            to: host, port, try? SocketAddress(ipAddress: host, port: port), isChosen: true
        ) { time in
            ClientBootstrap(group: loop)
                .connectTimeout(time)
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .channelOption(.allowRemoteHalfClosure, value: true)
                .channelOption(.autoRead, value: false)
        }
    }
}
