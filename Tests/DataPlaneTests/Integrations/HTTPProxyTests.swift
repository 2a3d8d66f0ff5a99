import DataPlane
import GatewayModel
import JSON
import NIOCore
import Testing

@Suite("Requests are passed on to an origin", .timeLimit(.minutes(1)))
struct HTTPProxyTests {
    private static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    /// Sends one request through a route to an origin and returns what the origin saw.
    private static func seen(
        _ method: String = "GET", _ target: String = "/", _ fields: [String] = [], body: String? = nil,
        key: String = "$default", uri: String = "", stage: String = "$default", integrationMethod: String = "ANY",
        mapping: OrderedMap<String>? = nil, variables: OrderedMap<String> = [:]
    ) async throws -> Message {
        var seen: Message?
        try await TestOrigin.answering(ok) { origin in
            let integration = V2.Integration.http(origin.url + uri, method: integrationMethod, request: mapping)
            let api = TestAPI(stage: stage, routes: [(key, integration)], variables: variables)
            try await TestGateway.serving(api) { gateway in
                let answer = try await gateway.call(method, target, fields, body: body)
                #expect(answer.status == 200)
            }
            seen = origin.requests.last
        }
        return try #require(seen)
    }

    // MARK: The request

    @Test(
        "the target is made of URI and request",
        arguments: [
            ("$default", "/", "/a/b?c=d&e", "/a/b?c=d&e"),
            ("$default", "", "/a%20b/", "/a%20b/"),
            ("$default", "/base", "/a", "/base/a"),
            ("$default", "/base/", "/a", "/base/a"),
            ("$default", "/base?x=1", "/a?y=2", "/base/a?x=1&y=2"),
            ("$default", "", "/", "/"),
            ("ANY /{p+}", "/up/{p}", "/a/b%2Fc?q=1", "/up/a/b%2Fc?q=1"),
            ("ANY /{p+}", "/up/{p}", "/", "/up/"),
            ("GET /pets/{id}", "/animals/{id}?id={id}", "/pets/7", "/animals/7?id=7"),
            ("GET /pets", "/animals", "/pets?x", "/animals?x"),
            ("GET /pets", "/animals", "/pets?", "/animals"),
        ])
    func target(key: String, uri: String, target: String, expected: String) async throws {
        #expect(try await Self.seen("GET", target, key: key, uri: uri).start == "GET \(expected) HTTP/1.1")
    }

    @Test("the prefix of a named stage is not passed on", arguments: [("/dev/a", "/up/a"), ("/dev", "/up")])
    func namedStage(target: String, expected: String) async throws {
        #expect(try await Self.seen("GET", target, uri: "/up", stage: "dev").start == "GET \(expected) HTTP/1.1")
    }

    @Test("the method is the client's, unless the integration has one")
    func method() async throws {
        #expect(try await Self.seen("DELETE", "/a").start == "DELETE /a HTTP/1.1")
        #expect(try await Self.seen("PROPFIND", "/a").start == "PROPFIND /a HTTP/1.1")
        #expect(try await Self.seen("GET", "/a", integrationMethod: "POST").start == "POST /a HTTP/1.1")
    }

