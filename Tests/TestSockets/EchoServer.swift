package import HTTPFront
internal import NIOCore
internal import NIOPosix
package import WebSocketFront

/// A server on a port of this machine.
package enum LoopbackServer {
    /// - Parameter service: makes one for each connection, on its loop.
    package static func with<Result>(
        loops: Int = 2, _ service: @escaping @Sendable () -> any HTTPService,
        _ body: (Int, HTTPServer) async throws -> Result
    ) async throws -> Result {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: loops)
        let server = try await HTTPServer(group: group)
        let result: Swift.Result<Result, any Error>
        do {
            let listener = Listener(host: "127.0.0.1", port: 0) { _ in service() }
            result = .success(try await body(try await server.listen(listener).port ?? 0, server))
        } catch {
            result = .failure(error)
        }
        await server.drain(timeout: .zero)
        try await group.shutdownGracefully()
        return try result.get()
    }
}

/// Says what it hears. A client that takes nothing is not heard.
package enum EchoServer {
    package static func with<Result>(
        limits: WebSocketLimits, _ body: (Int, HTTPServer) async throws -> Result
    ) async throws -> Result {
        let service: @Sendable () -> any HTTPService = {
            let service = UpgradingService(Echo())
            service.limits = limits
            return service
        }
        return try await LoopbackServer.with(service, body)
    }

    private final class Echo: WebSocketDelegate {
        func messageReceived(_ kind: MessageKind, _ bytes: ByteBuffer, _ connection: WebSocketConnection) {
            connection.send(WebSocketFrame(kind, bytes))
        }

        func writabilityChanged(_ isWritable: Bool, _ connection: WebSocketConnection) {
            connection.setReading(isWritable)
        }

        func closed(_ closure: WebSocketClosure, _ connection: WebSocketConnection) {}
    }
}
