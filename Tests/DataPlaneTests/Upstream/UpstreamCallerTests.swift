import HTTPFront
import NIOCore
import NIOEmbedded
import Testing

@testable import DataPlane

@Suite("Whoever calls an origin hears of its answer piece by piece")
struct UpstreamCallerTests {
    /// Writes down what it is told.
    private final class Caller: UpstreamCaller {
        var told: [String] = []

        func upstreamHead(_ head: ResponseHead) { told.append("head \(head.status)") }
        func upstreamBody(_ bytes: ByteBuffer) { told.append("body \(String(buffer: bytes))") }
        func upstreamReadComplete() { told.append("read") }
        func upstreamEnded() { told.append("end") }
        func upstreamFailed(_ error: (any Error)?) { told.append("failed") }
        func upstreamWritabilityChanged(_ isWritable: Bool) { told.append("writable \(isWritable)") }
    }

    private let loop = EmbeddedEventLoop()
    private let worker: LoopWorker
    private let origin = Origins().origin(Origin.Key(host: "127.0.0.1", port: 80, tls: nil))
    private let caller = Caller()

    init() {
        worker = LoopWorker(
            eventLoop: loop, number: 0, options: DataPlaneOptions(), origins: Origins(),
            names: NameResolver(lookup: StandInNames().lookup))
    }

    private func open() throws -> (EmbeddedChannel, UpstreamConnection) {
        let channel = EmbeddedChannel(loop: loop)
        let connection = UpstreamConnection(pool: worker.upstream, origin: origin, channel: channel)
        try channel.pipeline.syncOperations.addHandler(connection)
        channel.connect(to: try SocketAddress(ipAddress: "127.0.0.1", port: 80), promise: nil)
        return (channel, connection)
    }

    private func begin(_ connection: UpstreamConnection) {
        connection.begin(caller, head: ByteBuffer(string: "GET / HTTP/1.1\r\n\r\n"), isHeadRequest: false)
        connection.requestCompleted()
        connection.flush()
    }

    @Test("head, body and end, and the connection is there for the next call")
    func answer() throws {
        let (channel, connection) = try open()
        begin(connection)
        let sent = try channel.readOutbound(as: ByteBuffer.self)
        #expect(sent.map { String(buffer: $0) } == "GET / HTTP/1.1\r\n\r\n")
        try channel.writeInbound(ByteBuffer(string: "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab"))
        #expect(caller.told == ["head 200", "body ab", "read"])
        #expect(worker.upstream.takeIdle(origin, isSure: false) == nil)
        try channel.writeInbound(ByteBuffer(string: "cd"))
        #expect(caller.told.dropFirst(3) == ["body cd", "end"])
        #expect(worker.upstream.takeIdle(origin, isSure: false) === connection)
    }

    @Test("a connection that ends in the middle is a failure, told once")
    func failure() throws {
        let (channel, connection) = try open()
        begin(connection)
        try channel.writeInbound(ByteBuffer(string: "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab"))
        channel.close(promise: nil)
        loop.run()
        #expect(caller.told == ["head 200", "body ab", "read", "failed"])
    }

    @Test("who has let go hears nothing more")
    func abandoned() throws {
        let (channel, connection) = try open()
        begin(connection)
        connection.abandon()
        _ = try? channel.writeInbound(ByteBuffer(string: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
        loop.run()
        #expect(caller.told == [])
        #expect(worker.upstream.takeIdle(origin, isSure: false) == nil)
    }
}
