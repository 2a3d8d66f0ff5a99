import GatewayModel
import JSON
import Testing

@Suite("CORS on the way of a request", .timeLimit(.minutes(10)))
struct PreflightTests {
    private static let cors = V2.Cors(
        origins: ["https://a.example"], methods: ["POST", "GET"], headers: ["X-Key", "authorization"], expose: ["etag"],
        maxAge: 60)

    private static let preflight = ["Origin: https://a.example", "Access-Control-Request-Method: POST"]

    @Test(
        "a preflight is answered by the gateway, with or without a route",
        arguments: [
            [], ["$default"], ["OPTIONS /a"], ["ANY /{proxy+}"],
        ])
    func preflight(routes: [String]) async throws {
        let api = TestAPI(routes: routes.map { ($0, .function()) }, cors: Self.cors)
        try await TestGateway.serving(api) { gateway in
            let answer = try await gateway.call("OPTIONS", "/a", Self.preflight)
            #expect(answer.start == "HTTP/1.1 204 No Content")
            #expect(
                answer.fields.filter { $0.name.hasPrefix("access-control") }.map { "\($0.name): \($0.value)" } == [
                    "access-control-allow-origin: https://a.example", "access-control-allow-methods: GET,POST",
                    "access-control-allow-headers: authorization,x-key", "access-control-max-age: 60",
                ])
            #expect(answer["apigw-requestid"]?.utf8.count == 16)
            #expect(answer["content-type"] == nil)
            #expect(answer["content-length"] == nil)
            #expect(try gateway.function.events.isEmpty)
        }
    }

    @Test("a preflight of an origin that is not allowed gets no permission")
    func preflightOfOthers() async throws {
        try await TestGateway.serving(TestAPI(cors: Self.cors)) { gateway in
            let fields = ["Origin: https://b.example", "Access-Control-Request-Method: POST"]
            let answer = try await gateway.call("OPTIONS", "/a", fields)
            #expect(answer.status == 204)
            #expect(!answer.names.contains { $0.hasPrefix("access-control") })
        }
    }

    @Test("OPTIONS without both headers is an ordinary request", arguments: [[], [0], [1]])
    func notPreflight(present: [Int]) async throws {
        let fields = present.map { Self.preflight[$0] }
        try await TestGateway.serving(TestAPI(routes: [("OPTIONS /a", .function())], cors: Self.cors)) { gateway in
            gateway.function.answer(#""mine""#)
            let answer = try await gateway.call("OPTIONS", "/a", fields)
            #expect(answer.text == "mine")
            #expect(try await gateway.call("OPTIONS", "/b", fields).status == 404)
        }
    }

    @Test("without CORS a preflight is an ordinary request")
    func noCORS() async throws {
        try await TestGateway.serving(TestAPI(routes: [("OPTIONS /a", .function())])) { gateway in
            gateway.function.answer(#""mine""#)
            let answer = try await gateway.call("OPTIONS", "/a", Self.preflight)
            #expect(answer.text == "mine")
            #expect(try await gateway.call("OPTIONS", "/b", Self.preflight).status == 404)
        }
    }

    @Test("an ordinary answer has the lines only for a request with an origin, errors too")
    func ordinary() async throws {
        try await TestGateway.serving(TestAPI(routes: [("GET /a", .function())], cors: Self.cors)) { gateway in
            gateway.function.answer("1")
            for target in ["/a", "/none"] {
                let answer = try await gateway.call("GET", target, ["Origin: https://a.example"])
                #expect(answer["access-control-allow-origin"] == "https://a.example")
                #expect(answer["access-control-expose-headers"] == "etag")
                #expect(answer["vary"] == "origin")
                let plain = try await gateway.call("GET", target)
                #expect(!plain.names.contains { $0.hasPrefix("access-control") })
            }
        }
    }
}
