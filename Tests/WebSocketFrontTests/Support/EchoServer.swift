import HTTPFront
import NIOCore
import NIOPosix

@testable import WebSocketFront

/// Says what it hears, on a port of this machine. A client that takes nothing is not heard.
enum EchoServer {
    static func with<Result>(
        limits: WebSocketLimits = .everything, _ body: (Int, HTTPServer) async throws -> Result
    ) async throws -> Result {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let server = try await HTTPServer(group: group)
        let listener = Listener(host: "127.0.0.1", port: 0) { _ in
            let service = UpgradingService(Echo())
            service.limits = limits
            return service
        }
        let result: Swift.Result<Result, any Error>
        do {
            result = .success(try await body(try await server.listen(listener).port ?? 0, server))
        } catch {
            result = .failure(error)
        }
        await server.drain(timeout: .zero)
        try await group.shutdownGracefully()
        return try result.get()
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
