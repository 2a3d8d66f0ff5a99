import GatewayModel
import JSON
import NIOCore
import Testing

@testable import DataPlane

@Suite("A pipeline that waits")
struct WaitingStepTests {
    private let api = TestAPI(
        routes: [("$default", .function())], logFormat: "$context.status $context.httpMethod $context.dataProcessed")
    private let ok = #"{"statusCode":200,"body":"ok"}"#

    private func post(_ length: Int, _ fields: [String] = []) -> String {
        TestGateway.request("POST", "/", fields + ["Content-Type: text/plain", "Content-Length: \(length)"])
    }

    @Test("a request goes on when its authorizer has decided, not before, and is answered once")
    func get() throws {
        let gateway = try EmbeddedGateway(api, .after(milliseconds: 50, nil))
        gateway.function.answer(ok)
        gateway.send(TestGateway.request("GET", "/"))
        gateway.wait(milliseconds: 49)
        #expect(try gateway.function.events.isEmpty)
        #expect(gateway.received.isEmpty)
        gateway.wait(milliseconds: 1)
        #expect(gateway.statuses == ["200 OK"])
        #expect(try gateway.function.events.count == 1)
        #expect(gateway.authorizer.asked == 1)
        #expect(gateway.entries == ["200 GET 2"])
    }

    @Test("a body that arrives meanwhile is there when it is asked for, in whatever pieces", arguments: [0, 1, 3])
    func body(piecesBefore: Int) throws {
        let gateway = try EmbeddedGateway(api, .after(milliseconds: 50, nil))
        gateway.function.answer(ok)
        let pieces = ["one ", "two ", "three"]
        gateway.send(post(13))
        for piece in pieces.prefix(piecesBefore) { gateway.send(piece) }
        gateway.wait(milliseconds: 50)
        for piece in pieces.dropFirst(piecesBefore) {
            #expect(try gateway.function.events.isEmpty)
            gateway.send(piece)
        }
        #expect(try gateway.function.events.map { $0["body"] } == [.string("one two three")])
        #expect(gateway.statuses == ["200 OK"])
        #expect(gateway.memory.current == 0)
    }

    @Test("whoever resumes twice, or too late, finds another wait")
    func resumedTwice() throws {
        let gateway = try EmbeddedGateway(api, .twice(milliseconds: 50))
        gateway.function.answer(ok)
        gateway.send(post(3))
        gateway.wait(milliseconds: 100)
        #expect(try gateway.function.events.isEmpty)
        gateway.send("one")
        #expect(try gateway.function.events.map { $0["body"] } == [.string("one")])
        #expect(gateway.statuses == ["200 OK"])
    }

    @Test("a client that leaves meanwhile is answered by nobody, and leaves a line in the log")
    func leaves() throws {
        let gateway = try EmbeddedGateway(api, .after(milliseconds: 50, nil))
        gateway.send(post(13), "one")
        gateway.reset()
        gateway.wait(milliseconds: 100)
        #expect(try gateway.function.events.isEmpty)
        #expect(gateway.entries == ["499 POST 3"])
        #expect(gateway.memory.current == 0)
    }

    @Test("requests behind one that waits are answered in order, each asked about once")
    func pipelined() throws {
        let gateway = try EmbeddedGateway(api, .after(milliseconds: 50, nil))
        gateway.function.answer(ok)
        gateway.send(TestGateway.request("GET", "/1") + post(1) + "x" + TestGateway.request("GET", "/3"))
        for number in 1...3 {
            gateway.wait(milliseconds: 50)
            #expect(try gateway.function.events.count == number)
        }
        #expect(gateway.statuses.count == 3)
        #expect(gateway.authorizer.asked == 3)
    }

    @Test("a refused client uploads nothing: it is not told to go on")
    func refused() throws {
        let gateway = try EmbeddedGateway(api, .after(milliseconds: 50, .notFound))
        gateway.send(post(5_000_000, ["Expect: 100-continue"]))
        gateway.wait(milliseconds: 50)
        #expect(gateway.statuses == ["404 Not Found"])
        #expect(gateway.received.contains("Connection: close\r\n"))
        #expect(gateway.entries == ["404 POST 23"])
    }

    @Test("a client that asked is told to go on when the request has passed")
    func continues() throws {
        let gateway = try EmbeddedGateway(api, .after(milliseconds: 50, nil))
        gateway.function.answer(ok)
        gateway.send(post(3, ["Expect: 100-continue"]))
        #expect(gateway.received.isEmpty)
        gateway.wait(milliseconds: 50)
        #expect(gateway.statuses == ["100 Continue"])
        gateway.send("abc")
        #expect(gateway.statuses == ["100 Continue", "200 OK"])
        #expect(try gateway.function.events.map { $0["body"] } == [.string("abc")])
    }

    @Test("what is held of a body is bounded: the client is not read on until it is asked for")
    func held() throws {
        let gateway = try EmbeddedGateway(api, .after(milliseconds: 50, nil))
        gateway.function.answer(ok)
        let piece = String(repeating: "x", count: 40_000)
        gateway.send(post(200_000), piece, piece, piece, piece, piece)
        #expect(!gateway.isReading)
        #expect(gateway.memory.current == 80_000)
        gateway.wait(milliseconds: 50)
        #expect(gateway.isReading)
        #expect(gateway.statuses == ["200 OK"])
        #expect(try gateway.function.events.first?["body"]?.string?.utf8.count == 200_000)
    }

    @Test("a body that is too long is refused when it is asked for", arguments: [true, false])
    func tooLong(isDeclared: Bool) throws {
        let gateway = try EmbeddedGateway(api, .after(milliseconds: 50, nil))
        let length = CallLimits.aws.eventBytes + 1
        gateway.send(isDeclared ? post(length) : TestGateway.request("POST", "/", ["Transfer-Encoding: chunked"]))
        gateway.wait(milliseconds: 50)
        if !isDeclared { gateway.send(String(length, radix: 16) + "\r\n", String(repeating: "x", count: length)) }
        #expect(gateway.statuses == ["413 Request Entity Too Large"])
        #expect(gateway.memory.current == 0)
    }

    @Test("a step whose answer is at hand only marks it, and the loop goes on")
    func marked() throws {
        let gateway = try EmbeddedGateway(api, .marked)
        gateway.function.answer(ok)
        gateway.send(TestGateway.request("GET", "/") + TestGateway.request("GET", "/"))
        #expect(gateway.statuses == ["200 OK", "200 OK"])
        #expect(try gateway.function.events.count == 2)
    }

    @Test("a verdict on a request that is over does nothing to the next one")
    func stale() throws {
        let gateway = try EmbeddedGateway(api, .after(milliseconds: 50, nil), memory: 2)
        gateway.function.answer(ok)
        gateway.send(post(3), "abc")
        #expect(gateway.statuses == ["503 Service Unavailable"])
        gateway.wait(milliseconds: 20)
        gateway.send(TestGateway.request("GET", "/"))
        gateway.wait(milliseconds: 49)
        #expect(try gateway.function.events.isEmpty)
        gateway.wait(milliseconds: 1)
        #expect(gateway.statuses == ["503 Service Unavailable", "200 OK"])
    }
}
