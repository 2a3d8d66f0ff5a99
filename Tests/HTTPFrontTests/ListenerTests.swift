import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import HTTPFront

@Suite("Listeners", .timeLimit(.minutes(1)))
struct ListenerTests {
    private let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    private func serving(_ body: (HTTPServer) async throws -> Void) async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 2)
        let server = try await HTTPServer(group: group)
        let result: Result<Void, any Error>
        do { result = .success(try await body(server)) } catch { result = .failure(error) }
        await server.drain(timeout: .zero)
        try await group.shutdownGracefully()
        try result.get()
    }

    @Test("each counts its own connections, over all loops: a full one takes nothing from another")
    func limits() async throws {
        try await serving { server in
            var full = Listener(host: "127.0.0.1", port: 0) { _ in RecordingService() }
            full.limit = 3
            let fullPort = try #require(try await server.listen(full).port)
            let other = Listener(host: "127.0.0.1", port: 0) { _ in RecordingService() }
            let otherPort = try #require(try await server.listen(other).port)
            var idle = try (0..<3).map { _ in
                let socket = try PlainSocket(port: fullPort)
                // Answered: so it has been counted.
                socket.send(get)
                #expect(try socket.read().starts(with: "HTTP/1.1 200".utf8))
                return socket
            }
            let refused = try PlainSocket(port: fullPort)
            #expect(try refused.read().isEmpty)
            let answered = try PlainSocket(port: otherPort)
            answered.send(get)
            #expect(try answered.read().starts(with: "HTTP/1.1 200".utf8))
            // A place is given back when its connection ends.
            idle.removeLast()
            var isAdmitted = false
            for _ in 0..<1_000 where !isAdmitted {
                let next = try PlainSocket(port: fullPort)
                next.send(get)
                isAdmitted = try next.read().starts(with: "HTTP/1.1 200".utf8)
                await Task.yield()
            }
            #expect(isAdmitted)
        }
    }

    @Test("a set-up puts what it likes before HTTP")
    func setUp() async throws {
        /// Takes each byte for its successor's.
        final class Shift: ChannelInboundHandler {
            typealias InboundIn = ByteBuffer
            typealias InboundOut = ByteBuffer

            func channelRead(context: ChannelHandlerContext, data: NIOAny) {
                let bytes = unwrapInboundIn(data).readableBytesView.map { $0 &- 1 }
                context.fireChannelRead(wrapInboundOut(ByteBuffer(bytes: bytes)))
            }
        }
        try await serving { server in
            var listener = Listener(host: "127.0.0.1", port: 0) { _ in RecordingService() }
            listener.setUp = { try $0.pipeline.syncOperations.addHandler(Shift()) }
            let port = try #require(try await server.listen(listener).port)
            let socket = try PlainSocket(port: port)
            socket.send(String(decoding: get.utf8.map { $0 + 1 }, as: UTF8.self))
            #expect(try socket.read().starts(with: "HTTP/1.1 200".utf8))
        }
    }
}
