import GatewayModel
import JSON
import Testing

@Suite("Requests are mapped", .timeLimit(.minutes(10)))
struct MappedRequestTests {
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
        let seen = try await TestGateway.seen(
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
        let seen = try await TestGateway.seen("GET", "/?a=1&b=x+y", mapping: mapping)
        #expect(seen.start == "GET /?\(query) HTTP/1.1")
    }

    @Test(
        "the path is overwritten, and encoded where it must be",
        arguments: [
            ("/fixed", "/fixed"), ("fixed", "/fixed"), ("/a b?c#d", "/a%20b%3Fc%23d"), ("$request.path", "/a%20b"),
            ("/x/${request.path.p}/y", "/x/a%20b/y"), ("$request.header.none", "/up/a%20b"),
        ])
    func mappedPath(value: String, path: String) async throws {
        let seen = try await TestGateway.seen(
            "GET", "/a%20b", key: "GET /{p}", uri: "/up/{p}", mapping: ["overwrite:path": value])
        #expect(seen.start == "GET \(path) HTTP/1.1")
    }

    @Test(
        "what the request brings into a path is encoded again",
        arguments: [
            ("/m/%252e%252e%252fadmin", "/users/${request.path.id}", "/users/%252e%252e%252fadmin"),
            ("/m/a%20b%25c", "/users/${request.path.id}", "/users/a%20b%25c"),
            ("/m/7?q=a%2Fb%3Fc%2525", "/users/%20${request.querystring.q}", "/users/%20a/b%3Fc%2525"),
        ])
    func encodedPath(target: String, value: String, path: String) async throws {
        let seen = try await TestGateway.seen("GET", target, key: "GET /m/{id}", mapping: ["overwrite:path": value])
        #expect(seen.start.hasPrefix("GET \(path)?") || seen.start == "GET \(path) HTTP/1.1")
    }

    @Test(
        "a path is not made of values with dot segments",
        arguments: [
            ("/m/7?q=../admin", "/users/${request.querystring.q}"), ("/m/..", "/users/${request.path.id}"),
            ("/m/%2e%2e", "$request.path"),
        ])
    func dotSegments(target: String, value: String) async throws {
        try await TestOrigin.answering(TestOrigin.ok) { origin in
            let integration = V2.Integration.http(origin.url, request: ["overwrite:path": value])
            try await TestGateway.serving(TestAPI(routes: [("GET /m/{id}", integration)])) { gateway in
                let answer = try await gateway.call("GET", target)
                #expect(answer.status == 400)
            }
            #expect(origin.requests.isEmpty)
        }
    }

    @Test("the host can be mapped, and is there once")
    func mappedHost() async throws {
        let seen = try await TestGateway.seen("GET", "/", mapping: ["overwrite:header.host": "other.example"])
        #expect(seen.all("host") == ["other.example"])
        #expect(seen.all("via").count == 1)
    }

    @Test("a host that is none is not sent", arguments: ["a%20b", "a/b", "user@a", "", "a:b"])
    func invalidHost(text: String) async throws {
        let seen = try await TestGateway.seen(
            "GET", "/?h=\(text)", mapping: ["overwrite:header.host": "$request.querystring.h"])
        let host = try #require(seen["host"])
        #expect(seen.all("host").count == 1)
        #expect(host.hasPrefix("127.0.0.1:"))
    }

    @Test("a status that is not known yet has no value")
    func statusTooEarly() async throws {
        let seen = try await TestGateway.seen("GET", "/", mapping: ["append:header.x-status": "$context.status"])
        #expect(seen["x-status"] == nil)
    }

    @Test("a client whose path may not be sent uploads nothing")
    func dotSegmentsBeforeTheBody() async throws {
        let api = TestAPI(routes: [("PUT /files/{p+}", .http("http://127.0.0.1:1/{p}"))])
        let gateway = try EmbeddedGateway(api)
        gateway.send(
            TestGateway.request("PUT", "/files/../x", ["Expect: 100-continue", "Content-Length: 5"]))
        #expect(gateway.statuses == ["400 Bad Request"])
    }

    @Test("a content type that is mapped is there once")
    func mappedContentType() async throws {
        let seen = try await TestGateway.seen("GET", "/", mapping: ["overwrite:header.content-type": "text/plain"])
        #expect(seen.all("content-type") == ["text/plain"])
    }

    @Test("a chunked body that is empty is sent, when a mapping reads the body")
    func mappedEmptyBody() async throws {
        try await TestOrigin.answering(TestOrigin.ok) { origin in
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
