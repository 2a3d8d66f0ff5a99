import GatewayModel
import JSON
import Testing

@testable import DataPlane

@Suite("URIs of HTTP integrations are compiled")
struct HTTPIntegrationTests {
    private static func compile(
        _ uri: String, key: String = "ANY /{a}/{rest+}", variables: [String] = ["a", "rest"],
        stage: OrderedMap<String> = [:], change: (inout V2.Integration) -> Void = { _ in }
    ) throws -> HTTPIntegration {
        var integration = V2.Integration.http(uri)
        change(&integration)
        return try HTTPIntegration(
            integration, routeKey: try #require(RouteKey(key)), variables: variables.map { Array($0.utf8) },
            stageVariables: stage, origins: Origins())
    }

    /// Parts as a text: `<n>` is a path variable.
    private static func text(_ parts: [HTTPIntegration.Part]) -> String {
        parts.map { part in
            switch part {
            case .text(let bytes): String(decoding: bytes, as: UTF8.self)
            case .variable(let index): "<\(index)>"
            }
        }.joined()
    }

    @Test(
        "host, port and TLS",
        arguments: [
            ("http://a.example/", "a.example", 80, false),
            ("https://a.example", "a.example", 443, true),
            ("HTTPS://A.Example:8443/x", "a.example", 8443, true),
            ("http://127.0.0.1:8080?x", "127.0.0.1", 8080, false),
            ("http://[::1]:8080/", "::1", 8080, false),
            ("http://[2001:db8::1]/", "2001:db8::1", 80, false),
            ("http://localhost#fragment", "localhost", 80, false),
        ])
    func origin(uri: String, host: String, port: Int, isTLS: Bool) throws {
        let integration = try Self.compile(uri)
        let key = try #require(integration.origin).key
        #expect(key == Origin.Key(host: host, port: port, tls: isTLS ? TLSProfile(host: host) : nil))
        #expect(integration.isTLS == isTLS)
    }

    @Test(
        "path and query, with the route's variables",
        arguments: [
            ("http://h", "/", ""),
            ("http://h/", "/", ""),
            ("http://h?q=1", "/", "q=1"),
            ("http://h/a/b?c=d&e", "/a/b", "c=d&e"),
            ("http://h/{a}/x/{rest}", "/<0>/x/<1>", ""),
            ("http://h/{rest+}", "/<1>", ""),
            ("http://h/p?x={a}&y={rest}", "/p", "x=<0>&y=<1>"),
            ("http://h/{a}{a}", "/<0><0>", ""),
            ("http://h/{other}", "/%7Bother%7D", ""),
            ("http://h/{a", "/%7Ba", ""),
            ("http://h/a b\"<>é", "/a%20b%22%3C%3E%C3%A9", ""),
            ("http://h/%20%zz", "/%20%zz", ""),
            ("http://h/a?b?c", "/a", "b?c"),
            ("http://h/a?b#c", "/a", "b"),
            ("http://h/a\r\nX: y", "/a%0D%0AX:%20y", ""),
        ])
    func pathAndQuery(uri: String, path: String, query: String) throws {
        let integration = try Self.compile(uri)
        #expect(Self.text(integration.path) == path)
        #expect(Self.text(integration.query) == query)
    }

    @Test(
        "a variable in the host leaves the origin to the request",
        arguments: [
            ("http://{a}.example:8080/", "<0>.example:8080"), ("https://{a}/x", "<0>"), ("http://h:{a}/", "h:<0>"),
        ])
    func dynamicHost(uri: String, authority: String) throws {
        let integration = try Self.compile(uri)
        #expect(integration.origin == nil)
        #expect(Self.text(integration.authority) == authority)
        #expect(!String(decoding: integration.fixedFields, as: UTF8.self).contains("Host"))
    }

    @Test("stage variables stand for themselves anywhere in the URI")
    func stageVariables() throws {
        let stage: OrderedMap<String> = ["host": "h.example", "path": "a/b", "q": "x=1"]
        let uri = "http://${stageVariables.host}:81/${stageVariables.path}?${stageVariables.q}"
        let integration = try Self.compile(uri, stage: stage)
        #expect(integration.origin?.key == Origin.Key(host: "h.example", port: 81, tls: nil))
        #expect(Self.text(integration.path) == "/a/b")
        #expect(Self.text(integration.query) == "x=1")
    }

    @Test(
        "that lead nowhere are refused",
        arguments: [
            "", "h/a", "/a", "ftp://h/", "http:/h", "http://", "http:///a", "http://?q", "http://h:0/",
            "http://h:70000/",
            "http://h:port/", "http://user@h/", "http://u:p@h/", "http://:80/", "arn:aws:x",
            "http://${stageVariables.none}/",
            "http://${stageVariables.none", "http://h\r\nX: y/",
        ])
    func refused(uri: String) {
        #expect(throws: CompileError.self) { try Self.compile(uri) }
    }

    @Test("a host that is none is refused", arguments: ["http://a b/", "http://h\"/", "http://hé/", "http://a,b/"])
    func refusedHost(uri: String) {
        #expect(throws: CompileError.self) { try Self.compile(uri) }
    }

    @Test("every request gets the integration's host, as written, and Via")
    func fixedFields() throws {
        let integration = try Self.compile("http://H.example:8080/a")
        #expect(
            String(decoding: integration.fixedFields, as: UTF8.self)
                == "Host: H.example:8080\r\nVia: HTTP/1.1 AmazonAPIGateway\r\n")
    }

    @Test(
        "only the default route appends the request's path", arguments: [("$default", true), ("ANY /{rest+}", false)])
    func appendsPath(key: String, appends: Bool) throws {
        #expect(try Self.compile("http://h/", key: key, variables: []).appendsPath == appends)
    }

    @Test("the method ANY keeps the client's")
    func method() throws {
        #expect(try Self.compile("http://h/").method == nil)
        #expect(try Self.compile("http://h/") { $0.integrationMethod = nil }.method == nil)
        #expect(try Self.compile("http://h/") { $0.integrationMethod = "POST" }.method == Array("POST".utf8))
    }

    @Test("the time-out is 30 s unless another is set")
    func timeout() throws {
        #expect(try Self.compile("http://h/").timeoutMilliseconds == 30_000)
        #expect(try Self.compile("http://h/") { $0.timeoutInMillis = 50 }.timeoutMilliseconds == 50)
    }

    @Test("two integrations with one origin share it")
    func shared() throws {
        let origins = Origins()
        func compile(_ uri: String) throws -> HTTPIntegration {
            try HTTPIntegration(.http(uri), routeKey: .default, variables: [], stageVariables: [:], origins: origins)
        }
        let kept = try ["http://a/x", "http://A:80/y", "https://a/x", "http://b/"].map { try compile($0) }
        #expect(kept[0].origin === kept[1].origin)
        #expect(Set(kept.compactMap(\.origin?.number)).count == 3)
        #expect(kept[2].origin?.key.tls?.serverName == "a")
        #expect(try compile("https://127.0.0.1/").origin?.key.tls == TLSProfile(host: "127.0.0.1"))
        #expect(TLSProfile(host: "127.0.0.1").serverName == nil)
        #expect(TLSProfile(host: "::1").serverName == nil)
    }
}
