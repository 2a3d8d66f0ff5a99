import DataPlane
import GatewayModel
import JSON
import NIOCore
import Testing

@Suite("The way of a request", .timeLimit(.minutes(1)))
struct HTTPPipelineTests {
    private static let notFound = #"{"message":"Not Found"}"#

    /// A function that answers with the stage and the route that called it.
    private static func naming(_ name: String) -> StandInFunction {
        let function = StandInFunction()
        function.answer(#"{"statusCode":200,"body":"\#(name)"}"#)
        return function
    }

    // MARK: Stages

    @Test(
        "the first segment of the path names a stage, or the default stage serves",
        arguments: [
            ("/pets", "default /pets"), ("/dev/pets", "dev /pets"), ("/dev", "dev /"), ("/dev/", "dev /"),
            ("/devel/pets", "default *"), ("/Dev/pets", "default *"), ("/%64ev/pets", "default *"), ("/", "default *"),
            ("/pets/dev", "default *"), ("/dev?x=1", "dev /"), ("//dev/pets", "default *"), ("/dev/dev/pets", "dev *"),
        ])
    func stageByPath(target: String, served: String) async throws {
        var functions: [String: StandInFunction] = [:]
        for stage in ["default", "dev"] {
            for route in ["/pets", "/", "*"] { functions["\(stage) \(route)"] = Self.naming("\(stage) \(route)") }
        }
        let fallback = TestAPI(routes: [
            ("GET /pets", .function(name: "default /pets")), ("$default", .function(name: "default *")),
        ])
        let dev = TestAPI(
            stage: "dev",
            routes: [
                ("GET /pets", .function(name: "dev /pets")), ("GET /", .function(name: "dev /")),
                ("$default", .function(name: "dev *")),
            ])
        try await TestGateway.serving(fallback, dev, others: functions) { gateway in
            let answer = try await gateway.call("GET", target)
            #expect(answer.text == served)
        }
    }

    @Test(
        "the host names the API, in any case and any domain",
        arguments: [
            ("a1b2c3d4e5.execute-api.localhost:4566", 200), ("A1B2C3D4E5.Execute-API.us-east-1.amazonaws.com", 200),
            ("a1b2c3d4e5.execute-api.localhost.localstack.cloud", 200), ("zzzzzzzzzz.execute-api.localhost", 404),
            ("a1b2c3d4e5.execute-api", 404), ("a1b2c3d4e5", 404), ("localhost", 404),
            ("x.a1b2c3d4e5.execute-api.localhost", 404),
        ])
    func apiByHost(host: String, status: Int) async throws {
        try await TestGateway.serving(TestAPI(routes: [("$default", .function())])) { gateway in
            gateway.function.answer("1")
            let answer = try await gateway.call("GET", "/", host: host)
            #expect(answer.status == status)
        }
    }

    @Test("the authority of an absolute target wins over the host")
    func absoluteTarget() async throws {
        try await TestGateway.serving(TestAPI(routes: [("GET /a", .function())])) { gateway in
            gateway.function.answer("1")
            let answer = try await gateway.call("GET", "http://\(TestAPI.host)/a", host: "other.example")
            #expect(answer.status == 200)
            #expect(try gateway.function.events.last?["headers"]?["host"] == .string(TestAPI.host))
            #expect(try await gateway.call("GET", "http://other.example/a").status == 404)
        }
    }

    @Test(
        "the path names API and stage where the host does not",
        arguments: [
            ("/_aws/execute-api/a1b2c3d4e5/$default/a", 200), ("/_aws/execute-api/a1b2c3d4e5/%24default/a", 200),
            ("/_aws/execute-api/a1b2c3d4e5/dev/a", 200), ("/_aws/execute-api/a1b2c3d4e5/dev/b", 404),
            ("/_aws/execute-api/a1b2c3d4e5/none/a", 404), ("/_aws/execute-api/a1b2c3d4e5", 404),
            ("/_aws/execute-api/a1b2c3d4e5/", 404), ("/_aws/execute-api/zzz/dev/a", 404), ("/_aws/execute-api/", 404),
            ("/_aws/execute-ap", 404), ("/", 404),
        ])
    func apiByPath(target: String, status: Int) async throws {
        let stages = [
            TestAPI(routes: [("GET /a", .function())]), TestAPI(stage: "dev", routes: [("GET /a", .function())]),
        ]
        try await TestGateway.serving(stages[0], stages[1]) { gateway in
            gateway.function.answer("1")
            let answer = try await gateway.call("GET", target, host: "localhost:4566")
            #expect(answer.status == status)
        }
    }

    @Test("without a default stage only the named ones serve")
    func noDefaultStage() async throws {
        try await TestGateway.serving(TestAPI(stage: "dev", routes: [("$default", .function())])) { gateway in
            gateway.function.answer("1")
            let answer = try await gateway.call("GET", "/dev/x")
            #expect(answer.status == 200)
            #expect(try await gateway.call("GET", "/x").text == Self.notFound)
        }
    }

    @Test("a disabled endpoint serves nothing")
    func disabled() async throws {
        var api = TestAPI(routes: [("$default", .function())])
        api.isEndpointDisabled = true
        try await TestGateway.serving(api) { gateway in
            let answer = try await gateway.call("GET", "/")
            #expect(answer.status == 404)
        }
    }

    // MARK: Errors

    @Test("an error is compact JSON with the gateway's headers in AWS's order")
    func errorShape() async throws {
        try await TestGateway.serving(TestAPI(routes: [("GET /a", .function())])) { gateway in
            for answer in [try await gateway.call("GET", "/b"), try await gateway.call("POST", "/a", body: "x")] {
                #expect(answer.start == "HTTP/1.1 404 Not Found")
                #expect(
                    answer.names.filter { $0 != "connection" } == [
                        "date", "content-type", "content-length", "apigw-requestid",
                    ])
                #expect(answer["content-type"] == "application/json")
                #expect(answer.text == Self.notFound)
            }
        }
    }

