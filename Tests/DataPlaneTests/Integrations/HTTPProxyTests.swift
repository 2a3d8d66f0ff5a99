import GatewayModel
import NIOCore
import Testing

@Suite("Requests are passed on to an origin", .timeLimit(.minutes(10)))
struct HTTPProxyTests {
    @Test(
        "the target is made of URI and request",
        arguments: [
            ("$default", "/", "/a/b?c=d&e", "/a/b?c=d&e"),
            ("$default", "", "/a%20b/", "/a%20b/"),
            ("$default", "/base", "/a", "/base/a"),
            ("$default", "/base/", "/a", "/base/a"),
            ("$default", "/base?x=1", "/a?y=2", "/base/a?x=1&y=2"),
            ("$default", "", "/", "/"),
            // A path that was decoded is encoded again.
            ("ANY /{p+}", "/up/{p}", "/a/b%2Fc?q=1", "/up/a/b/c?q=1"),
            ("ANY /{p+}", "/up/{p}", "/%7Ea/b%252Fc%20%3a;%C3%A9", "/up/~a/b%252Fc%20:;%C3%A9"),
            ("$default", "", "/a%2fb%3Fc=d", "/a/b"),
            ("GET /pets/{id}", "/animals?id={id}", "/pets/a&b=c+d", "/animals?id=a%26b%3Dc%2Bd"),
            ("ANY /{p+}", "/up/{p}", "/", "/up/"),
            ("GET /pets/{id}", "/animals/{id}?id={id}", "/pets/7", "/animals/7?id=7"),
            ("GET /pets", "/animals", "/pets?x", "/animals?x"),
            ("GET /pets", "/animals", "/pets?", "/animals"),
        ])
    func target(key: String, uri: String, target: String, expected: String) async throws {
        #expect(try await TestGateway.seen("GET", target, key: key, uri: uri).start == "GET \(expected) HTTP/1.1")
    }

    @Test(
        "a path with dot segments does not reach an origin that would resolve them",
        arguments: [
            ("ANY /files/{p+}", "/base/{p}", "/files/../secret"), ("ANY /files/{p+}", "/base/{p}", "/files/a/.."),
            ("ANY /files/{p+}", "/base/{p}", "/files/%2e%2e/secret"), ("ANY /files/{p+}", "/base/{p}", "/files/..%2Fx"),
            ("ANY /files/{p+}", "/base/{p}", "/files/./x"), ("$default", "/base", "/../secret"),
            ("GET /{x}/y", "/base/{x}", "/../y"), ("GET /{x}", "/base/.{x}", "/."),
        ])
    func dotSegments(key: String, uri: String, target: String) async throws {
        try await TestOrigin.answering(TestOrigin.ok) { origin in
            let api = TestAPI(routes: [(key, .http(origin.url + uri))])
            try await TestGateway.serving(api) { gateway in
                let answer = try await gateway.call("GET", target)
                #expect(answer.status == 400)
                #expect(answer.text == #"{"message":"Bad Request"}"#)
            }
            #expect(origin.requests.isEmpty)
        }
    }

    @Test(
        "other dots do, and so does a URI that does not take the path over",
        arguments: [
            ("ANY /{p+}", "/base/{p}", "/a..b/.c/...", "/base/a..b/.c/..."),
            ("GET /{x}/y", "/fixed", "/../y", "/fixed"),
            ("ANY /{p+}", "/base/{p}", "/%252e%252e/x", "/base/%252e%252e/x"),
        ])
    func otherDots(key: String, uri: String, target: String, expected: String) async throws {
        #expect(try await TestGateway.seen("GET", target, key: key, uri: uri).start == "GET \(expected) HTTP/1.1")
    }

    @Test("the prefix of a named stage is not passed on", arguments: [("/dev/a", "/up/a"), ("/dev", "/up")])
    func namedStage(target: String, expected: String) async throws {
        #expect(try await TestGateway.seen("GET", target, uri: "/up", stage: "dev").start == "GET \(expected) HTTP/1.1")
    }

