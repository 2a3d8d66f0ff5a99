import NIOCore
import TestSockets
import Testing

@testable import HTTPFront

@Suite("Time-outs of a connection")
struct TimeoutsTests {
    private let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    private let last = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    private let post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n"
    private let large = String(repeating: "x", count: 1_000_000)

    /// Time-outs are exact to two ticks of half a second.
    private let slack = TimeAmount.milliseconds(1500)

    /// Nothing ends before `amount`, and something soon after it.
    private func expect(_ client: TestClient, endsAfter amount: TimeAmount, _ comment: Comment? = nil) {
        client.wait(amount - slack)
        #expect(!client.isAtEnd, comment)
        client.wait(slack + slack)
        #expect(client.isAtEnd, comment)
    }

    // MARK: Clients that send slowly

    @Test("a client that never sends is let go without a word")
    func neverSends() throws {
        let client = try TestClient()
        expect(client, endsAfter: HTTPLimits.idleTime)
        #expect(client.received().isEmpty)
    }

    @Test("a connection between requests is let go without a word")
    func idle() throws {
        let client = try TestClient()
        client.wait(.seconds(60))
        client.send(get)
        #expect(client.received() == HTTPConnection.response("ok"))
        expect(client, endsAfter: HTTPLimits.idleTime)
        #expect(client.received().isEmpty)
    }

    @Test("a listener may give its connections another time between requests")
    func otherIdleTime() throws {
        let client = try TestClient(idleTime: .hours(1))
        client.wait(.minutes(59))
        client.send(get)
        expect(client, endsAfter: .hours(1))
    }

    @Test("a connection between requests is let go after a large response too")
    func idleAfterALargeResponse() throws {
        let client = try TestClient()
        client.socket.stopTaking()
        client.service.onEnd = { [large] in $0.answer(large) }
        client.send(get)
        client.socket.take()
        expect(client, endsAfter: HTTPLimits.idleTime)
    }

    @Test("a head that comes too slowly gets 408, however steadily its bytes drip")
    func slowHead() throws {
        let client = try TestClient()
        client.wait(.seconds(60))
        client.send("G")
        for _ in 0..<8 {
            client.wait(.seconds(1))
            client.send("E")
        }
        #expect(!client.isAtEnd)
        client.wait(.seconds(3))
        #expect(client.received().hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
        #expect(client.isAtEnd)
    }

    @Test("a second head has its own time")
    func slowSecondHead() throws {
        let client = try TestClient()
        client.send(get + "G")
        #expect(client.received() == HTTPConnection.response("ok"))
        expect(client, endsAfter: HTTPLimits.headTime)
        #expect(client.received().hasPrefix("HTTP/1.1 408 "))
    }

    @Test("a body that stops gets 408, and the service hears of it")
    func stalledBody() throws {
        let client = try TestClient()
        client.send(post)
        for _ in 0..<4 {
            client.wait(.seconds(20))
            client.send("x")
        }
        expect(client, endsAfter: HTTPLimits.progressTime)
        #expect(client.received().hasPrefix("HTTP/1.1 408 "))
        #expect(client.service.events.last == .closed)
    }

    @Test("a chunked body that stops gets 408")
    func stalledChunks() throws {
        let client = try TestClient()
        client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n")
        expect(client, endsAfter: HTTPLimits.progressTime)
        #expect(client.received().hasPrefix("HTTP/1.1 408 "))
    }

    @Test("a body that stops behind the answer's start breaks the connection")
    func stalledBodyWhileAnswering() throws {
        let client = try TestClient()
        client.service.onHead = {
            $0.startResponse(status: 200)
            $0.finishHead(.length(10))
        }
        client.send(post + "x")
        expect(client, endsAfter: HTTPLimits.progressTime)
        #expect(client.isClosed)
        #expect(!client.received().contains("408"))
        #expect(client.service.events.last == .closed)
    }

    @Test("a body that stops and that nobody wants ends the connection")
    func stalledUnwantedBody() throws {
        let client = try TestClient()
        client.service.onHead = { $0.answer("early") }
        client.send(post + "x")
        expect(client, endsAfter: HTTPLimits.progressTime)
        #expect(client.received() == HTTPConnection.response("early"))
    }

    @Test("a service may take its time")
    func slowService() throws {
        let client = try TestClient()
        client.service.onEnd = { _ in }
        client.send(post + String(repeating: "x", count: 100))
        client.wait(.hours(1))
        client.connection.answer("late")
        #expect(client.received() == HTTPConnection.response("late"))
    }

    @Test("time does not count while the service pauses the body, and counts again behind it")
    func pausedBody() throws {
        let client = try TestClient()
        client.service.onBody = { _, connection in connection.setReading(false) }
        client.send(post + "x")
        client.wait(.hours(1))
        #expect(!client.isAtEnd)
        client.connection.setReading(true)
        expect(client, endsAfter: HTTPLimits.progressTime)
        #expect(client.received().hasPrefix("HTTP/1.1 408 "))
    }

    @Test("time does not count while the service pauses before the body's first byte")
    func pausedAtTheHead() throws {
        let client = try TestClient()
        client.service.onHead = { $0.setReading(false) }
        client.send(post)
        client.wait(.hours(1))
        #expect(!client.isAtEnd)
        client.connection.setReading(true)
        expect(client, endsAfter: HTTPLimits.progressTime)
    }

