import TestSockets
import Testing

@testable import HTTPFront

@Suite("Requests of a connection")
struct RequestsTests {
    private func request(_ target: String, _ fields: String = "") -> String {
        "GET \(target) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n"
    }

    private let ok = HTTPConnection.response("ok")

    // MARK: One after the other

    @Test("a connection is kept between requests")
    func keepAlive() throws {
        let client = try TestClient()
        for number in 1...3 {
            client.send(request("/\(number)"))
            #expect(client.received() == ok)
            #expect(client.service.heads.count == number)
        }
        #expect(client.service.events == [.head("GET /1"), .end, .head("GET /2"), .end, .head("GET /3"), .end])
        #expect(!client.isAtEnd)
    }

    @Test("a request is read the same wherever its bytes are cut")
    func pieces() throws {
        let text = "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc" + request("/b")
        for pieces in cuts(of: text) {
            let client = try TestClient()
            for piece in pieces { client.send(piece) }
            #expect(client.service.heads == ["POST /a", "GET /b"], "cut as \(pieces)")
            #expect(client.service.body == "abc")
            #expect(client.received() == ok + ok)
        }
    }

    @Test("requests that come together are answered in their order")
    func pipelined() throws {
        let client = try TestClient()
        client.service.onEnd = { $0.answer($0.head.string($0.head.path)) }
        client.send(request("/1") + request("/2") + request("/3"))
        #expect(client.received() == ["/1", "/2", "/3"].map { HTTPConnection.response($0) }.joined())
    }

    @Test("a request waits until the one before it is answered")
    func oneAtATime() throws {
        let client = try TestClient()
        client.service.onEnd = { _ in }
        client.send(request("/1") + request("/2"))
        #expect(client.service.events == [.head("GET /1"), .end])
        #expect(client.connection.isBusy)
        client.connection.answer("1")
        #expect(client.service.events == [.head("GET /1"), .end, .head("GET /2"), .end])
        client.connection.answer("2")
        #expect(client.received() == HTTPConnection.response("1") + HTTPConnection.response("2"))
        #expect(!client.connection.isBusy)
    }

    @Test("a service may answer before the request's end is told; then the end is not told")
    func answerAtTheHead() throws {
        let client = try TestClient()
        client.service.onHead = { $0.answer("early") }
        client.send(request("/1") + request("/2"))
        #expect(client.service.events == [.head("GET /1"), .head("GET /2")])
        #expect(client.received() == HTTPConnection.response("early") + HTTPConnection.response("early"))
    }

    @Test("thousands of requests in one read are answered without recursion")
    func manyAtOnce() throws {
        let client = try TestClient()
        client.send(String(repeating: request("/"), count: 5000))
        #expect(client.service.heads.count == 5000)
        #expect(client.received() == String(repeating: ok, count: 5000))
    }

    @Test("an empty line behind a body, as old clients send it, is ignored")
    func emptyLineBetween() throws {
        let client = try TestClient()
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx\r\n", request("/b"))
        #expect(client.service.heads == ["POST /", "GET /b"])
        #expect(client.received() == ok + ok)
    }

    // MARK: The last one

    @Test("Connection: close ends the connection behind the response")
    func connectionClose() throws {
        let client = try TestClient()
        client.send(request("/1", "Connection: close\r\n") + request("/2"))
        #expect(client.received() == HTTPConnection.response("ok", keepsAlive: false))
        #expect(client.service.heads == ["GET /1"])
        #expect(client.isAtEnd)
    }

    @Test("HTTP/1.0 is answered once")
    func http10() throws {
        let client = try TestClient()
        client.send("GET / HTTP/1.0\r\n\r\n" + request("/2"))
        #expect(client.received() == HTTPConnection.response("ok", keepsAlive: false))
        #expect(client.service.heads == ["GET /"])
        #expect(client.isAtEnd)
    }

    @Test("HTTP/1.0 may ask to keep the connection")
    func http10KeepAlive() throws {
        let client = try TestClient()
        client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + request("/2"))
        #expect(client.received() == ok + ok)
        #expect(!client.isAtEnd)
    }

    @Test("what comes behind the last request is not read as one, whenever it comes")
    func nothingBehindTheLast() throws {
        let client = try TestClient()
        client.service.onEnd = { _ in }
        client.send(request("/1", "Connection: close\r\n"), request("/2"))
        client.connection.answer("1")
        client.send(request("/3"))
        #expect(client.service.heads == ["GET /1"])
        #expect(client.received() == HTTPConnection.response("1", keepsAlive: false))
    }

    // MARK: Refusals

    private func refusal(_ status: String, _ message: String) -> String {
        let body = #"{"message":"\#(message)"}"#
        return "HTTP/1.1 \(status)\r\ncontent-type: application/json\r\nContent-Length: \(body.utf8.count)\r\n"
            + "Connection: close\r\n\r\n\(body)"
    }

    @Test("a refused head is answered and ends the connection", arguments: RefusedHead.all)
    func refusedHead(head refused: RefusedHead) throws {
        let client = try TestClient()
        client.send(refused.text + request("/hidden"))
        client.send(request("/later"))
        #expect(client.received().hasPrefix("HTTP/1.1 \(refused.refusal.status) "))
        #expect(client.service.events.isEmpty)
        #expect(client.isAtEnd)
    }

    @Test("a refusal is an error as an HTTP API answers it")
    func refusalText() throws {
        for (head, status, message) in [
            ("GET /\r\n\r\n", "400 Bad Request", "Bad Request"),
            ("GET / HTTP/2.0\r\n\r\n", "505 HTTP Version Not Supported", "HTTP Version Not Supported"),
            (request("/", "Expect: tea\r\n"), "417 Expectation Failed", "Expectation Failed"),
            (
                request("/", String(repeating: "X: 1\r\n", count: 256)), "431 Request Header Fields Too Large",
                "Request Header Fields Too Large"
            ),
        ] {
            let client = try TestClient()
            client.send(head)
            #expect(client.received() == refusal(status, message))
        }
    }

    @Test("a refusal has a date")
    func refusalDate() throws {
        let client = try TestClient()
        client.send("\n")
        #expect(client.socket.received.latin1.contains(/\r\nDate: ..., .. ... .... ..:..:.. GMT\r\n/))
    }

    @Test("the requests before a refused one are answered first")
    func refusedSecond() throws {
        let client = try TestClient()
        client.service.onEnd = { _ in }
        client.send(request("/1") + "bad\r\n\r\n" + request("/3"))
        #expect(client.received().isEmpty)
        client.connection.answer("1")
        #expect(client.received() == HTTPConnection.response("1") + refusal("400 Bad Request", "Bad Request"))
        #expect(client.service.events == [.head("GET /1"), .end])
        #expect(client.isAtEnd)
    }
}