    @Test("the fields of a request without a body are these")
    func fields() async throws {
        let seen = try await Self.seen("GET", "/", ["X-One: 1", "x-two:  a, b "])
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
            (["X-Forwarded-Host: h", "X-Forwarded-Proto: http", "X-Forwarded-Port: 1"], "by="),
        ])
    func forwarded(fields: [String], prefix: String) async throws {
        let seen = try await Self.seen("GET", "/", fields)
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
        let seen = try await Self.seen("GET", "/", fields)
        #expect(
            seen.names.map { $0.lowercased() }.sorted() == [
                "content-length", "content-type", "forwarded", "host", "via", "x-amzn-trace-id",
            ])
        #expect(seen.all("via") == ["HTTP/1.1 AmazonAPIGateway"])
    }

    @Test("a body is passed on as it is framed")
    func body() async throws {
        let length = try await Self.seen("POST", "/", ["Content-Type: text/plain"], body: "12345")
        #expect(length.text == "12345")
        #expect(length.all("content-length") == ["5"])
        #expect(length.all("content-type") == ["text/plain"])
        #expect(length["transfer-encoding"] == nil)
    }

    @Test("a chunked body stays one, without its extensions and trailers")
    func chunkedBody() async throws {
        try await TestOrigin.answering(Self.ok) { origin in
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
        try await TestOrigin.answering(Self.ok) { origin in
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
        try await TestOrigin.answering(Self.ok) { origin in
            let integration = V2.Integration.http("http://{host}:\(origin.port)/x")
            try await TestGateway.serving(TestAPI(routes: [("GET /{host}", integration)])) { gateway in
                let answer = try await gateway.call("GET", target)
                #expect(answer.status == status)
            }
            #expect(origin.requests.map(\.start) == (status == 200 ? ["GET /x HTTP/1.1"] : []))
            if status == 200 { #expect(origin.requests[0].all("host") == ["127.0.0.1:\(origin.port)"]) }
        }
    }

    // MARK: Mapped requests

    @Test(
        "headers are appended, overwritten and removed",
        arguments: [
            (["append:header.x-a": "2"], ["1", "2"]),
            (["overwrite:header.X-A": "2"], ["2"]),
            (["remove:header.x-A": "''"], []),
            (["overwrite:header.x-a": "$request.header.x-b"], ["b1,b2"]),
            (
                ["overwrite:header.x-a": "${request.path.id}-${request.querystring.q}-${stageVariables.v}"],
                ["7-1,2-blue"]
            ),
            (["overwrite:header.x-a": "$request.path"], ["/pets/7"]),
            (["overwrite:header.x-a": "$request.body.name"], ["Rex"]),
            (["overwrite:header.x-a": "$context.routeKey"], ["POST /pets/{id}"]),
            (["append:header.x-a": "$request.header.none"], ["1"]),
            (["overwrite:header.x-a": "$request.querystring.crlf"], ["1"]),
        ] as [(OrderedMap<String>, [String])])
    func mappedHeaders(mapping: OrderedMap<String>, values: [String]) async throws {
        let seen = try await Self.seen(
            "POST", "/pets/7?q=1&q=2&crlf=a%0D%0AX:b", ["X-A: 1", "x-b: b1", "X-B: b2"], body: #"{"name":"Rex"}"#,
            key: "POST /pets/{id}", mapping: mapping, variables: ["v": "blue"])
        #expect(seen.all("x-a") == values)
        #expect(seen.text == #"{"name":"Rex"}"#)
        #expect(seen.all("content-length") == ["14"])
        #expect(seen["via"] != nil && seen["forwarded"] != nil && seen["x-amzn-trace-id"] != nil)
    }

    @Test(
        "the query is appended to, overwritten and removed from, and encoded",
        arguments: [
            (["append:querystring.a": "2"], "a=1&b=x%20y&a=2"),
            (["overwrite:querystring.a": "&=+"], "b=x%20y&a=%26%3D%2B"),
            (["remove:querystring.b": "''"], "a=1"),
            (["remove:querystring.A": "''"], "a=1&b=x%20y"),
            (["append:querystring.c d": "$request.header.none"], "a=1&b=x%20y"),
        ] as [(OrderedMap<String>, String)])
    func mappedQuery(mapping: OrderedMap<String>, query: String) async throws {
        let seen = try await Self.seen("GET", "/?a=1&b=x+y", mapping: mapping)
        #expect(seen.start == "GET /?\(query) HTTP/1.1")
    }

    @Test(
        "the path is overwritten, and encoded where it must be",
        arguments: [
            ("/fixed", "/fixed"), ("fixed", "/fixed"), ("/a b?c#d", "/a%20b%3Fc%23d"), ("$request.path", "/a%20b"),
            ("/x/${request.path.p}/y", "/x/a%20b/y"), ("$request.header.none", "/up/a%20b"),
        ])
    func mappedPath(value: String, path: String) async throws {
        let seen = try await Self.seen(
            "GET", "/a%20b", key: "GET /{p}", uri: "/up/{p}", mapping: ["overwrite:path": value])
        #expect(seen.start == "GET \(path) HTTP/1.1")
    }

    @Test("the host can be mapped, and is there once")
    func mappedHost() async throws {
        let seen = try await Self.seen("GET", "/", mapping: ["overwrite:header.host": "other.example"])
        #expect(seen.all("host") == ["other.example"])
        #expect(seen.all("via").count == 1)
    }

    @Test("a content type that is mapped is there once")
    func mappedContentType() async throws {
        let seen = try await Self.seen("GET", "/", mapping: ["overwrite:header.content-type": "text/plain"])
        #expect(seen.all("content-type") == ["text/plain"])
    }

    @Test("a chunked body that is empty is sent, when a mapping reads the body")
    func mappedEmptyBody() async throws {
        try await TestOrigin.answering(Self.ok) { origin in
            let integration = V2.Integration.http(
                origin.url, request: ["append:header.x": "$request.body.a"])
            try await TestGateway.serving(TestAPI(routes: [("$default", integration)])) { gateway in
                let answer = try await gateway.call("POST", "/", ["Transfer-Encoding: chunked", "\r\n0"])
                #expect(answer.status == 200)
            }
            #expect(origin.requests.map(\.text) == [""])
        }
    }
}

extension String {
    /// Without spaces around it.
    fileprivate var trimmed: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
