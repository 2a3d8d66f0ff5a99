import NIOCore
import Testing

@testable import HTTPFront

@Suite("CONNECT, where tunnels are taken")
struct ConnectTests {
    private func answer(_ text: String, takesTunnels: Bool = true) throws -> (client: TestClient, status: String) {
        let client = try TestClient(takesTunnels: takesTunnels)
        client.service.onEnd = { stream in
            guard stream.head.isTunnel else { return stream.answer("no tunnel") }
            stream.answer(stream.head.string(stream.head.host))
        }
        client.send(text)
        let received = client.received()
        return (client, String(received.dropFirst(9).prefix(3)))
    }

    @Test(
        "the target is an authority; HTTP/1.0 needs no Host",
        arguments: [
            ("CONNECT a.example:443 HTTP/1.1\r\nHost: b.example\r\n\r\n", "a.example:443"),
            ("CONNECT a.example:443 HTTP/1.0\r\n\r\n", "a.example:443"),
            ("CONNECT [::1]:443 HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", "[::1]:443"),
        ])
    func authority(request: String, host: String) throws {
        let (client, status) = try answer(request)
        #expect(status == "200")
        #expect(client.connection.head.string(client.connection.head.host) == host)
        #expect(client.connection.head.path.isEmpty && client.connection.head.query.isEmpty)
    }

    @Test(
        "all that could be read in two ways is refused",
        arguments: [
            "CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n", "CONNECT http://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
            "CONNECT * HTTP/1.1\r\nHost: a\r\n\r\n", "CONNECT a:443/x HTTP/1.1\r\nHost: a\r\n\r\n",
            "CONNECT u@a:443 HTTP/1.1\r\nHost: a\r\n\r\n", "CONNECT a:443 HTTP/1.1\r\n\r\n",
            "CONNECT a:443 HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
            "CONNECT a:443 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n",
            "CONNECT a:443 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
            "CONNECT a:b HTTP/1.1\r\nHost: a\r\n\r\n", "CONNECT a:443443 HTTP/1.1\r\nHost: a\r\n\r\n",
        ])
    func refused(request: String) throws {
        let (client, status) = try answer(request)
        #expect(status == "400")
        #expect(client.service.events.isEmpty)
        #expect(client.isAtEnd)
    }

    @Test("elsewhere it is no method")
    func elsewhere() throws {
        #expect(try answer("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", takesTunnels: false).status == "405")
    }

    @Test("other requests are none")
    func others() throws {
        let (client, _) = try answer("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n")
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(client.received().hasSuffix("no tunnel"))
    }

    @Test("who answers 200 has the connection, with what came behind the head", arguments: ["", "early"])
    func taken(early: String) throws {
        let client = try TestClient(takesTunnels: true)
        var unread = ""
        client.service.onEnd = { stream in
            stream.startResponse(status: 200)
            guard let taken = stream.takeOver() else {
                Issue.record("nothing was handed over")
                return
            }
            unread = String(buffer: taken.unread)
        }
        client.send("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n" + early)
        #expect(client.received() == "HTTP/1.1 200 OK\r\n\r\n")
        #expect(unread == early)
        #expect(client.loops.count == 0)
    }

    @Test("a tunnel is not opened by another status")
    func otherStatus() throws {
        let client = try TestClient(takesTunnels: true)
        client.service.onEnd = {
            $0.startResponse(status: 101)
            #expect($0.takeOver() == nil)
            $0.finishHead(.none)
            $0.endResponse()
        }
        client.send("CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(client.service.events.contains(.end))
    }
}
