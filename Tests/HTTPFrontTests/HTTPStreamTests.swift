import NIOCore
import NIOEmbedded
import Testing

@testable import HTTPFront

@Suite("A stream that is no socket")
struct HTTPStreamTests {
    private let loop = EmbeddedEventLoop()

    @Test("a service answers it as it answers a connection")
    func answered() {
        let stream = MemoryStream(LoopConnections(eventLoop: loop))
        stream.receive("GET /a HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(stream.service.heads == ["GET /a"])
        #expect(
            stream.sent == [
                .head("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n", .length(2)), .body("ok"), .end,
            ])
        #expect(stream.responseStatus == 200)
        #expect(stream.responseBodyBytes == 2)
    }

    @Test("a service that is pressed holds it back, and gives up on it")
    func pressed() {
        let stream = MemoryStream(LoopConnections(eventLoop: loop))
        stream.service.onBody = { $1.setReading($0 == "b") }
        stream.service.onEnd = {
            $0.startResponse(status: 200)
            $0.finishHead(.stream)
            $0.abort()
        }
        stream.receive("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n")
        stream.receive(body: "a", "b")
        #expect(
            stream.sent == [
                .reading(false), .reading(true),
                .head("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n", .stream), .aborted,
            ])
        #expect(!stream.hasResponseBegun)
    }

    @Test("it tells who is at its other end")
    func peer() {
        let stream = MemoryStream(LoopConnections(eventLoop: loop))
        #expect(stream.peer.address == Array("192.0.2.1".utf8))
        #expect("\(stream.peer.endpoint.scheme)" == "https")
        #expect(stream.peer.endpoint.port == 443)
        #expect("\(stream.peer.protocolName)" == "HTTP/1.1")
    }

    @Test("its time passes with that of the loop's other members, also when several end at once")
    func deadlines() {
        let loops = LoopConnections(eventLoop: loop)
        let streams = (0..<5).map { _ in MemoryStream(loops) }
        for (index, stream) in streams.enumerated() {
            stream.deadline = loops.now + .seconds(index % 2 == 0 ? 1 : 5)
        }
        loop.advanceTime(by: .seconds(2))
        #expect(streams.map(\.hasTimedOut) == [true, false, true, false, true])
        #expect(loops.count == 2)
        #expect(streams[0].deadline == .distantFuture)
        loop.advanceTime(by: .seconds(4))
        #expect(loops.count == 0)
        #expect(!streams.map(\.hasTimedOut).contains(false))
    }

    @Test("it cannot be taken over")
    func takeOver() {
        let stream = MemoryStream(LoopConnections(eventLoop: loop))
        stream.service.onEnd = {
            $0.startResponse(status: 101)
            #expect($0.takeOver() == nil)
            $0.abort()
        }
        stream.receive("GET /a HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(stream.sent == [.aborted])
    }
}
