import HTTPFront
import NIOCore
import NIOPosix
import NIOSSL

/// One loop's connections to origins: idle ones are used again, newest first.
final class UpstreamPool {
    private unowned let worker: LoopWorker
    private let origins: Origins
    /// By the origin's number.
    private var idle: [[UpstreamConnection]] = []
    private var idleCount = 0
    /// Origins whose host came out of a request's path.
    private var named: [Origin.Key: Origin] = [:]

    /// Idle connections kept per origin and loop, and per loop: clients may choose origins.
    private static let idlePerOrigin = 256
    private static let idleInAll = 4_096
    /// Clients choose these. Beyond it all are asked for again; those with idle connections are still there then.
    private static let namedOrigins = 1_024
    /// Below the keep-alive time of most servers (nginx: 75 s, Node: 5 s closes earlier by itself).
    private static let idleTime = TimeAmount.seconds(50)
    static let connectTime = TimeAmount.seconds(10)

    init(worker: LoopWorker, origins: Origins) {
        self.worker = worker
        self.origins = origins
    }

    var hasIdleConnections: Bool { idleCount > 0 }

    /// The origin that a path variable named. Other loops are only asked for one that this loop does not know.
    func origin(named key: Origin.Key) -> Origin {
        if let known = named[key] { return known }
        if named.count >= Self.namedOrigins { named.removeAll(keepingCapacity: true) }
        let origin = origins.origin(key)
        named[key] = origin
        return origin
    }

    /// An idle connection to the origin, if there is one that is still good. `isSure`: the kernel is asked too, because
    /// the request cannot be sent again if the connection turns out to be closed.
    func takeIdle(_ origin: Origin, isSure: Bool) -> UpstreamConnection? {
        let number = origin.number
        guard number < idle.count else { return nil }
        while let connection = idle[number].popLast() {
            idleCount -= 1
            guard connection.isUsable else { continue }
            if !isSure || !connection.isOutOfStep { return connection }
            connection.close()
        }
        return nil
    }

    func keep(_ connection: UpstreamConnection) {
        let number = connection.origin.number
        while idle.count <= number { idle.append([]) }
        guard idle[number].count < Self.idlePerOrigin, idleCount < Self.idleInAll else { return connection.close() }
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

    /// Opens a connection; `completion` is called on the loop. `isNamed`: a path variable named the origin.
    func connect(
        _ origin: Origin, isNamed: Bool, completion: @escaping (Result<UpstreamConnection, any Error>) -> Void
    ) {
        let loop = worker.eventLoop
        let bound = NIOLoopBound((self, completion), eventLoop: loop)
        worker.connect(to: origin.key.host, origin.key.port, origin.address, isChosen: isNamed) { time in
            bound.value.0.bootstrap(origin, time)
        }.whenComplete { result in
            let (_, completion) = bound.value
            completion(
                result.flatMap { channel in
                    Result { try channel.pipeline.syncOperations.handler(type: UpstreamConnection.self) }
                })
        }
    }

    private func bootstrap(_ origin: Origin, _ time: TimeAmount) -> ClientBootstrap {
        let bound = NIOLoopBound(self, eventLoop: worker.eventLoop)
        let context = worker.options.tls
        return ClientBootstrap(group: worker.eventLoop)
            .connectTimeout(time)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls = origin.key.tls {
                        guard let context else { throw ChannelError.operationUnsupported }
                        try channel.pipeline.syncOperations.addHandler(
                            UnchainedCertificate.handler(context, tls, host: origin.key.host))
                    }
                    try channel.pipeline.syncOperations.addHandler(
                        UpstreamConnection(pool: bound.value, origin: origin, channel: channel))
                }
            }
    }
}
