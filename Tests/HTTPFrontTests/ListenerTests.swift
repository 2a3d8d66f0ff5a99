import NIOCore
import NIOPosix
import Synchronization
import TestSockets
import Testing

@testable import HTTPFront

@Suite("Listeners", .timeLimit(.minutes(10)))
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

    @Test("that a client has closed, or said something, is known before anything is read", arguments: [false, true])
    func receiveQueue(says: Bool) async throws {
        let accepted = Mutex<(any Channel)?>(nil)
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                accepted.withLock { $0 = channel }
                return channel.eventLoop.makeSucceededVoidFuture()
            }
            .bind(host: "127.0.0.1", port: 0).get()
        func isUnusable() async throws -> Bool {
            let channel = try #require(accepted.withLock { $0 })
            return try await channel.eventLoop.submit { ReceiveQueue.isUnusable(channel) }.get()
        }
        do {
            let client = try PlainSocket(port: try #require(server.localAddress?.port))
            while accepted.withLock({ $0 }) == nil { await Task.yield() }
            #expect(try await !isUnusable())
            if says {
                client.send("HTTP/1.1 408 Request Timeout\r\n\r\n")
                while try await !isUnusable() { await Task.yield() }
            }
            withExtendedLifetime(client) {}
        }
        while try await !isUnusable() { await Task.yield() }
        try await accepted.withLock { $0 }?.close().get()
        try await server.close()
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

@Suite("What the kernel holds of a response", .timeLimit(.minutes(10)))
struct SendQueueTests {
    /// Answers with what no client's kernel takes at once, and tells how much of it is under way.
    private final class Large: HTTPService, Sendable {
        static let bytes = 200_000
        let queued = Mutex<[Int]>([])

        func headReceived(_ stream: HTTPStream) {}
        func bodyReceived(_ bytes: ByteBuffer, _ stream: HTTPStream) {}
        func bodyTooLarge(_ stream: HTTPStream) {}
        func writabilityChanged(_ isWritable: Bool, _ stream: HTTPStream) {}
        func connectionClosed(_ stream: HTTPStream) {}

        func requestEnded(_ stream: HTTPStream) {
            guard let connection = stream as? HTTPConnection, let channel = connection.context?.channel else { return }
            stream.startResponse(status: 200)
            stream.finishHead(.length(Self.bytes))
            stream.writeBody(ByteBuffer(repeating: 0x78, count: Self.bytes))
            connection.flushOut()
            queued.withLock { $0.append(SendQueue.bytes(channel)) }
        }
    }

    @Test("is known of a socket whose client does not read")
    func queue() async throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let server = try await HTTPServer(group: group)
        let service = Large()
        let address = try await server.listen(Listener(host: "127.0.0.1", port: 0) { _ in service })
        let client = try PlainSocket(port: try #require(address.port), receiveBuffer: 4_096)
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try client.read(16).count == 16)
        await server.drain(timeout: .zero)
        try await group.shutdownGracefully()
        // The client's kernel takes a few thousand bytes, so most cannot have left this side's.
        let queued = service.queued.withLock(\.first)
        #expect((queued ?? 0) > Large.bytes / 10)
        #expect((queued ?? 0) <= Large.bytes + 200)
    }
}
