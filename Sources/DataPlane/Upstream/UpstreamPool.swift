import HTTPFront
import NIOCore
import NIOPosix
import NIOSSL

/// One loop's connections to origins: idle ones are used again, newest first.
final class UpstreamPool {
    private unowned let worker: LoopWorker
    /// By the origin's number.
    private var idle: [[UpstreamConnection]] = []
    private var idleCount = 0

    /// Idle connections kept per origin and loop.
    private static let idlePerOrigin = 256
    /// Below the keep-alive time of most servers (nginx: 75 s, Node: 5 s closes earlier by itself).
    private static let idleTime = TimeAmount.seconds(50)
    private static let connectTime = TimeAmount.seconds(10)

    init(worker: LoopWorker) { self.worker = worker }

    var hasIdleConnections: Bool { idleCount > 0 }

    /// An idle connection to the origin, if there is one that is still open.
    func takeIdle(_ number: Int) -> UpstreamConnection? {
        guard number >= 0, number < idle.count else { return nil }
        while let connection = idle[number].popLast() {
            idleCount -= 1
            if connection.isUsable { return connection }
        }
        return nil
    }

    func keep(_ connection: UpstreamConnection) {
        let number = connection.originNumber
        guard number >= 0 else { return connection.close() }
        while idle.count <= number { idle.append([]) }
        guard idle[number].count < Self.idlePerOrigin else { return connection.close() }
        connection.lieIdle(until: .now() + Self.idleTime)
        idle[number].append(connection)
        idleCount += 1
        worker.startTicking()
    }

    func closeIdle(before now: NIODeadline) {
        guard idleCount > 0 else { return }
        for number in idle.indices where !idle[number].isEmpty {
            // Oldest first: the list is a stack.
            guard let first = idle[number].first, first.idleUntil < now || !first.isUsable else { continue }
            let old = idle[number].filter { $0.idleUntil < now || !$0.isUsable }
            idle[number].removeAll { $0.idleUntil < now || !$0.isUsable }
            idleCount -= old.count
            for connection in old { connection.close() }
        }
    }

    /// Opens a connection; `completion` is called on the loop.
    func connect(
        _ origin: Origin, number: Int, completion: @escaping (Result<UpstreamConnection, any Error>) -> Void
    ) {
        let bound = NIOLoopBound((self, completion), eventLoop: worker.eventLoop)
        let tls = worker.options.tls
        ClientBootstrap(group: worker.eventLoop)
            .connectTimeout(Self.connectTime)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if origin.isTLS {
                        guard let tls else { throw ChannelError.operationUnsupported }
                        // An address cannot be a server name (RFC 6066 section 3).
                        let isAddress = (try? SocketAddress(ipAddress: origin.host, port: 0)) != nil
                        let handler = try NIOSSLClientHandler(
                            context: tls, serverHostname: isAddress ? nil : origin.host)
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    try channel.pipeline.syncOperations.addHandler(
                        UpstreamConnection(pool: bound.value.0, originNumber: number, channel: channel))
                }
            }
            .connect(host: origin.host, port: origin.port)
            .whenComplete { result in
                let (_, completion) = bound.value
                completion(
                    result.flatMap { channel in
                        Result { try channel.pipeline.syncOperations.handler(type: UpstreamConnection.self) }
                    })
            }
    }
}
