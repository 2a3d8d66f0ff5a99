import Testing

@testable import HTTPFront

@Suite("Bodies of requests")
struct BodiesTests {
    private let ok = HTTPConnection.response("ok")
    private let goOn = "HTTP/1.1 100 Continue\r\n\r\n"
    private let next = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n"
    private let tooLarge = HTTPConnection.response("large", status: "413 Request Entity Too Large", keepsAlive: false)

    private func post(length: Int, _ fields: String = "") -> String {
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(length)\r\n\(fields)\r\n"
    }

    private func postChunked(_ fields: String = "") -> String {
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\(fields)\r\n"
    }

    // MARK: Delivery

    @Test("chunks that come together are passed on in one piece")
    func joinedChunks() throws {
        let client = try TestClient()
        let chunks = String(repeating: "1\r\na\r\n", count: 100)
        client.send(postChunked() + chunks, chunks + "0\r\n\r\n" + next)
        let piece = String(repeating: "a", count: 100)
        #expect(
            client.service.events == [
                .head("POST /"), .body(piece), .body(piece), .end, .head("GET /next"), .end,
            ])
        #expect(client.received() == ok + ok)
    }

    @Test("what stood before a malformed chunk is passed on, its end is not")
    func malformedBehindChunk() throws {
        let client = try TestClient()
        client.send(postChunked() + "1\r\na\r\nx\r\n")
        #expect(client.service.events == [.head("POST /"), .body("a"), .closed])
        #expect(client.received().hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
    }

    @Test("a body with a length is passed on as it comes, and no byte more")
    func length() throws {
        let client = try TestClient()
        client.send(post(length: 6) + "ab", "cd", "ef" + next)
        #expect(
            client.service.events == [
                .head("POST /"), .body("ab"), .body("cd"), .body("ef"), .end, .head("GET /next"), .end,
            ])
        #expect(client.received() == ok + ok)
    }

    @Test("a length of nothing is no body")
    func emptyBody() throws {
        let client = try TestClient()
        client.send(post(length: 0) + next)
        #expect(client.service.events == [.head("POST /"), .end, .head("GET /next"), .end])
    }

    @Test("a chunked body is passed on without its framing")
    func chunked() throws {
        let client = try TestClient()
        client.send(postChunked() + "3\r\nabc\r\n", "2;x=y\r\nd", "e\r\n0\r\nT: 1\r\n\r\n" + next)
        #expect(
            client.service.events == [
                .head("POST /"), .body("abc"), .body("d"), .body("e"), .end, .head("GET /next"), .end,
            ])
        #expect(client.received() == ok + ok)
    }

    @Test("a malformed chunk before the answer gets 400 and a closed connection")
    func malformedChunk() throws {
        let client = try TestClient()
        client.send(postChunked() + "3\r\nabc\r\nz\r\n\r\n" + next)
        #expect(client.service.events == [.head("POST /"), .body("abc"), .closed])
        #expect(client.received().hasPrefix("HTTP/1.1 400 Bad Request\r\n"))
        #expect(client.isAtEnd)
    }

    @Test("a malformed chunk behind the answer's start breaks the connection, so that no answer looks whole")
    func malformedChunkWhileAnswering() throws {
        let client = try TestClient()
        client.service.onHead = {
            $0.startResponse(status: 200)
            $0.finishHead(.length(10))
        }
        client.send(postChunked() + "3\r\nabc\r\n", "z\r\n" + next)
        #expect(client.service.events == [.head("POST /"), .body("abc"), .closed])
        #expect(client.isClosed)
    }

    // MARK: 100-continue

    @Test("a client that asks is told to go on, once, before the answer", arguments: [true, false])
    func continues(isChunked: Bool) throws {
        let client = try TestClient()
        let expect = "Expect: 100-continue\r\n"
        client.send(isChunked ? postChunked(expect) : post(length: 3, expect))
        #expect(client.received() == goOn)
        client.send(isChunked ? "3\r\nabc\r\n0\r\n\r\n" : "abc")
        #expect(client.service.body == "abc")
        #expect(client.received() == ok)
    }

    @Test("a client that expects it without a body, or with HTTP/1.0, is not told to go on")
    func needsNoContinue() throws {
        for head in [
            "GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n", post(length: 0, "Expect: 100-continue\r\n"),
            "POST / HTTP/1.0\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n",
        ] {
            let client = try TestClient()
            client.send(head)
            #expect(!client.received().contains("100 Continue"))
        }
    }

    /// Such a client may leave the body out, so what comes next could be either.
    @Test("a client that is answered instead of told to go on gets a closed connection")
    func answerInsteadOfContinue() throws {
        let client = try TestClient()
        client.service.onHead = { $0.answer("no") }
        client.send(post(length: next.utf8.count, "Expect: 100-continue\r\n"), next)
        #expect(client.received() == HTTPConnection.response("no", keepsAlive: false))
        #expect(client.service.events == [.head("POST /")])
        #expect(client.isAtEnd)
    }

    @Test("a client that asks is told to go on when the service wants its body, not before")
    func continuesLater() throws {
        let client = try TestClient()
        client.service.bodyLimit = nil
        client.send(post(length: 3, "Expect: 100-continue\r\n"))
        #expect(client.received().isEmpty)
        #expect(client.connection.takeBody(limit: 3))
        #expect(client.received() == goOn)
        client.send("abc")
        #expect(client.received() == ok)
    }

    @Test("a client that asks but does not wait is not told, and its connection is kept")
    func impatient() throws {
        let client = try TestClient()
        client.service.bodyLimit = nil
        client.send(post(length: 3, "Expect: 100-continue\r\n"), "ab")
        #expect(client.connection.takeBody(limit: 3))
        client.send("c" + next)
        #expect(client.received() == ok + ok)
    }

    @Test("a body that the service never wants is not asked for")
    func unwanted() throws {
        let client = try TestClient()
        client.service.bodyLimit = nil
        client.service.onHead = { $0.answer(status: 403, "no") }
        client.send(post(length: 11_000_000, "Expect: 100-continue\r\n"))
        #expect(client.received() == HTTPConnection.response("no", status: "403 Forbidden", keepsAlive: false))
    }

    // MARK: Too large

    @Test("a body whose beginning was held is too long by what has come already, or by its length")
    func tooLongWhenWanted() throws {
        for request in [postChunked() + "4\r\nabcd\r\n", post(length: 4) + "ab"] {
            let client = try TestClient()
            client.service.bodyLimit = nil
            client.send(request)
            #expect(!client.connection.takeBody(limit: 3))
            client.connection.answer(status: 413, "large")
            #expect(client.received() == tooLarge)
            #expect(client.isAtEnd)
        }
    }

    @Test("a length above the limit is refused by the service, without its body")
    func tooLong() throws {
        let client = try TestClient()
        client.send(post(length: RecordingService.bodyBytes + 1, "Expect: 100-continue\r\n"))
        #expect(client.service.events == [.head("POST /"), .tooLarge])
        #expect(client.received() == tooLarge)
        client.send("abc", next)
        #expect(client.service.events == [.head("POST /"), .tooLarge])
        #expect(client.isAtEnd)
    }

    @Test("a length at the limit is read")
    func longest() throws {
        let client = try TestClient()
        client.service.bodyLimit = 3
        client.send(post(length: 3) + "abc")
        #expect(client.service.events == [.head("POST /"), .body("abc"), .end])
        #expect(client.received() == ok)
    }

    @Test("chunks beyond the limit are refused by the service when they come")
    func tooManyChunks() throws {
        let client = try TestClient()
        client.service.bodyLimit = 3
        client.send(postChunked() + "2\r\nab\r\n", "2\r\ncd\r\n0\r\n\r\n" + next)
        #expect(client.service.events == [.head("POST /"), .body("ab"), .tooLarge])
        #expect(client.received() == tooLarge)
        #expect(client.isAtEnd)
    }

    @Test("chunks up to the limit are read")
    func enoughChunks() throws {
        let client = try TestClient()
        client.service.bodyLimit = 4
        client.send(postChunked() + "2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n" + next)
        #expect(client.service.body == "abcd")
        #expect(client.received() == ok + ok)
    }

    @Test("chunks count for one request only")
    func chunksAreOfARequest() throws {
        let client = try TestClient()
        client.service.bodyLimit = 4
        let request = postChunked() + "3\r\nabc\r\n0\r\n\r\n"
        client.send(request + request)
        #expect(client.received() == ok + ok)
    }

    @Test("a limit counts for one request only")
    func limitIsOfARequest() throws {
        let client = try TestClient()
        client.service.bodyLimit = RecordingService.bodyBytes * 2
        client.send(post(length: 1) + "x")
        client.service.bodyLimit = RecordingService.bodyBytes
        client.send(post(length: RecordingService.bodyBytes + 1))
        #expect(client.received() == ok + tooLarge)
    }

    @Test("a refusal may come later than the body's excess")
    func lateRefusal() throws {
        let client = try TestClient()
        client.service.onTooLarge = { _ in }
        client.send(post(length: RecordingService.bodyBytes + 1), String(repeating: "x", count: 1000))
        #expect(client.received().isEmpty)
        client.connection.answer(status: 413, "large")
        #expect(client.received() == tooLarge)
        #expect(client.service.events == [.head("POST /"), .tooLarge])
        #expect(client.isAtEnd)
    }

    // MARK: Answers before the body's end

    @Test("a short rest of a body is dropped, and the connection kept")
    func dropsTheRest() throws {
        let client = try TestClient()
        client.service.onHead = { if $0.head.method == .post { $0.answer("early") } }
        client.send(post(length: 6) + "ab")
        #expect(client.received() == HTTPConnection.response("early"))
        client.send("cd", "ef" + next)
        #expect(client.service.events == [.head("POST /"), .head("GET /next"), .end])
        #expect(client.received() == ok)
    }

    @Test("the answer may come between two pieces of a body")
    func answerAmidTheBody() throws {
        let client = try TestClient()
        client.service.onBody = { _, connection in if connection.canRespond { connection.answer("early") } }
        client.send(post(length: 6) + "ab", "cdef" + next)
        #expect(client.service.events == [.head("POST /"), .body("ab"), .head("GET /next"), .end])
        #expect(client.received() == HTTPConnection.response("early") + ok)
    }

    @Test("an answer to the last piece leaves no end to tell")
    func answerToTheLastPiece() throws {
        let client = try TestClient()
        client.service.onBody = { _, connection in connection.answer("early") }
        client.send(post(length: 2) + "ab" + next)
        #expect(client.service.events == [.head("POST /"), .body("ab"), .head("GET /next"), .end])
    }

    @Test("a long rest of a body is not waited for")
    func longRest() throws {
        let client = try TestClient()
        client.service.onHead = { $0.answer("early") }
        client.send(post(length: HTTPLimits.drainedBodyBytes + 1) + "ab")
        #expect(client.isAtEnd)
        client.send(String(repeating: "x", count: HTTPLimits.drainedBodyBytes), next)
        #expect(client.service.events == [.head("POST /")])
    }

    @Test("the rest of a chunked body, whose length is not known, is not waited for")
    func chunkedRest() throws {
        let client = try TestClient()
        client.service.onHead = { $0.answer("early") }
        client.send(postChunked() + "1\r\na\r\n", "0\r\n\r\n" + next)
        #expect(client.service.events == [.head("POST /")])
        #expect(client.isAtEnd)
    }

    @Test("an answer that streams while the body comes ends with both")
    func bothWays() throws {
        let client = try TestClient()
        client.service.onHead = {
            $0.startResponse(status: 200)
            $0.finishHead(.stream)
        }
        client.service.onBody = { piece, connection in connection.writeBody(.init(latin1: piece.uppercased())) }
        client.service.onEnd = { $0.endResponse() }
        client.send(post(length: 4) + "ab", "cd")
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n"
        #expect(client.received() == head + "2\r\nAB\r\n2\r\nCD\r\n0\r\n\r\n")
        #expect(!client.connection.isBusy)
    }
}
