import HTTPFront
import NIOCore
import NIOSSL
import NIOTLS

/// Connections that begin with TLS: the name that the client greets with (RFC 6066 section 3) says where they lead.
///
/// Nobody has to prove here that he is a function: APIs are open to whoever is on this machine, and elsewhere leads only a
/// name of one of AWS's APIs, which everybody reaches.
enum ServerNames {
    /// A greeting is one record of TLS.
    private static let greetingBytes = 5 + 16_384

    /// Puts what reads the greeting into a new channel; HTTP comes behind it.
    static func lead(_ channel: any Channel, _ ways: FunctionWays) throws {
        let bound = NIOLoopBound(channel, eventLoop: channel.eventLoop)
        let greeting = ByteToMessageHandler(
            SNIHandler { result in
                let channel = bound.value
                guard case .hostname(let name) = result, ways.https.domains.apiId(in: name) != nil else {
                    return channel.close()
                }
                return ways.leadHere(name, OwnDomains.port) ? encrypt(channel, ways) : tunnel(channel, to: name, ways)
            }, maximumBufferSize: greetingBytes)
        try channel.pipeline.syncOperations.addHandler(greeting, name: reader)
    }

    private static let reader = "greeting"

    private static func encrypt(_ channel: any Channel, _ ways: FunctionWays) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            let greeting = try pipeline.context(name: reader).handler
            try pipeline.addHandler(NIOSSLServerHandler(context: ways.tls), position: .after(greeting))
        }
    }

    /// What else the client sends waits until the server is reached.
    private static func tunnel(
        _ channel: any Channel, to name: String, _ ways: FunctionWays
    ) -> EventLoopFuture<Void> {
        let loop = channel.eventLoop
        let http: HTTPConnection
        do {
            try channel.syncOptions?.setOption(.autoRead, value: false)
            http = try channel.pipeline.syncOperations.handler(type: HTTPConnection.self)
        } catch {
            return channel.close()
        }
        let loopState = http.loopState
        channel.pipeline.syncOperations.removeHandler(http, promise: nil)
        return ways.connect(to: name, OwnDomains.port, on: loop).assumeIsolated().map { server in
            _ = Tunnel(channel, server, loopState: loopState)
        }.flatMapError { _ in channel.close() }.nonisolated()
    }
}