    @Test("a route without an integration is an internal server error")
    func noIntegration() async throws {
        try await TestGateway.serving(TestAPI(routes: [("GET /a", nil)])) { gateway in
            let answer = try await gateway.call("GET", "/a")
            #expect(answer.status == 500)
            #expect(answer.text == #"{"message":"Internal Server Error"}"#)
        }
    }

    @Test("request line and header values may have 10,240 bytes together")
    func headLimit() async throws {
        try await TestGateway.serving(TestAPI(routes: [("$default", .function())])) { gateway in
            gateway.function.answer("1")
            let line = "GET / HTTP/1.1\r\n".utf8.count + TestAPI.host.utf8.count
            func call(_ count: Int) async throws -> Message {
                try await gateway.call("GET", "/", ["X: " + String(repeating: "x", count: count - line)])
            }
            #expect(try await call(10_240).status == 200)
            let answer = try await call(10_241)
            #expect(answer.status == 431)
            #expect(answer.text == #"{"message":"Request Header Fields Too Large"}"#)
        }
    }

    @Test("a body beyond 10 MB is refused, by its length or as it comes")
    func bodyLimit() async throws {
        try await TestGateway.serving(TestAPI(routes: [("$default", .function())])) { gateway in
            let declared = try await gateway.call("POST", "/", ["Content-Length: 10485761"])
            #expect(declared.status == 413)
            #expect(declared.text == #"{"message":"Request Entity Too Large"}"#)
            #expect(declared["connection"] == "close")
            try await gateway.connect { wire in
                try await wire.send(TestGateway.request("POST", "/", ["Transfer-Encoding: chunked"]))
                try await wire.send("a00000\r\n")
                try await wire.send(ByteBuffer(repeating: 0x78, count: 0xA00000))
                try await wire.send("\r\n1\r\nx\r\n")
                #expect(try await wire.message().status == 413)
                #expect(try await wire.rest().isEmpty)
            }
            #expect(try gateway.function.events.isEmpty)
        }
    }

