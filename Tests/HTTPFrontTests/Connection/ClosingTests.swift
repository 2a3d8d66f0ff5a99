import NIOCore
import TestSockets
import Testing

@testable import HTTPFront

@Suite("The end of a connection")
struct ClosingTests {
    private let get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    private let last = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    private let large = String(repeating: "x", count: 100_000)

    // MARK: A client that has sent all it will

    @Test("a client that half-closes behind its request is answered, then the connection is closed")
    func halfClose() throws {
        let client = try TestClient()
        client.service.onEnd = { _ in }
        client.send(get)
        client.closeInput()
        #expect(!client.isClosed)
        client.connection.answer("late")
        #expect(client.received().hasSuffix("\r\n\r\nlate"))
        #expect(client.isClosed)
        #expect(client.service.count(.closed) == 0)
    }

    @Test("all requests that came before a half-close are answered")
    func halfCloseBehindMany() throws {
        let client = try TestClient()
        client.service.onEnd = { _ in }
        client.send(get + get + get)
        client.closeInput()
        for number in 1...3 where client.connection.canRespond { client.connection.answer("\(number)") }
        let texts = client.received().matches(of: /\r\n\r\n(\d)/).map(\.output.1)
        #expect(texts == ["1", "2", "3"])
        #expect(client.isClosed)
    }

    @Test(
        "half a request behind a half-close is never whole",
        arguments: [
            "", "GET", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nab",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n",
        ])
    func halfCloseAmidARequest(text: WireText) throws {
        let client = try TestClient()
        client.send(text.text)
        client.closeInput()
        #expect(client.isClosed)
        #expect(client.received().isEmpty)
        #expect(client.service.count(.closed) == client.service.heads.count)
    }

    @Test(
        "a whole body that nobody wanted yet is there after a half-close",
        arguments: [
            ["POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab", "cd"],
            ["POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", "2\r\ncd\r\n0\r\n\r\n"],
        ])
    func halfCloseBehindAHeldBody(pieces: [String]) throws {
        let client = try TestClient()
        client.service.onBody = { [service = client.service] _, connection in
            if service.body == "ab" { connection.setReading(false) }
        }
        client.send(pieces[0], pieces[1])
        #expect(!client.isReading)
        client.closeInputWithAllRead()
        #expect(!client.isClosed)
        client.connection.setReading(true)
        #expect(client.service.body == "abcd")
        #expect(client.received().hasSuffix("\r\n\r\nok"))
        #expect(client.isClosed)
    }

    @Test("half a body that nobody wanted yet is not whole after a half-close")
    func halfCloseAmidAHeldBody() throws {
        let client = try TestClient()
        client.service.onBody = { [service = client.service] _, connection in
            if service.body == "ab" { connection.setReading(false) }
        }
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab", "cd")
        client.closeInputWithAllRead()
        #expect(!client.isClosed)
        client.connection.setReading(true)
        #expect(client.isClosed)
        #expect(client.service.count(.end) == 0)
        #expect(client.service.count(.closed) == 1)
    }

    @Test("half a request behind whole ones does not keep their answers")
    func halfCloseBehindARest() throws {
        let client = try TestClient()
        client.service.onEnd = { _ in }
        client.send(get + "GET")
        client.closeInput()
        client.connection.answer("1")
        #expect(client.received().hasSuffix("\r\n\r\n1"))
        #expect(client.isClosed)
    }

    @Test("a half-closed client gets all of a response, however slowly it takes it")
    func halfCloseAndSlow() throws {
        let client = try TestClient()
        client.socket.stopTaking()
        client.service.onEnd = { _ in }
        client.send(get)
        client.closeInput()
        client.connection.answer(large)
        #expect(!client.isClosed)
        client.socket.take(60_000)
        #expect(!client.isClosed)
        client.socket.take()
        client.deliver()
        #expect(client.received().hasSuffix("\r\n\r\n" + large))
        #expect(client.isClosed)
    }

    @Test("a half-close does not overtake a response that is written but not yet taken")
    func halfCloseBehindTheResponse() throws {
        for request in [get, last] {
            let client = try TestClient()
            client.socket.stopTaking()
            client.service.onEnd = { [large] in $0.answer(large) }
            client.send(request)
            client.closeInput()
            client.socket.take()
            client.deliver()
            #expect(client.received().hasSuffix("\r\n\r\n" + large))
            #expect(client.isClosed)
        }
    }

    // MARK: A server that has said all it will

    @Test("behind the last response the output ends, and what the client still sends is dropped")
    func lingers() throws {
        let client = try TestClient()
        client.send(last)
        #expect(client.socket.isOutputClosed)
        #expect(!client.isClosed)
        for _ in 0..<20 { client.send(large) }
        #expect(client.isReading)
        #expect(client.service.events == [.head("GET /"), .end])
        client.closeInput()
        #expect(client.isClosed)
        #expect(client.loops.count == 0)
    }

    @Test("what waits behind the last request is read and dropped, even if it was held back")
    func readsOnWhileClosing() throws {
        let client = try TestClient()
        client.service.onEnd = { _ in }
        client.send(last, large, large)
        #expect(!client.isReading)
        client.connection.answer("ok")
        client.deliver()
        #expect(client.isReading)
        client.closeInput()
        #expect(client.isClosed)
    }

    @Test("the output ends only when the client has taken the last response")
    func endsBehindTheResponse() throws {
        let client = try TestClient()
        client.socket.stopTaking()
        client.service.onEnd = { [large] in $0.answer(large) }
        client.send(last)
        #expect(!client.isAtEnd)
        client.socket.take(60_000)
        #expect(!client.isAtEnd)
        client.socket.take()
        #expect(client.isAtEnd)
        #expect(client.received().hasSuffix("\r\n\r\n" + large))
    }

    @Test("an error of the channel ends the request under way")
    func channelError() throws {
        let client = try TestClient()
        client.service.onEnd = { _ in }
        client.send(get)
        client.reset()
        #expect(client.service.events.last == .closed)
        #expect(client.loops.count == 0)
    }
}
