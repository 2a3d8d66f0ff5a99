import GatewayModel
import HTTPFront
import JSON
import NIOCore
import Testing

@testable import DataPlane

extension TestRESTAPI {
    /// A stage with a cache, by a setting for all methods or for those named.
    func caching(_ paths: String..., change: (inout REST.MethodSetting) -> Void = { _ in }) -> TestRESTAPI {
        var api = self
        api.cacheClusterSize = "0.5"
        for path in paths.isEmpty ? ["*/*"] : paths {
            var setting = REST.MethodSetting()
            setting.cachingEnabled = true
            change(&setting)
            api.settings[path] = setting
        }
        return api
    }
}

extension REST.Integration {
    func with(_ change: (inout REST.Integration) -> Void) -> REST.Integration {
        var integration = self
        change(&integration)
        return integration
    }
}

@Suite("A method whose answers are cached")
struct ResponseCacheTests {
    /// A gateway whose function answers with its calls' numbers.
    private func gateway(_ api: TestRESTAPI, statusCode: Int = 200) throws -> EmbeddedGateway {
        let gateway = try EmbeddedGateway(api.definition)
        let answers = (1...20).map { number in
            FunctionOutcome.success(
                ByteBuffer(
                    string: #"{"statusCode":\#(statusCode),"headers":{"X-Own":"o"},"body":"call \#(number)"}"#))
        }
        gateway.function.answer(answers)
        return gateway
    }

    private func answer(_ gateway: EmbeddedGateway, _ method: String, _ target: String, _ fields: [String] = [])
        throws -> Message
    {
        let before = gateway.received.count
        gateway.send(TestGateway.request(method, target, fields))
        let halves = gateway.received.dropFirst(before).split(
            separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        var message = try Message(head: String(halves[0]))
        message.body = Array(halves[1].utf8)
        return message
    }

    private func bodies(_ gateway: EmbeddedGateway, _ targets: [String], _ fields: String...) throws -> [String] {
        try targets.map { try answer(gateway, "GET", $0, fields).text }
    }

    @Test("is answered once by its integration, then out of the cache, and looks the same")
    func hit() throws {
        let gateway = try gateway(TestRESTAPI("GET /a", .function()).caching())
        let first = try answer(gateway, "GET", "/prod/a")
        let second = try answer(gateway, "GET", "/prod/a?q=1", ["Accept: */*"])
        #expect(first.text == "call 1" && second.text == "call 1")
        #expect(second.status == 200 && second["x-own"] == "o" && second["content-length"] == "6")
        #expect(second["content-type"] == first["content-type"])
        // All but the trace: nobody was told of one.
        #expect(second.names == first.names.filter { $0 != "X-Amzn-Trace-Id" })
        for own in ["x-amzn-RequestId", "x-amz-apigw-id"] { #expect(first[own] != second[own]) }
        #expect(try gateway.function.events.count == 1)
        #expect((gateway.metrics.cacheHits, gateway.metrics.cacheMisses) == (1, 1))
        #expect(gateway.metrics.count == 2)
    }

    @Test("has an answer of its own for each verb, and by a setting for all methods for GET only")
    func verbs() throws {
        let all = try gateway(TestRESTAPI("ANY /a", .function()).caching())
        for method in ["GET", "GET", "POST", "POST", "HEAD", "HEAD"] { _ = try answer(all, method, "/prod/a") }
        #expect(try all.function.events.count == 5)
        let one = try gateway(TestRESTAPI("ANY /a", .function()).caching("a/POST"))
        for method in ["GET", "GET", "POST", "POST"] { _ = try answer(one, method, "/prod/a") }
        #expect(try one.function.events.count == 3)
        let any = try gateway(TestRESTAPI("ANY /a", .function()).caching("a/ANY"))
        for method in ["GET", "HEAD", "HEAD", "POST", "POST", "GET"] { _ = try answer(any, method, "/prod/a") }
        #expect(try any.function.events.count == 3)
        let head = try answer(any, "HEAD", "/prod/a")
        #expect(head["content-length"] == "6" && head.text.isEmpty)
    }

    @Test("has none while its stage has no cache, the method's setting is off, or answers last no time")
    func off() throws {
        var noCluster = TestRESTAPI("GET /a", .function()).caching()
        noCluster.cacheClusterSize = nil
        let noSetting = TestRESTAPI("GET /a", .function()).caching("b/GET")
        let noTime = TestRESTAPI("GET /a", .function()).caching { $0.cacheTtlInSeconds = 0 }
        let off = TestRESTAPI("GET /a", .function()).caching().caching("a/GET") { $0.cachingEnabled = false }
        for api in [noCluster, noSetting, noTime, off] {
            let gateway = try gateway(api)
            #expect(try bodies(gateway, ["/prod/a", "/prod/a"]) == ["call 1", "call 2"])
            #expect((gateway.metrics.cacheHits, gateway.metrics.cacheMisses) == (0, 0))
        }
    }

    @Test("lasts as long as the method's setting says")
    func timeToLive() throws {
        let api = TestRESTAPI("GET /a", .function()).caching { $0.cacheTtlInSeconds = 7 }
        let gateway = try gateway(api)
        #expect(gateway.stage.rest?.caching.rule(0, .get)?.timeToLive == .seconds(7))
        let before = NIODeadline.now().uptimeNanoseconds
        _ = try answer(gateway, "GET", "/prod/a")
        let rule = try #require(gateway.stage.rest?.caching.rule(0, .get))
        let kept = try #require(rule.cache.answers(on: 0).first)
        #expect(kept.expiresAt >= before + 7_000_000_000)
        #expect(kept.expiresAt <= NIODeadline.now().uptimeNanoseconds + 7_000_000_000)
    }

    @Test("keeps what integrations answer whatever the status, and nothing that the gateway says itself")
    func statuses() throws {
        let busy = try gateway(TestRESTAPI("GET /a", .function()).caching(), statusCode: 429)
        #expect(try answer(busy, "GET", "/prod/a").status == 429)
        #expect(try bodies(busy, ["/prod/a"]) == ["call 1"])
        let broken = try EmbeddedGateway(TestRESTAPI("GET /a", .function()).caching().definition)
        broken.function.answer(
            .success(ByteBuffer(string: "[]")), .success(ByteBuffer(string: #"{"statusCode":200,"body":"good"}"#)))
        #expect(try answer(broken, "GET", "/prod/a").status == 502)
        #expect(try bodies(broken, ["/prod/a", "/prod/a"]) == ["good", "good"])
        #expect(try broken.function.events.count == 2)
    }

    @Test("keeps answers without a body, and mapped ones")
    func forms() throws {
        let empty = try gateway(TestRESTAPI("GET /a", .function()).caching(), statusCode: 204)
        for _ in 0..<2 {
            let answer = try answer(empty, "GET", "/prod/a")
            #expect(answer.status == 204 && answer["content-length"] == nil && answer.text.isEmpty)
        }
        #expect(try empty.function.events.count == 1)
        var response = REST.IntegrationResponse(statusCode: "200")
        response.responseTemplates = ["application/json": "$context.requestId"]
        let mock = try gateway(TestRESTAPI("GET /a", .mock(answers: ["200": response])).caching())
        let first = try answer(mock, "GET", "/prod/a")
        #expect(first.text == first["x-amzn-requestid"])
        #expect(try bodies(mock, ["/prod/a"]) == [first.text])
    }

    @Test("does not keep an answer of more than a megabyte")
    func large() throws {
        let gateway = try EmbeddedGateway(TestRESTAPI("GET /a", .function()).caching().definition)
        gateway.function.answer(
            #"{"statusCode":200,"body":"\#(String(repeating: "x", count: CacheFill.answerBytes))"}"#)
        for _ in 0..<2 { _ = try answer(gateway, "GET", "/prod/a") }
        #expect(try gateway.function.events.count == 2)
        gateway.function.answer(
            #"{"statusCode":200,"body":"\#(String(repeating: "x", count: CacheFill.answerBytes - 500))"}"#)
        for _ in 0..<3 { #expect(try answer(gateway, "GET", "/prod/a").text.count == CacheFill.answerBytes - 500) }
        #expect(try gateway.function.events.count == 3)
    }

    // MARK: Keys

    private static func keyed(_ names: String..., path: String = "/a") -> TestRESTAPI {
        TestRESTAPI("GET \(path)", .function().with { $0.cacheKeyParameters = names }).caching()
    }

    @Test("shares its answer among all requests that its key does not tell apart")
    func shared() throws {
        let gateway = try gateway(TestRESTAPI("GET /a/{id}", .function()).caching())
        #expect(try bodies(gateway, ["/prod/a/1", "/prod/a/2?x=1", "/prod/a/3"]) == ["call 1", "call 1", "call 1"])
    }

    @Test("has an answer for each value of a query parameter in its key")
    func query() throws {
        let gateway = try gateway(Self.keyed("method.request.querystring.q"))
        let targets = ["?q=1", "?q=2", "", "?q=", "?q", "?q=1&q=2", "?q=2&q=1", "?q=1&r=2", "?%71=1", "?Q=1"]
        #expect(
            try bodies(gateway, (targets + targets).map { "/prod/a" + $0 }).map { $0.dropFirst(5) } == [
                "1", "2", "3", "4", "5", "6", "7", "1", "8", "3", "1", "2", "3", "4", "5", "6", "7", "1", "8", "3",
            ])
    }

    @Test("has an answer for each value of a header or of a part of the path in its key")
    func headerAndPath() throws {
        let gateway = try gateway(
            Self.keyed("method.request.header.x-a", "method.request.path.id", path: "/{id}/{other}"))
        #expect(try bodies(gateway, ["/prod/1/x", "/prod/2/x", "/prod/1/y"]) == ["call 1", "call 2", "call 1"])
        #expect(try bodies(gateway, ["/prod/1/x", "/prod/1/y"], "x-a: 1") == ["call 3", "call 3"])
        #expect(try bodies(gateway, ["/prod/1/x"], "x-a: 2") == ["call 4"])
        #expect(try bodies(gateway, ["/prod/1/x"], "x-a: 1", "x-a: 2") == ["call 5"])
        // Values do not run into each other.
        #expect(try bodies(gateway, ["/prod/11/x"]) == ["call 6"])
        #expect(try bodies(gateway, ["/prod/1/x"], "x-a: 11") == ["call 7"])
    }

    @Test("has an answer for each value of a mapped parameter in its key")
    func mapped() throws {
        let api = TestRESTAPI(
            "GET /a",
            .function().with {
                $0.cacheKeyParameters = ["integration.request.header.x-b"]
                $0.requestParameters = ["integration.request.header.x-b": "method.request.querystring.b"]
            }
        ).caching()
        let gateway = try gateway(api)
        #expect(
            try bodies(gateway, ["/prod/a?b=1", "/prod/a?b=2", "/prod/a?b=1&c", "/prod/a"]) == [
                "call 1", "call 2", "call 1", "call 3",
            ])
    }

    @Test("shares entries with a resource of the same namespace only")
    func namespaces() throws {
        func method(_ space: String?) -> REST.Method { .to(.function().with { $0.cacheNamespace = space }) }
        let api = TestRESTAPI(
            ("GET /a", method("s")), ("GET /b", method("s")), ("GET /c", method("t")), ("GET /d", method(nil)))
        let gateway = try gateway(api.caching())
        #expect(
            try bodies(gateway, ["/prod/a", "/prod/b", "/prod/c", "/prod/d", "/prod/d"]) == [
                "call 1", "call 1", "call 2", "call 3", "call 3",
            ])
    }

    // MARK: Cache-Control

    private static let warning = "199 Cache-control headers were ignored because the caller was unauthorized."

    @Test("asks its integration anew for a client that says so, where no authorization is required")
    func invalidation() throws {
        let api = TestRESTAPI("GET /a", .function()).caching { $0.requireAuthorizationForCacheControl = false }
        let gateway = try gateway(api)
        #expect(try bodies(gateway, ["/prod/a", "/prod/a"]) == ["call 1", "call 1"])
        #expect(try bodies(gateway, ["/prod/a"], "Cache-Control: no-store, Max-Age=0") == ["call 2"])
        #expect(try bodies(gateway, ["/prod/a"], "Cache-Control: max-age=01, no-cache") == ["call 2"])
        #expect(gateway.metrics.cacheMisses == 2)
        #expect(try answer(gateway, "GET", "/prod/a")["warning"] == nil)
    }

    @Test(
        "treats such a client as the method's setting says, where authorization is required",
        arguments: [
            ("FAIL_WITH_403", 403, nil), ("SUCCEED_WITH_RESPONSE_HEADER", 200, warning),
            ("SUCCEED_WITHOUT_RESPONSE_HEADER", 200, nil),
        ])
    func unauthorized(strategy: String, status: Int, warning: String?) throws {
        let api = TestRESTAPI("GET /a", .function()).caching { $0.unauthorizedCacheControlHeaderStrategy = strategy }
        let gateway = try gateway(api)
        #expect(try bodies(gateway, ["/prod/a"]) == ["call 1"])
        let answer = try answer(gateway, "GET", "/prod/a", ["Cache-Control: max-age=0"])
        #expect(answer.status == status && answer["warning"] == warning)
        #expect(answer.text == (status == 200 ? "call 1" : #"{"message":"Forbidden"}"#))
        #expect(try bodies(gateway, ["/prod/a"]) == ["call 1"])
    }

    // MARK: The connection

    @Test("is answered out of the cache without waiting for the request's body, and the next one behind it")
    func bodies() async throws {
        try await TestOrigin.answering(TestOrigin.ok) { origin in
            let api = TestRESTAPI("POST /a", .proxy(origin.url)).caching("a/POST")
            try await TestGateway.serving(api) { gateway in
                try await gateway.connect { wire in
                    let request = TestGateway.request("POST", "/prod/a", body: "0123456789")
                    for _ in 0..<2 {
                        try await wire.send(request + request)
                        for _ in 0..<2 { #expect(try await wire.message().text == "ok") }
                    }
                }
            }
            #expect(origin.requests.count == 1)
        }
    }
}

extension REST.Integration {
    static func proxy(_ uri: String) -> REST.Integration {
        REST.Integration(type: "HTTP_PROXY").with { ($0.httpMethod, $0.uri) = ("ANY", uri) }
    }
}
