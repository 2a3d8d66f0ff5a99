import NIOCore
import TestSockets
import Testing

@testable import HTTPFront

@Suite("Responses of a connection")
struct ResponsesTests {
    private func exchange(
        _ method: String = "GET", version: String = "1.1", _ answer: @escaping (HTTPStream) -> Void
    ) throws -> (received: String, isAtEnd: Bool) {
        let client = try TestClient()
        client.service.onEnd = answer
        client.send("\(method) / HTTP/\(version)\r\nHost: a\r\n\r\n")
        return (client.received(), client.isAtEnd)
    }

    // MARK: Framing

    @Test("a body that is not sent, to HEAD or with 204, is not counted either")
    func uncounted() throws {
        for (method, status) in [("HEAD", 200), ("GET", 204), ("GET", 200)] {
            let client = try TestClient()
            var counted = 0
            client.service.onEnd = { stream in
                stream.startResponse(status: status)
                stream.finishHead(status == 204 ? .none : .length(2))
                stream.writeBody(ByteBuffer(latin1: "ok"))
                counted = stream.responseBodyBytes
                stream.endResponse()
            }
            client.send("\(method) / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(counted == (method == "GET" && status == 200 ? 2 : 0))
        }
    }

    @Test("a HEAD request that is refused amid its body gets no body")
    func refusedHead() throws {
        let client = try TestClient()
        client.send("HEAD / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
        let received = client.received()
        #expect(received.hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
        #expect(received.hasSuffix("\r\n\r\n"))
    }

    @Test("a held body is let go of when the client has taken it, or never will")
    func whenTaken() throws {
        let large = ByteBuffer(latin1: String(repeating: "x", count: 100_000))
        for leaves in [false, true] {
            let client = try TestClient()
            client.socket.stopTaking()
            var taken = 0
            client.service.onEnd = { stream in
                stream.startResponse(status: 200)
                stream.finishHead(.length(large.readableBytes))
                stream.writeBody(large) { taken += 1 }
                stream.endResponse()
            }
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            client.socket.take(99_000)
            #expect(taken == 0)
            if leaves { client.reset() } else { client.socket.take() }
            #expect(taken == 1)
        }
    }

    @Test("buffers that a burst has made large do not stay with an idle connection")
    func largeBuffers() throws {
        let client = try TestClient()
        let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        client.service.onEnd = { $0.answer(String(repeating: "x", count: 10_000)) }
        client.send(
            String(repeating: request, count: 30)
                + "GET / HTTP/1.1\r\nHost: a\r\nx: \(String(repeating: "y", count: 20_000))\r\n\r\n")
        client.send(request)
        #expect(client.connection.out.storageCapacity <= 32_768)
        #expect(client.connection.head.bytes.storageCapacity <= 32_768)
    }

    @Test("a length that is known is said")
    func length() throws {
        let (received, _) = try exchange {
            $0.startResponse(status: 201)
            $0.write("x-a: 1\r\n")
            $0.writeHead { _ = $0.writeString("x-b: 2\r\n") }
            $0.finishHead(.length(3))
            $0.writeBody(ByteBuffer(string: "ab"))
            $0.writeBody(ByteBuffer(string: "c"))
            $0.endResponse()
        }
        #expect(
            received
                == "HTTP/1.1 201 Created\r\nx-a: 1\r\nx-b: 2\r\nContent-Length: 3\r\nConnection: keep-alive\r\n\r\nabc")
    }

    @Test("a length that is not known is sent in chunks")
    func stream() throws {
        let (received, isAtEnd) = try exchange { $0.answer(pieces: ["abc", String(repeating: "x", count: 26)]) }
        #expect(
            received == "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n"
                + "3\r\nabc\r\n1a\r\n\(String(repeating: "x", count: 26))\r\n0\r\n\r\n")
        #expect(!isAtEnd)
    }

    /// A chunk of nothing would be the last one.
    @Test("an empty piece is no chunk")
    func emptyPiece() throws {
        let (received, _) = try exchange { $0.answer(pieces: ["", "a", ""]) }
        #expect(received.hasSuffix("\r\n\r\n1\r\na\r\n0\r\n\r\n"))
    }

    @Test("HTTP/1.0 knows no chunks: the end of the connection is the end of the body")
    func streamToHTTP10() throws {
        for fields in ["", "Connection: keep-alive\r\n"] {
            let client = try TestClient()
            client.service.onEnd = { $0.answer(pieces: ["ab", "c"]) }
            client.send("GET / HTTP/1.0\r\n\(fields)\r\n")
            #expect(client.received() == "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nabc")
            #expect(client.isAtEnd)
        }
    }

    @Test("HEAD is answered with the head alone")
    func head() throws {
        let (received, isAtEnd) = try exchange("HEAD") { $0.answer("abc") }
        #expect(received == HTTPConnection.response("abc", hasBody: false))
        #expect(!isAtEnd)
        let (streamed, _) = try exchange("HEAD") { $0.answer(pieces: ["abc"]) }
        #expect(streamed == "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n")
    }

    @Test("204 and 304 have no length, and no body even if one is written", arguments: [204, 304])
    func noBody(status: Int) throws {
        let client = try TestClient()
        client.service.onEnd = {
            $0.startResponse(status: status)
            $0.finishHead(.none)
            $0.writeBody(ByteBuffer(string: "abc"))
            $0.endResponse()
        }
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        let phrase = status == 204 ? "No Content" : "Not Modified"
        #expect(client.received() == "HTTP/1.1 \(status) \(phrase)\r\nConnection: keep-alive\r\n\r\n")
        #expect(!client.isAtEnd)
    }

