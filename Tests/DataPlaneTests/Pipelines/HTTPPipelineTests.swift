import DataPlane
import GatewayModel
import JSON
import NIOCore
import Testing

@Suite("Errors on the way of a request", .timeLimit(.minutes(10)))
struct HTTPPipelineTests {
    @Test("an error is compact JSON with the gateway's headers in AWS's order")
    func errorShape() async throws {
        try await TestGateway.serving(TestAPI(routes: [("GET /a", .function())])) { gateway in
            for answer in [try await gateway.call("GET", "/b"), try await gateway.call("POST", "/a", body: "x")] {
                #expect(answer.start == "HTTP/1.1 404 Not Found")
                #expect(
                    answer.names.filter { $0 != "Connection" } == [
                        "Date", "content-type", "Content-Length", "apigw-requestid",
                    ])
                #expect(answer["content-type"] == "application/json")
                #expect(answer.text == TestGateway.notFound)
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

    @Test("a disabled endpoint serves nothing")
    func disabled() async throws {
        var api = TestAPI(routes: [("$default", .function())])
        api.isEndpointDisabled = true
        try await TestGateway.serving(api) { gateway in
            let answer = try await gateway.call("GET", "/")
            #expect(answer.status == 404)
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

    @Test("what is too long is told in a sentence that reads well")
    func reasons() async throws {
        let api = TestAPI(
            routes: [("POST /a", .function())], cors: V2.Cors(origins: ["*"]))
        try await TestGateway.serving(api) { gateway in
            let long = "X: " + String(repeating: "x", count: 10_240)
            let preflight = ["Origin: https://a", "Access-Control-Request-Method: GET", long]
            let answers = [
                try await gateway.call("POST", "/a", [long]),
                try await gateway.call("POST", "/a", ["Content-Length: 10485761"]),
                try await gateway.call("OPTIONS", "/a", preflight),
            ]
            #expect(answers.map(\.status) == [431, 413, 431])
            #expect(
                gateway.summaries.all.map(\.reason) == [
                    "route POST /a received a request line and header values of more than 10240 bytes",
                    "route POST /a received a body of more than 6291456 bytes",
                    "the request line and header values have more than 10240 bytes",
                ])
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
}
