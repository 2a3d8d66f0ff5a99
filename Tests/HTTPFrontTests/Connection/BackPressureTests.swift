import NIOCore
import TestSockets
import Testing

@testable import HTTPFront

@Suite("Back-pressure of a connection")
struct BackPressureTests {
    private let ok = HTTPConnection.response("ok")
    private let get = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n"
    private let post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n"
    private let postChunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    /// More than a channel takes before it is unwritable.
    private let large = String(repeating: "x", count: 100_000)

    // MARK: A service that cannot take the body

    @Test("a paused body stays with the client, and goes on where it stopped")
    func pause() throws {
        for pieces in [
            [post + "ab", "cd", "ef"], [postChunked + "2\r\nab\r\n", "2\r\ncd\r\n", "2\r\nef\r\n0\r\n\r\n"],
        ] {
            let client = try TestClient()
            client.service.onBody = { _, connection in connection.setReading(false) }
            for piece in pieces { client.send(piece) }
            #expect(client.service.body == "ab")
            #expect(!client.isReading)
            client.connection.setReading(true)
            client.deliver()
            #expect(client.service.body == "abcd")
            #expect(!client.isReading)
            client.service.onBody = { _, _ in }
            client.connection.setReading(true)
            client.deliver()
            #expect(client.service.body == "abcdef")
            #expect(client.received() == ok)
        }
    }

    @Test("the end of a body that came with its chunks waits while they do")
    func pauseAmidARead() throws {
        let client = try TestClient()
        client.service.onBody = { _, connection in connection.setReading(false) }
        client.send(postChunked + "2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n" + get)
        #expect(client.service.events == [.head("POST /"), .body("abcd")])
        client.connection.setReading(true)
        #expect(client.service.count(.end) == 2)
        #expect(client.service.heads == ["POST /", "GET /next"])
    }

    @Test("a service may pause before the first byte of a body")
    func pauseAtTheHead() throws {
        let client = try TestClient()
        client.service.onHead = { $0.setReading(false) }
        client.send(post + "ab", "cdef")
        #expect(client.service.events == [.head("POST /")])
        client.connection.setReading(true)
        client.deliver()
        #expect(client.service.body == "abcdef")
    }

    @Test("pausing and resuming twice is the same as once")
    func twice() throws {
        let client = try TestClient()
        client.service.onHead = {
            $0.setReading(false)
            $0.setReading(false)
        }
        client.send(post, "abcdef")
        client.connection.setReading(true)
        client.connection.setReading(true)
        client.deliver()
        #expect(client.service.events == [.head("POST /"), .body("abcdef"), .end])
    }

    @Test("a pause ends with its request", arguments: ["abcdef", "ab"])
    func pauseIsOfARequest(sent: String) throws {
        let client = try TestClient()
        client.service.onBody = { _, connection in connection.setReading(false) }
        client.service.onEnd = { _ in }
        client.send(post + sent)
        client.service.onEnd = { $0.answer("ok") }
        client.connection.answer("ok")
        client.send(String("abcdef".dropFirst(sent.count)) + get)
        #expect(client.received() == ok + ok)
        #expect(client.service.heads == ["POST /", "GET /next"])
    }

    // MARK: A client that sends ahead

    @Test("requests ahead are kept up to a limit; then they stay with the client")
    func pipelinedLimit() throws {
        let client = try TestClient()
        client.service.onEnd = { _ in }
        client.send(get)
        for _ in 0..<200 { client.send(String(repeating: get, count: 30)) }
        #expect(!client.isReading)
        #expect(client.service.heads.count == 1)
        client.service.onEnd = { $0.answer("ok") }
        client.connection.answer("ok")
        client.deliver()
        #expect(client.isReading)
        #expect(client.service.heads.count == 6001)
        #expect(client.received() == String(repeating: ok, count: 6001))
    }

    // MARK: A client that takes nothing

    @Test("a service is told when the client takes no more, and when it takes again")
    func writability() throws {
        let client = try TestClient()
        client.socket.stopTaking()
        client.service.onEnd = {
            $0.startResponse(status: 200)
            $0.finishHead(.stream)
        }
        client.send(get)
        #expect(client.connection.isWritable)
        client.connection.writeBody(ByteBuffer(string: large))
        client.connection.flushResponse()
        #expect(!client.connection.isWritable)
        #expect(client.service.count(.writable(false)) == 1)
        client.socket.take(50_000)
        #expect(client.service.count(.writable(true)) == 0)
        client.socket.take()
        #expect(client.service.count(.writable(true)) == 1)
        #expect(client.connection.isWritable)
    }

    @Test("a service that has no request is not told")
    func writabilityBetweenRequests() throws {
        let client = try TestClient()
        client.socket.stopTaking()
        client.service.onEnd = { [large] in $0.answer(large) }
        client.send(get)
        client.socket.take()
        #expect(client.service.count(.writable(true)) == 0)
        #expect(client.received() == HTTPConnection.response(large))
    }

    @Test("a service whose response is written to its end is not told")
    func writabilityBehindTheEnd() throws {
        let client = try TestClient()
        client.service.onEnd = { _ in }
        client.send(get)
        client.connection.answer(large)
        #expect(client.received() == HTTPConnection.response(large))
        #expect(client.service.count(.writable(true)) == 0)
    }

    @Test("a client that takes no answers gets no more of them, and all of them when it takes again")
    func answersAreBounded() throws {
        let client = try TestClient()
        client.socket.stopTaking()
        for _ in 0..<1000 { client.send(String(repeating: get, count: 50)) }
        #expect(client.socket.pending < 400_000)
        #expect(!client.isReading)
        // What is held back is asked for again and again, as a reader does.
        while client.service.heads.count < 50_000, client.socket.pending > 0 {
            client.socket.take(1_000_000)
            client.deliver()
        }
        client.socket.take()
        #expect(client.service.heads.count == 50_000)
        #expect(client.received() == String(repeating: ok, count: 50_000))
    }

    @Test("answers to what came in one read are bounded too")
    func answersToOneRead() throws {
        let client = try TestClient()
        client.socket.stopTaking()
        client.service.onEnd = { [large] in $0.answer(large) }
        client.send(String(repeating: get, count: 100))
        #expect(client.service.heads.count < 5)
        client.service.onEnd = { $0.answer("ok") }
        client.socket.take()
        #expect(client.service.heads.count == 100)
    }
}