    @Test("the method is the client's, unless the integration has one")
    func method() async throws {
        #expect(try await TestGateway.seen("DELETE", "/a").start == "DELETE /a HTTP/1.1")
        #expect(try await TestGateway.seen("PROPFIND", "/a").start == "PROPFIND /a HTTP/1.1")
        #expect(try await TestGateway.seen("GET", "/a", integrationMethod: "POST").start == "POST /a HTTP/1.1")
    }

    @Test("the fields of a request without a body are these")
    func fields() async throws {
        let seen = try await TestGateway.seen("GET", "/", ["X-One: 1", "x-two:  a, b "])
        #expect(
            seen.names
                == [
                    "X-One", "x-two", "Forwarded", "X-Amzn-Trace-Id", "Host", "Via", "Content-Length", "Content-Type",
                ].sorted { Self.order(seen, $0) < Self.order(seen, $1) })
        #expect(seen["host"]?.hasPrefix("127.0.0.1:") == true)
        #expect(seen["via"] == "HTTP/1.1 AmazonAPIGateway")
        #expect(seen["forwarded"] == "by=127.0.0.1;for=127.0.0.1;host=\(TestAPI.id).execute-api.localhost;proto=https")
        #expect(seen["content-length"] == "0")
        #expect(seen["content-type"] == "application/x-www-form-urlencoded")
        #expect(seen["x-one"] == "1")
        #expect(seen["x-two"]?.trimmed == "a, b")
    }

    private static func order(_ message: Message, _ name: String) -> Int { message.names.firstIndex(of: name) ?? .max }

    @Test(
        "what the client says of its way becomes Forwarded",
        arguments: [
            (["X-Forwarded-For: 1.2.3.4, 5.6.7.8"], "for=1.2.3.4, for=5.6.7.8, by="),
            (["X-Forwarded-For: 1.2.3.4", "X-Forwarded-For: 5.6.7.8"], "for=1.2.3.4, for=5.6.7.8, by="),
            (["X-Forwarded-For: 2001:db8::1"], #"for="[2001:db8::1]", by="#),
            (["Forwarded: for=1.2.3.4"], "for=1.2.3.4, by="),
            (["Forwarded: for=1.2.3.4", "Forwarded: for=5.6.7.8"], "for=1.2.3.4, for=5.6.7.8, by="),
            (["X-Forwarded-For: 5.6.7.8", "Forwarded: for=1.2.3.4"], "for=1.2.3.4, for=5.6.7.8, by="),
            (["X-Forwarded-For: 1.2.3.4:80, [2001:db8::1]:80"], #"for="1.2.3.4:80", for="[2001:db8::1]:80", by="#),
            (["X-Forwarded-For: 1.2.3.4;by=me, \"x:y\""], "for=unknown, for=unknown, by="),
            (["X-Forwarded-Host: h", "X-Forwarded-Proto: http", "X-Forwarded-Port: 1"], "by="),
        ])
    func forwarded(fields: [String], prefix: String) async throws {
        let seen = try await TestGateway.seen("GET", "/", fields)
        #expect(seen.all("forwarded").count == 1)
        #expect(seen["forwarded"]?.hasPrefix(prefix) == true, "\(seen["forwarded"] ?? "none")")
        #expect(!seen.names.contains { $0.lowercased().hasPrefix("x-forwarded") })
    }

    @Test(
        "fields of one connection end here, and those that Connection names",
        arguments: [
            ["Connection: keep-alive"], ["Connection: X-Hop, close", "X-Hop: 1"], ["Keep-Alive: timeout=1"],
            ["TE: trailers"],
            ["Upgrade: websocket"], ["Proxy-Connection: keep-alive"], ["Trailer: X"], ["Expect: 100-continue"],
            ["Via: 1.0 x"],
        ])
    func hopByHop(fields: [String]) async throws {
        let seen = try await TestGateway.seen("GET", "/", fields)
        #expect(
            seen.names.map { $0.lowercased() }.sorted() == [
                "content-length", "content-type", "forwarded", "host", "via", "x-amzn-trace-id",
            ])
        #expect(seen.all("via") == ["HTTP/1.1 AmazonAPIGateway"])
    }

    @Test("a body is passed on as it is framed")
    func body() async throws {
        let length = try await TestGateway.seen("POST", "/", ["Content-Type: text/plain"], body: "12345")
        #expect(length.text == "12345")
        #expect(length.all("content-length") == ["5"])
        #expect(length.all("content-type") == ["text/plain"])
        #expect(length["transfer-encoding"] == nil)
    }

    @Test("a chunked body stays one, without its extensions and trailers")
    func chunkedBody() async throws {
        try await TestOrigin.answering(TestOrigin.ok) { origin in
            try await TestGateway.serving(TestAPI(routes: [("$default", .http(origin.url))])) { gateway in
                try await gateway.connect { wire in
                    try await wire.send(TestGateway.request("POST", "/", ["Transfer-Encoding: chunked"]))
                    try await wire.send("5;x=y\r\n12345\r\n1\r\n6\r\n0\r\nX-Trailer: 1\r\n\r\n")
                    #expect(try await wire.message().text == "ok")
                }
            }
            #expect(origin.requests.first?.text == "123456")
            #expect(origin.requests.first?["content-length"] == nil)
        }
    }

    @Test("the head reaches the origin before the body is sent")
    func headFirst() async throws {
        let script: TestOrigin.Script = { wire, _ in
            _ = try await wire.head()
            try await wire.send("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")
        }
        try await TestGateway.proxying(script) { gateway, _ in
            let answer = try await gateway.call("POST", "/", ["Content-Length: 6"])
            #expect(answer.status == 401)
        }
    }

    @Test("the first bytes of a body reach the origin before the last are sent")
    func streamedBody() async throws {
        let script: TestOrigin.Script = { wire, origin in
            // The client sends the rest only when it has the answer's head, which is sent after the first bytes.
            _ = try await wire.head()
            #expect(try await wire.bytes(3) == Array("abc".utf8))
            try await wire.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n")
            try await wire.send(ByteBuffer(bytes: try await wire.bytes(3)))
        }
        try await TestOrigin.serving(script) { origin in
            try await TestGateway.serving(TestAPI(routes: [("$default", .http(origin.url))])) { gateway in
                try await gateway.connect { wire in
                    try await wire.send(TestGateway.request("POST", "/", ["Content-Length: 6"]) + "abc")
                    _ = try await wire.head()
                    try await wire.send("def")
                    #expect(try await wire.bytes(3) == Array("def".utf8))
                }
            }
        }
    }

    @Test("the body is asked for when the client waits to be asked")
    func expectContinue() async throws {
        try await TestOrigin.answering(TestOrigin.ok) { origin in
            try await TestGateway.serving(TestAPI(routes: [("$default", .http(origin.url))])) { gateway in
                try await gateway.connect { wire in
                    try await wire.send(
                        TestGateway.request("POST", "/", ["Expect: 100-continue", "Content-Length: 3"]))
                    #expect(try await wire.head() == "HTTP/1.1 100 Continue\r\n\r\n")
                    try await wire.send("abc")
                    #expect(try await wire.message().text == "ok")
                }
            }
            #expect(origin.requests.first?.text == "abc")
        }
    }

    @Test(
        "a host that the path names is called, when it is one",
        arguments: [
            ("/127.0.0.1", 200), ("/127.0.0.1%0d%0aX:y", 500), ("/a%20b", 500), ("/127.0.0.1@evil", 500),
        ])
    func dynamicHost(target: String, status: Int) async throws {
        try await TestOrigin.answering(TestOrigin.ok) { origin in
            let integration = V2.Integration.http("http://{host}:\(origin.port)/x")
            try await TestGateway.serving(TestAPI(routes: [("GET /{host}", integration)])) { gateway in
                let answer = try await gateway.call("GET", target)
                #expect(answer.status == status)
            }
            #expect(origin.requests.map(\.start) == (status == 200 ? ["GET /x HTTP/1.1"] : []))
            if status == 200 { #expect(origin.requests[0].all("host") == ["127.0.0.1:\(origin.port)"]) }
        }
    }
}

extension String {
    /// Without spaces around it.
    fileprivate var trimmed: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
