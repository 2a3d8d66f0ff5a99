import HTTPFront
import NIOCore
import NIOPosix
import TestSockets
import Testing

@testable import WebSocketFront

@Suite("WebSocket over a socket", .timeLimit(.minutes(10)))
struct EndToEndTests {
    /// A client on a port, which reads frame after frame.
    private final class Client {
        let socket: PlainSocket
        private var bytes = ByteBuffer()

        init(port: Int) throws {
            socket = try PlainSocket(port: port)
            socket.send(TestSession.request.joined(separator: "\r\n") + "\r\n\r\n")
            var head = ""
            while !head.hasSuffix("\r\n\r\n") { head += String(decoding: try socket.read(1), as: UTF8.self) }
            #expect(head.hasPrefix("HTTP/1.1 101 "))
        }

        func send(_ frames: ClientFrame...) { socket.send(frames.flatMap(\.bytes)) }

        /// The next frame; nil at the end.
        func next() throws -> String? {
            while true {
                if let frame = GatewayFrame(&bytes) { return frame.words }
                let more = try socket.read()
                if more.isEmpty { return nil }
                bytes.writeBytes(more)
            }
        }
    }

    @Test("messages come back, whole and in order, and a close frame is answered")
    func echo() async throws {
        try await EchoServer.with(limits: .everything) { port, _ in
            let client = try Client(port: port)
            client.send(.text("hello"), .ping("p"), .text("frag", isFinal: false), .more("ments"))
            client.send(.binary(.init(repeating: 200, count: 100_000)))
            let told = try (0..<4).map { _ in try client.next() ?? "" }
            #expect(told == ["text hello", "pong p", "text fragments", "binary 100000 bytes, [200]"])
            client.send(.close(1000, "bye"))
            #expect(try client.next() == "close 1000 ")
            #expect(try client.next() == nil)
        }
    }

    @Test("a client that breaks a rule sees the close frame, not a reset, though it has sent much behind")
    func fault() async throws {
        try await EchoServer.with(limits: .everything) { port, _ in
            let client = try Client(port: port)
            client.send(ClientFrame(opcode: 3), .binary(.init(repeating: 1, count: 500_000)))
            #expect(try client.next() == "close 1002 ")
            #expect(try client.next() == nil)
        }
    }

    @Test("many messages of a client that reads none until the end come back all the same")
    func slow() async throws {
        try await EchoServer.with(limits: .everything) { port, _ in
            let client = try Client(port: port)
            let message = [UInt8](repeating: 7, count: 60_000)
            let count = 400
            let sender = Unchecked(client.socket)
            async let sent: Void = blocking {
                for _ in 0..<count { sender.value.send(ClientFrame.binary(message).bytes) }
            }
            try await Task.sleep(for: .milliseconds(200))
            var missing = count * WebSocketFrame(.binary, ByteBuffer(bytes: message)).bytes.readableBytes
            while missing > 0 {
                let bytes = try client.socket.read(min(missing, 1 << 20))
                guard !bytes.isEmpty else { break }
                missing -= bytes.count
            }
            #expect(missing == 0)
            try await sent
        }
    }

    /// What a test gives to another thread while it does something else with it: the system's calls may be made so.
    private struct Unchecked<Value>: @unchecked Sendable {
        let value: Value
        init(_ value: Value) { self.value = value }
    }

    /// Runs what waits for a socket where it holds up nobody: Swift has as many threads as there are processors.
    private func blocking<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await NIOThreadPool.singleton.runIfActive(body)
    }

    @Test("a server that ends says so to all")
    func drain() async throws {
        try await EchoServer.with(limits: .everything) { port, server in
            let clients = Unchecked(try (0..<20).map { _ in try Client(port: port) })
            async let drained: Void = server.drain(timeout: .seconds(20))
            try await blocking {
                for client in clients.value {
                    let told = try client.next()
                    client.send(.close(1001))
                    let end = try client.next()
                    #expect((told, end) == ("close 1001 Going away", nil))
                }
            }
            await drained
        }
    }
}
