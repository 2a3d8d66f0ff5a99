import NIOCore
import Testing

@testable import HTTPFront

@Suite("A connection that is taken over")
struct TakeOverTests {
    private let request = "GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: echo\r\nConnection: upgrade\r\n\r\n"
    private let switching = "HTTP/1.1 101 Switching Protocols\r\nupgrade: echo\r\nconnection: upgrade\r\n\r\n"

    /// Says what it hears.
    private final class Echo: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            context.writeAndFlush(wrapOutboundOut(unwrapInboundIn(data)), promise: nil)
        }
    }

    private func takeOver(_ stream: HTTPStream) {
        stream.startResponse(status: 101)
        stream.write("upgrade: echo\r\n")
        guard let taken = stream.takeOver() else {
            Issue.record("nothing was handed over")
            return
        }
        do { try taken.channel.pipeline.syncOperations.addHandler(Echo()) } catch { Issue.record(error) }
        if taken.unread.readableBytes > 0 { taken.channel.pipeline.fireChannelRead(taken.unread) }
    }

    @Test(
        "gives away its channel and what was read but is no HTTP", arguments: ["", "early", "GET / HTTP/1.1\r\n\r\n"])
    func taken(early: String) throws {
        let client = try TestClient()
        client.service.onEnd = { takeOver($0) }
        client.send(request + early)
        #expect(client.received() == switching + early)
        client.send("GET /none HTTP/1.1\r\n\r\n", "more")
        #expect(client.received() == "GET /none HTTP/1.1\r\n\r\nmore")
        #expect(client.service.events == [.head("GET /chat"), .end])
    }

    @Test("is no longer watched, counted or asked to end")
    func left() throws {
        let client = try TestClient()
        client.service.onEnd = { takeOver($0) }
        client.send(request)
        #expect(client.loops.count == 0)
        client.wait(.hours(2))
        _ = client.loops.drain()
        client.send("still here")
        #expect(client.received() == switching + "still here")
        client.reset()
        #expect(!client.service.events.contains(.closed))
    }

    @Test("may be taken later, with what the client has sent meanwhile")
    func later() throws {
        let client = try TestClient()
        client.service.onEnd = { _ in }
        client.send(request, "wai", "ting")
        takeOver(client.connection)
        client.deliver()
        #expect(client.received() == switching + "waiting")
    }

    @Test("is read on, though so much came early that it was not")
    func much() throws {
        let client = try TestClient()
        client.service.onEnd = { _ in }
        let early = String(repeating: "x", count: HTTPLimits.pipelinedBytes + 1)
        client.send(request + early, "more")
        #expect(!client.isReading)
        takeOver(client.connection)
        client.deliver()
        #expect(client.received() == switching + early + "more")
    }

    @Test("says whether the client had sent all it will", arguments: [false, true])
    func halfClosed(isClosed: Bool) throws {
        let client = try TestClient()
        client.service.onEnd = { _ in }
        client.send(request)
        if isClosed { client.closeInput() }
        client.connection.startResponse(status: 101)
        #expect(try #require(client.connection.takeOver()).isInputClosed == isClosed)
    }

    @Test("is not given away but with an open head of status 101")
    func refused() throws {
        let client = try TestClient()
        client.service.onEnd = {
            #expect($0.takeOver() == nil)
            $0.startResponse(status: 200)
            #expect($0.takeOver() == nil)
            $0.finishHead(.length(0))
            #expect($0.takeOver() == nil)
            $0.endResponse()
        }
        client.send(request)
        #expect(client.received() == HTTPConnection.response(""))
    }
}