    /// Small bodies are copied behind the head and large ones passed on as they are.
    @Test("bodies of every size arrive whole and in order", arguments: [0, 1, 9, 10, 16_383, 16_384, 16_385, 100_000])
    func sizes(size: Int) throws {
        let body = String(repeating: "b", count: size)
        #expect(try exchange { $0.answer(body) }.received == HTTPConnection.response(body))
        let (received, _) = try exchange { $0.answer(pieces: ["a", body, "c"]) }
        let chunk = size == 0 ? "" : "\(String(size, radix: 16))\r\n\(body)\r\n"
        #expect(received.hasSuffix("\r\n\r\n1\r\na\r\n\(chunk)1\r\nc\r\n0\r\n\r\n"))
    }

    @Test(
        "a status is written with its phrase",
        arguments: [
            (200, "200 OK"), (302, "302 Found"), (413, "413 Request Entity Too Large"), (504, "504 Gateway Timeout"),
            (299, "299 Unknown"), (999, "999 Unknown"),
        ])
    func statusLine(status: Int, line: String) throws {
        let (received, _) = try exchange { $0.answer(status: status, "") }
        #expect(received.hasPrefix("HTTP/1.1 \(line)\r\n"))
    }

    // MARK: Later

    @Test("a response may come in its own time, piece by piece")
    func later() throws {
        let client = try TestClient()
        client.service.onEnd = { _ in }
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(client.connection.canRespond)
        client.connection.startResponse(status: 200)
        client.connection.finishHead(.stream)
        #expect(client.connection.hasResponseBegun)
        #expect(!client.connection.canRespond)
        #expect(client.received().isEmpty)
        client.connection.flushResponse()
        #expect(client.received() == "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n")
        client.connection.writeBody(ByteBuffer(string: "a"))
        client.connection.flushResponse()
        #expect(client.received() == "1\r\na\r\n")
        client.connection.endResponse()
        #expect(client.received() == "0\r\n\r\n")
        #expect(!client.connection.isBusy)
    }

    @Test("what logs ask for is known until the response has ended")
    func counts() throws {
        let client = try TestClient()
        var counts: [Int] = []
        client.service.onEnd = {
            $0.startResponse(status: 404)
            $0.finishHead(.length(5))
            $0.writeBody(ByteBuffer(string: "hello"))
            counts = [$0.responseStatus, $0.responseBodyBytes]
            $0.endResponse()
        }
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(counts == [404, 5])
    }

    @Test("a response that is given up looks broken, not short")
    func abort() throws {
        let client = try TestClient()
        client.service.onEnd = {
            $0.startResponse(status: 200)
            $0.finishHead(.stream)
            $0.writeBody(ByteBuffer(string: "a"))
            $0.flushResponse()
        }
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(client.received().hasSuffix("1\r\na\r\n"))
        client.connection.writeBody(ByteBuffer(string: "b"))
        client.connection.abort()
        #expect(client.received() == "1\r\nb\r\n")
        #expect(client.isClosed)
        #expect(client.service.count(.closed) == 0)
    }

    @Test("a response of which nothing has left can be taken back, and no byte of another one goes with it")
    func retract() throws {
        let client = try TestClient()
        client.service.onEnd = {
            guard $0.head.string($0.head.target) == "/broken" else { return $0.answer("ok") }
            $0.startResponse(status: 200)
            $0.finishHead(.stream)
            $0.writeBody(ByteBuffer(string: "a"))
            #expect($0.retract())
            #expect($0.canRespond)
            $0.answer(status: 503, "no")
        }
        client.send(["/", "/broken", "/"].map { "GET \($0) HTTP/1.1\r\nHost: a\r\n\r\n" }.joined())
        let ok = HTTPConnection.response("ok")
        #expect(client.received() == ok + HTTPConnection.response("no", status: "503 Service Unavailable") + ok)
    }

    @Test("a response of which something has left cannot be taken back")
    func noRetract() throws {
        let client = try TestClient()
        client.service.onEnd = {
            #expect(!$0.retract())
            $0.startResponse(status: 200)
            $0.finishHead(.stream)
        }
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(!client.connection.retract())
        #expect(client.connection.hasResponseBegun)
    }

    // MARK: Clients that went away

    @Test("a service is told once that the client went away, and may answer all the same")
    func clientGone() throws {
        let client = try TestClient()
        client.service.onEnd = { _ in }
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        client.reset()
        #expect(client.service.events == [.head("GET /"), .end, .closed])
        #expect(!client.connection.canRespond)
        client.connection.answer("late")
        client.connection.setReading(true)
        client.connection.abort()
        #expect(client.received().isEmpty)
        #expect(client.service.count(.closed) == 1)
        #expect(client.loops.count == 0)
    }

    @Test("a client that goes away amid the response is told of too")
    func goneAmidTheResponse() throws {
        let client = try TestClient()
        client.service.onEnd = {
            $0.startResponse(status: 200)
            $0.finishHead(.stream)
            $0.writeBody(ByteBuffer(string: "a"))
        }
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        client.reset()
        client.connection.writeBody(ByteBuffer(string: "b"))
        client.connection.flushResponse()
        client.connection.endResponse()
        #expect(client.service.events == [.head("GET /"), .end, .closed])
    }

    @Test("a client that goes away between requests is nobody's concern")
    func goneWhileIdle() throws {
        let client = try TestClient()
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        client.reset()
        #expect(client.service.events == [.head("GET /"), .end])
    }
}
