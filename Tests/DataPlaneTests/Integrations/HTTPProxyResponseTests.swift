import GatewayModel
import Testing

@Suite("Answers of an origin are passed on", .timeLimit(.minutes(10)))
struct HTTPProxyResponseTests {
    @Test("status, headers and body as they are, with the gateway's request id")
    func asIs() async throws {
        let answer = try await TestGateway.passing(
            "HTTP/1.1 203 Whatever\r\nServer: mine\r\nDate: then\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-Empty:\r\n"
                + "ETag: \"x\"\r\nContent-Length: 3\r\n\r\nabc")
        #expect(answer.start == "HTTP/1.1 203 Non-Authoritative Information")
        #expect(answer.all("server") == ["mine"])
        #expect(answer.all("date") == ["then"])
        #expect(answer.all("set-cookie") == ["a=1", "b=2"])
        #expect(answer["etag"] == "\"x\"")
        #expect(answer.all("content-length") == ["3"])
        #expect(answer["apigw-requestid"]?.utf8.count == 16)
        #expect(answer.text == "abc")
    }

    @Test("a date is added where there is none")
    func date() async throws {
        #expect(try await TestGateway.passing("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").all("date").count == 1)
    }

    @Test(
        "a body of every framing arrives whole",
        arguments: [
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n2\r\nde\r\n0\r\nX: 1\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde",
            "HTTP/1.1 200 OK\r\n\r\nabcde",
            "HTTP/1.0 200 OK\r\n\r\nabcde",
            "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabcde",
        ])
    func framings(bytes: String) async throws {
        let answer = try await TestGateway.passing(bytes)
        #expect(answer.status == 200)
        #expect(answer.text == "abcde")
        #expect(answer["link"] == nil)
    }

    @Test(
        "the origin's fields of one connection end here",
        arguments: [
            "Connection: x-hop, close\r\nX-Hop: 1", "Keep-Alive: timeout=5", "Upgrade: h2c", "Trailer: x",
            "Proxy-Connection: x",
            "apigw-requestid: mine",
        ])
    func hopByHop(fields: String) async throws {
        let answer = try await TestGateway.passing("HTTP/1.1 200 OK\r\n\(fields)\r\nContent-Length: 0\r\n\r\n")
        #expect(
            answer.names.map { $0.lowercased() }.sorted() == [
                "apigw-requestid", "connection", "content-length", "date",
            ])
        #expect(answer["connection"] == "keep-alive")
        #expect(answer["apigw-requestid"] != "mine")
    }

    @Test("the answer to HEAD keeps its length and has no body")
    func head() async throws {
        let answer = try await TestGateway.passing("HTTP/1.1 200 OK\r\nContent-Length: 42\r\n\r\n", method: "HEAD")
        #expect(answer["content-length"] == "42")
    }

    @Test("204 and 304 have no body, and both connections go on", arguments: [204, 304])
    func noContent(status: Int) async throws {
        try await TestOrigin.answering("HTTP/1.1 \(status) X\r\nETag: \"x\"\r\n\r\n") { origin in
            try await TestGateway.serving(TestAPI(routes: [("$default", .http(origin.url))])) { gateway in
                try await gateway.connect { wire in
                    for _ in 0..<3 {
                        try await wire.send(TestGateway.request("GET", "/"))
                        let answer = try await wire.message()
                        #expect(answer.status == status)
                        #expect(answer["content-length"] == nil)
                        #expect(answer["transfer-encoding"] == nil)
                        #expect(answer["etag"] == "\"x\"")
                    }
                }
            }
            #expect(origin.connections == 1)
        }
    }

    @Test("a client of HTTP/1.0 gets no chunks")
    func http10() async throws {
        try await TestOrigin.answering("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n") {
            origin in
            try await TestGateway.serving(TestAPI(routes: [("$default", .http(origin.url))])) { gateway in
                try await gateway.connect { wire in
                    try await wire.send("GET / HTTP/1.0\r\nHost: \(TestAPI.host)\r\nConnection: keep-alive\r\n\r\n")
                    let answer = try await wire.message()
                    #expect(answer["transfer-encoding"] == nil)
                    #expect(answer["connection"] == "close")
                    #expect(answer.text == "abc")
                }
            }
        }
    }

    @Test("CORS headers of the origin are replaced when the API has CORS, and stay otherwise")
    func cors() async throws {
        let bytes =
            "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\naccess-control-max-age: 9\r\n"
            + "Access-Control-Request-Method: GET\r\nVary: accept\r\nContent-Length: 0\r\n\r\n"
        let origin = ["Origin: https://a.example"]
        let replaced = try await TestGateway.passing(bytes, origin, cors: V2.Cors(origins: ["https://a.example"]))
        #expect(
            replaced.fields.filter { $0.name.lowercased().hasPrefix("access-control") }.map(\.value) == [
                "https://a.example"
            ])
        #expect(replaced.all("vary") == ["accept", "origin"])
        let kept = try await TestGateway.passing(bytes, origin)
        #expect(kept.all("access-control-allow-origin") == ["*"])
        #expect(kept.all("access-control-max-age") == ["9"])
    }
}
