import NIOCore
import NIOPosix
import Synchronization

/// A backend on loopback. Each connection is served by a script; the requests that the script reads are kept.
final class TestOrigin: Sendable {
    static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    typealias Script = @Sendable (_ wire: inout Wire, _ origin: TestOrigin) async throws -> Void

    private struct State {
        var port = 0
        var requests: [Message] = []
        var connections = 0
    }

    private let state = Mutex(State())

    private init() {}

    var port: Int { state.withLock(\.port) }
    var url: String { "http://127.0.0.1:\(port)" }
    var requests: [Message] { state.withLock(\.requests) }
    var connections: Int { state.withLock(\.connections) }

    /// Reads the next request and keeps it.
    @discardableResult
    func read(_ wire: inout Wire) async throws -> Message {
        let request = try await wire.message()
        state.withLock { $0.requests.append(request) }
        return request
    }

    /// Answers every request with the same bytes.
    static func answering(_ answer: String, _ body: (TestOrigin) async throws -> Void) async throws {
        try await serving(
            { wire, origin in
                while true {
                    try await origin.read(&wire)
                    try await wire.send(answer)
                }
            }, body)
    }

    /// Each connection ends with its script, or when the gateway ends it.
    static func serving(_ script: @escaping Script, _ body: (TestOrigin) async throws -> Void) async throws {
        let origin = TestOrigin()
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let connection = try Wire.asyncChannel(channel)
                    origin.state.withLock { $0.connections += 1 }
                    Task {
                        try await connection.executeThenClose { inbound, outbound in
                            var wire = Wire(inbound, outbound)
                            try await script(&wire, origin)
                            // What it sent leaves before the connection ends.
                            wire.finish()
                            _ = try await wire.rest()
                        }
                    }
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        origin.state.withLock { $0.port = listener.localAddress?.port ?? 0 }
        try await body(origin)
        try await listener.close()
    }

    /// A port where connecting takes for ever: nobody accepts, and the queue of those who wait is full.
    static func deaf(_ body: (_ port: Int) async throws -> Void) async throws {
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.backlog, value: 0)
            .serverChannelOption(.autoRead, value: false)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = listener.localAddress?.port ?? 0
        let waiting = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: port).get()
        try await body(port)
        try await waiting.close()
        try await listener.close()
    }

    /// A port where nobody listens, and nobody else can begin to: it is a client's own end.
    static func nobody(_ body: (_ port: Int) async throws -> Void) async throws {
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0).get()
        let client = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .connect(host: "127.0.0.1", port: listener.localAddress?.port ?? 0).get()
        try await body(client.localAddress?.port ?? 0)
        try await client.close()
        try await listener.close()
    }
}