    @Test("a body that nobody reads does not become the next request")
    func unreadBody() async throws {
        try await TestGateway.serving(TestAPI(routes: [("GET /a", .function())])) { gateway in
            gateway.function.answer(#""ok""#)
            try await gateway.connect { wire in
                try await wire.send(TestGateway.request("POST", "/none", body: TestGateway.request("GET", "/a")))
                try await wire.send(TestGateway.request("GET", "/a"))
                #expect(try await wire.message().status == 404)
                #expect(try await wire.message().text == "ok")
            }
            #expect(try gateway.function.events.count == 1)
        }
    }

    @Test(
        "an answer that ends the connection says so",
        arguments: [
            ["Transfer-Encoding: chunked"], ["Content-Length: 1000000"],
        ])
    func announcedClose(fields: [String]) async throws {
        try await TestGateway.serving(TestAPI()) { gateway in
            try await gateway.connect { wire in
                try await wire.send(TestGateway.request("POST", "/", fields))
                #expect(try await wire.message()["connection"] == "close")
                #expect(try await wire.rest().isEmpty)
            }
        }
    }

    // MARK: CORS

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

    // MARK: Swaps

    @Test("a connection sees what is published, from its next request on")
    func swap() async throws {
        var api = TestAPI(routes: [("GET /a", .function(name: "one"))])
        try await TestGateway.serving(api, others: ["one": Self.naming("one"), "two": Self.naming("two")]) { gateway in
            try await gateway.connect { wire in
                func call() async throws -> Message {
                    try await wire.send(TestGateway.request("GET", "/a"))
                    return try await wire.message()
                }
                #expect(try await call().text == "one")
                let generation = gateway.plane.generation
                api.routes[0].integration = .function(name: "two")
                try await gateway.publish(api)
                #expect(gateway.plane.generation == generation + 1)
                #expect(try await call().text == "two")
                try await gateway.publish(removing: [api.key])
                #expect(try await call().text == Self.notFound)
                try await gateway.publish(api)
                #expect(try await call().text == "two")
            }
        }
    }

    @Test("a swap changes only the stages that it names")
    func swapOfOne() async throws {
        let one = TestAPI(apiId: "one", routes: [("GET /a", .function())])
        let two = TestAPI(apiId: "two", routes: [("GET /a", .function())])
        try await TestGateway.serving(one, two) { gateway in
            gateway.function.answer("1")
            try await gateway.publish(removing: [one.key])
            #expect(try await gateway.call("GET", "/a", host: "one.execute-api.localhost").status == 404)
            #expect(try await gateway.call("GET", "/a", host: "two.execute-api.localhost").status == 200)
        }
    }

    @Test("what cannot be compiled leaves what is served as it is")
    func failedSwap() async throws {
        var api = TestAPI(routes: [("GET /a", .function())])
        try await TestGateway.serving(api) { gateway in
            gateway.function.answer("1")
            api.routes = [("GET /a", .http("ftp://nowhere/"))]
            await #expect(throws: (any Error).self) { try await gateway.publish(api) }
            let answer = try await gateway.call("GET", "/a")
            #expect(answer.status == 200)
        }
    }

    @Test("a request under way ends as it began, whatever is published meanwhile")
    func swapUnderWay() async throws {
        let api = TestAPI(routes: [("GET /a", .function())], logFormat: "$context.routeKey $context.status")
        try await TestGateway.serving(api) { gateway in
            try await gateway.connect { wire in
                try await wire.send(TestGateway.request("GET", "/a"))
                try await gateway.function.awaitCall()
                try await gateway.publish(removing: [api.key])
                gateway.function.release(#"{"statusCode":200,"body":"late"}"#)
                #expect(try await wire.message().text == "late")
                try await wire.send(TestGateway.request("GET", "/a"))
                #expect(try await wire.message().status == 404)
            }
            #expect(await gateway.entries() == ["GET /a 200"])
        }
    }

    // MARK: Time

    @Test("a function that does not answer in time is unavailable, and its late answer finds nobody")
    func timeout() async throws {
        let api = TestAPI(routes: [("GET /slow", .function(timeout: 50)), ("GET /a", .function())])
        try await TestGateway.serving(api) { gateway in
            try await gateway.connect { wire in
                try await wire.send(TestGateway.request("GET", "/slow"))
                let answer = try await wire.message()
                #expect(answer.start == "HTTP/1.1 503 Service Unavailable")
                #expect(answer.text == #"{"message":"Service Unavailable"}"#)
                // The second request waits when the answer to the first arrives.
                try await wire.send(TestGateway.request("GET", "/a"))
                try await gateway.function.awaitCall()
                try await gateway.function.awaitCall()
                gateway.function.release(#"{"statusCode":200,"body":"first"}"#)
                gateway.function.release(#"{"statusCode":200,"body":"second"}"#)
                #expect(try await wire.message().text == "second")
            }
        }
    }

    @Test("a client that leaves does not take the next one's answer")
    func clientLeaves() async throws {
        try await TestGateway.serving(TestAPI(routes: [("GET /a", .function())])) { gateway in
            try await gateway.connect { wire in
                try await wire.send(TestGateway.request("GET", "/a"))
                try await gateway.function.awaitCall()
            }
            try await gateway.connect { wire in
                try await wire.send(TestGateway.request("GET", "/a"))
                try await gateway.function.awaitCall()
                gateway.function.release(#"{"statusCode":200,"body":"first"}"#)
                gateway.function.release(#"{"statusCode":200,"body":"second"}"#)
                #expect(try await wire.message().text == "second")
            }
        }
    }

    // MARK: Connections

    @Test("answers come in the order of the requests, however these arrive", arguments: [1, 7, 4_096])
    func pipelined(pieces: Int) async throws {
        try await TestGateway.serving(TestAPI(routes: [("POST /{n}", .function())])) { gateway in
            gateway.function.answer("1")
            try await gateway.connect { wire in
                let requests = (0..<20).map { TestGateway.request("POST", "/\($0)", body: "body \($0)") }.joined()
                var bytes = ByteBuffer(string: requests)
                while let piece = bytes.readSlice(length: min(pieces, bytes.readableBytes)), piece.readableBytes > 0 {
                    try await wire.send(piece)
                }
                for _ in 0..<20 { #expect(try await wire.message().status == 200) }
            }
            #expect(try gateway.function.events.map { $0["rawPath"] } == (0..<20).map { .string("/\($0)") })
        }
    }

    @Test("a client that has said all it will is still answered, in full")
    func halfClosed() async throws {
        let body = String(repeating: "x", count: 5_000_000)
        try await TestGateway.serving(TestAPI(routes: [("$default", .function())])) { gateway in
            try await gateway.connect(receiveBuffer: 16_384) { wire in
                try await wire.send(TestGateway.request("GET", "/"))
                try await gateway.function.awaitCall()
                wire.finish()
                gateway.function.release(#"{"statusCode":200,"body":"\#(body)"}"#)
                #expect(try await wire.message().body.count == body.utf8.count)
                #expect(try await wire.rest().isEmpty)
            }
        }
    }

    @Test("pipelined requests before the end of what a client says are answered too")
    func halfClosedPipeline() async throws {
        try await TestGateway.serving(TestAPI(routes: [("$default", .function())])) { gateway in
            try await gateway.connect { wire in
                try await wire.send(TestGateway.request("GET", "/1") + TestGateway.request("GET", "/2"))
                wire.finish()
                try await gateway.function.awaitCall()
                gateway.function.release("1")
                #expect(try await wire.message().text == "1")
                try await gateway.function.awaitCall()
                gateway.function.release("2")
                #expect(try await wire.message().text == "2")
                #expect(try await wire.rest().isEmpty)
            }
        }
    }

    @Test("requests of a client that takes no answers are not read on and on")
    func unreadAnswers() async throws {
        let body = String(repeating: "x", count: 1_000_000)
        try await TestGateway.serving(TestAPI(routes: [("$default", .function())])) { gateway in
            gateway.function.answer(#"{"statusCode":200,"body":"\#(body)"}"#)
            try await gateway.connect(receiveBuffer: 16_384) { wire in
                let count = 100
                try await wire.send(String(repeating: TestGateway.request("GET", "/"), count: count))
                #expect(try await wire.message().body.count == body.utf8.count)
                // The socket's buffers take some answers more; a hundred megabytes they do not.
                #expect(try gateway.function.events.count < 50)
                for _ in 1..<count { #expect(try await wire.message().body.count == body.utf8.count) }
            }
        }
    }

    // MARK: Counting

    @Test("metrics count requests, errors and bytes by stage")
    func metrics() async throws {
        let api = TestAPI(routes: [("POST /a", .function())])
        try await TestGateway.serving(api) { gateway in
            gateway.function.answer(
                .success(ByteBuffer(string: #"{"statusCode":200,"body":"12345"}"#)),
                .functionError(ByteBuffer(string: "{}")))
            _ = try await gateway.call("POST", "/a", body: "123")
            _ = try await gateway.call("POST", "/a", body: "123")
            _ = try await gateway.call("POST", "/none")
            _ = try await gateway.call("POST", "/a", host: "zzz.execute-api.localhost")
            let metrics = try #require(await gateway.plane.metrics().first { $0.key == api.key }).metrics
            #expect(metrics.count == 3)
            #expect(metrics.clientErrors == 1)
            #expect(metrics.serverErrors == 1)
            #expect(
                metrics.dataProcessed == 3 + 5 + 3 + #"{"message":"Internal Server Error"}"#.utf8.count
                    + Self.notFound.utf8.count)
            #expect(metrics.latencyBuckets.reduce(0, +) == 3)
        }
    }

    @Test("whoever watches is told of each call, with the gateway's own reason")
    func summaries() async throws {
        let api = TestAPI(routes: [("GET /a", .function()), ("GET /none", .function(name: "gone"))])
        try await TestGateway.serving(api) { gateway in
            gateway.function.answer("1")
            for target in ["/a?x=1", "/none", "/lost"] { _ = try await gateway.call("GET", target) }
            let all = gateway.summaries.all
            #expect(
                all.map { "\($0.method) \($0.path) \($0.status) \($0.routeKey ?? "-")" } == [
                    "GET /a?x=1 200 GET /a", "GET /none 500 GET /none", "GET /lost 404 -",
                ])
            #expect(all[0].reason == nil)
            #expect(all[1].reason == "route GET /none calls gone, which does not exist")
            #expect(all[2].reason == "no route matches")
        }
    }
}