    @Test("time does not count while a client waits to be told to go on")
    func waitingForContinue() throws {
        let client = try TestClient()
        client.service.bodyLimit = nil
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n")
        client.wait(.hours(1))
        #expect(!client.isAtEnd)
        #expect(client.connection.takeBody(limit: 1))
        expect(client, endsAfter: HTTPLimits.progressTime)
        #expect(client.received().contains("408 Request Timeout"))
    }

    // MARK: Clients that take slowly

    @Test("a client that takes nothing of a response is let go, and the service hears of it")
    func stalledResponse() throws {
        let client = try TestClient()
        client.socket.stopTaking()
        client.service.onEnd = { [large] in
            $0.startResponse(status: 200)
            $0.finishHead(.stream)
            $0.writeBody(ByteBuffer(string: large))
            $0.flushResponse()
        }
        client.send(get)
        expect(client, endsAfter: HTTPLimits.progressTime)
        #expect(client.isClosed)
        #expect(client.service.events.last == .closed)
    }

    @Test("sending ahead does not spare a client that takes nothing")
    func stalledResponseOfASender() throws {
        let client = try TestClient()
        client.socket.stopTaking()
        client.service.onEnd = { [large] in
            $0.startResponse(status: 200)
            $0.finishHead(.stream)
            $0.writeBody(ByteBuffer(string: large))
        }
        client.send(get)
        client.wait(.seconds(10))
        client.send(String(repeating: get, count: 3000))
        client.wait(.seconds(25))
        #expect(client.isClosed)
    }

    @Test("a client that takes nothing of a whole response is let go")
    func stalledWholeResponse() throws {
        for request in [get, last] {
            let client = try TestClient()
            client.socket.stopTaking()
            client.service.onEnd = { [large] in $0.answer(large) }
            client.send(request)
            client.wait(HTTPLimits.idleTime + slack)
            #expect(client.isClosed)
        }
    }

    @Test("a client that takes a response slowly but steadily gets all of it")
    func slowResponse() throws {
        for request in [get, last] {
            let client = try TestClient()
            client.socket.stopTaking()
            client.service.onEnd = { [large] in $0.answer(large) }
            client.send(request)
            for _ in 0..<100 {
                client.wait(.seconds(15))
                client.socket.take(10_000)
            }
            client.socket.take()
            #expect(client.received().hasSuffix("\r\n\r\n" + large))
            client.wait(HTTPLimits.idleTime + slack)
            #expect(client.isClosed)
        }
    }

    @Test("what the client takes of the kernel's bytes counts, though the channel keeps all of its own")
    func slowResponseInTheKernel() throws {
        let client = try TestClient()
        client.socket.stopTaking()
        client.service.onEnd = { [large] in $0.answer(large) }
        client.kernel.bytes = 1_000_000
        client.send(get)
        for _ in 0..<9 {
            client.wait(.seconds(25))
            client.kernel.bytes -= 100_000
        }
        #expect(!client.isClosed)
        // It stops: from its last step on it has the time of one.
        client.wait(HTTPLimits.progressTime + HTTPLimits.progressTime + HTTPLimits.progressTime)
        #expect(client.isClosed)
    }

    // MARK: Clients that do not close

    @Test("behind the last response the client has two seconds to close")
    func lingering() throws {
        let client = try TestClient()
        client.send(last)
        #expect(client.socket.isOutputClosed)
        client.wait(.milliseconds(1500))
        #expect(!client.isClosed)
        client.wait(.seconds(2))
        #expect(client.isClosed)
    }

    @Test("behind a large last response too")
    func lingeringAfterALargeResponse() throws {
        let client = try TestClient()
        client.socket.stopTaking()
        client.service.onEnd = { [large] in $0.answer(large) }
        client.send(last)
        client.wait(.seconds(5))
        client.socket.take()
        #expect(client.socket.isOutputClosed)
        client.wait(.milliseconds(3500))
        #expect(client.isClosed)
        #expect(client.received().hasSuffix("\r\n\r\n" + large))
    }

    @Test("sending on does not keep a refused client's connection")
    func lingeringSender() throws {
        let client = try TestClient()
        client.send("bad\r\n\r\n")
        for _ in 0..<8 {
            client.wait(.milliseconds(500))
            client.send(get)
        }
        #expect(client.isClosed)
    }

    // MARK: The clock

    @Test("the clock stops with the last connection and starts with the next")
    func clock() throws {
        let first = try TestClient()
        first.reset()
        first.wait(.hours(1))
        #expect(first.loops.count == 0)
        let second = try TestClient(besides: first)
        expect(second, endsAfter: HTTPLimits.idleTime)
    }

    @Test("one connection's end leaves the others their time")
    func others() throws {
        let clients = try (0..<3).reduce(into: [TestClient]()) { clients, _ in
            clients.append(try TestClient(besides: clients.first))
        }
        clients[0].send("G")
        clients[0].wait(.seconds(12))
        #expect(clients.map(\.isAtEnd) == [true, false, false])
        clients[0].wait(.seconds(3))
        #expect(clients.map(\.isClosed) == [true, false, false])
        clients[2].send(get)
        clients[0].wait(.seconds(62))
        #expect(clients.map(\.isClosed) == [true, true, false])
    }
}
