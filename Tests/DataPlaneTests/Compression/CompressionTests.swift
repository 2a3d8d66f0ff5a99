import GatewayModel
import JSON
import NIOCore
import Testing

@testable import DataPlane

@Suite("An API with a minimum compression size")
struct CompressionTests {
    private func api(_ integration: REST.Integration = .function(), minimum: Int? = 100, key: String = "ANY /a")
        -> TestRESTAPI
    {
        var api = TestRESTAPI(key, integration)
        api.minimumCompressionSize = minimum
        return api
    }

    private func function(_ body: String, _ more: String = "") -> StandInFunction {
        let function = StandInFunction()
        function.answer(#"{"statusCode":200,"body":"\#(body)"\#(more)}"#)
        return function
    }

    private func unpacked(_ message: Message) throws -> String {
        let coding: ContentCoding = try #require(message["content-encoding"]) == "gzip" ? .gzip : .deflate
        let unpacker = Unpacker(
            ByteBuffer(bytes: message.body), coding, limit: .max, memory: MemoryBudget(limit: .max))
        #expect(unpacker.run() == .complete)
        return String(buffer: unpacker.output)
    }

    private static let gzip = ["Accept-Encoding: gzip"]

    // MARK: Answers

    /// Packed on the loop, and beside it.
    @Test("packs a whole answer in the coding that the client asks for", arguments: [200, 20_000, 900_000])
    func whole(count: Int) async throws {
        let body = String(repeating: "text ", count: count / 5)
        try await TestGateway.serving(api(), function: function(body)) { gateway in
            for coding in ["gzip", "deflate"] {
                let answer = try await gateway.call("GET", "/prod/a", ["Accept-Encoding: br, \(coding)"])
                #expect(answer["content-encoding"] == coding && answer["content-length"] == "\(answer.body.count)")
                #expect(answer.body.count < count / 2)
                #expect(try unpacked(answer) == body)
            }
            for fields in [[], ["Accept-Encoding: br"], ["Accept-Encoding: *"], ["Accept-Encoding: identity"]] {
                let answer = try await gateway.call("GET", "/prod/a", fields)
                #expect(answer["content-encoding"] == nil && answer.text == body)
            }
            let head = try await gateway.call("HEAD", "/prod/a", Self.gzip)
            #expect(head["content-encoding"] == nil && head["content-length"] == "\(count)")
        }
    }

    @Test("packs what is long enough, and nothing while the size is not set")
    func minimum() async throws {
        let body = String(repeating: "x", count: 100)
        for (minimum, isPacked) in [(100, true), (101, false), (0, true), (nil, false)] {
            try await TestGateway.serving(api(minimum: minimum), function: function(body)) { gateway in
                let answer = try await gateway.call("GET", "/prod/a", Self.gzip)
                #expect((answer["content-encoding"] != nil) == isPacked)
                let text = isPacked ? try unpacked(answer) : answer.text
                #expect(text == body)
            }
        }
        try await TestGateway.serving(api(minimum: 0), function: function("")) { gateway in
            let answer = try await gateway.call("GET", "/prod/a", Self.gzip)
            #expect(answer["content-encoding"] == nil && answer["content-length"] == "0")
        }
    }

    @Test("does not pack what is packed already")
    func coded() async throws {
        let body = String(repeating: "x", count: 200)
        let function = function(body, #","headers":{"content-Encoding":"br"}"#)
        try await TestGateway.serving(api(), function: function) { gateway in
            let answer = try await gateway.call("GET", "/prod/a", Self.gzip)
            #expect(answer.all("content-encoding") == ["br"] && answer.text == body)
        }
        let head = "HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 200\r\n\r\n"
        try await TestOrigin.answering(head + body) { origin in
            try await TestGateway.serving(api(.proxy(origin.url))) { gateway in
                let answer = try await gateway.call("GET", "/prod/a", Self.gzip)
                #expect(answer.all("content-encoding") == ["br"] && answer.text == body)
            }
        }
    }

    @Test("packs mapped answers and what the gateway says itself")
    func mapped() async throws {
        var response = REST.IntegrationResponse(statusCode: "200")
        response.responseTemplates = ["application/json": String(repeating: "ab", count: 100)]
        var api = api(.mock(answers: ["200": response]), key: "GET /a")
        var missing = REST.GatewayResponse(responseType: "MISSING_AUTHENTICATION_TOKEN", statusCode: "404")
        missing.responseTemplates = ["application/json": String(repeating: "cd", count: 100)]
        api.gatewayResponses = [missing]
        try await TestGateway.serving(api) { gateway in
            let answer = try await gateway.call("GET", "/prod/a", Self.gzip)
            #expect(try unpacked(answer) == String(repeating: "ab", count: 100))
            let refused = try await gateway.call("GET", "/prod/none", Self.gzip)
            #expect(refused.status == 404)
            #expect(try unpacked(refused) == String(repeating: "cd", count: 100))
            #expect(refused["content-length"] == "\(refused.body.count)")
        }
    }

    /// Short ones are collected and have a length; from 256 KB on they are packed as they come.
    @Test("packs what a proxied origin answers, however it is framed", arguments: [50, 5_000, 200_000, 400_000])
    func proxied(count: Int) async throws {
        let body = String(repeating: "0123456789", count: count / 10)
        let chunked =
            [body.prefix(count / 3), body.dropFirst(count / 3)]
            .map { String($0.utf8.count, radix: 16) + "\r\n" + $0 + "\r\n" }.joined() + "0\r\n\r\n"
        for answer in [
            "HTTP/1.1 200 OK\r\nContent-Length: \(count)\r\nX-Own: o\r\n\r\n" + body,
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX-Own: o\r\n\r\n" + chunked,
        ] {
            try await TestOrigin.answering(answer) { origin in
                try await TestGateway.serving(api(.proxy(origin.url))) { gateway in
                    try await gateway.connect { wire in
                        for _ in 0..<2 {
                            try await wire.send(TestGateway.request("GET", "/prod/a", Self.gzip))
                            let answer = try await wire.message()
                            #expect(answer["x-own"] == "o")
                            let text = count < 100 ? answer.text : try unpacked(answer)
                            #expect(text == body)
                            #expect((answer["transfer-encoding"] == "chunked") == (count > 262_144))
                        }
                    }
                    let plain = try await gateway.call("GET", "/prod/a")
                    #expect(plain["content-encoding"] == nil && plain.text == body)
                }
            }
        }
    }

    /// The first piece is packed beside the loop. What comes meanwhile is short enough to be packed on it.
    @Test("reads on after a short piece that came while a long one was packed", .timeLimit(.minutes(10)))
    func shortAfterLong() async throws {
        let (isAnswering, isAnswered) = (Signal(), Signal())
        let long = String(repeating: "x", count: 262_145)
        let script: TestOrigin.Script = { wire, origin in
            try await origin.read(&wire)
            try await wire.send(
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40001\r\n" + long + "\r\n1\r\ny\r\n")
            try await isAnswering.wait()
            try await wire.send("40001\r\n" + long + "\r\n0\r\n\r\n")
            // An origin that goes away is read to its end, whether or not anybody wants to read.
            try await isAnswered.wait()
        }
        try await TestOrigin.serving(script) { origin in
            try await TestGateway.serving(api(.proxy(origin.url))) { gateway in
                try await gateway.connect { wire in
                    try await wire.send(TestGateway.request("GET", "/prod/a", Self.gzip + ["Connection: close"]))
                    #expect(try await wire.head().contains("gzip"))
                    isAnswering.happened()
                    #expect(try await wire.rest().suffix(7) == Array("\r\n0\r\n\r\n".utf8))
                    isAnswered.happened()
                }
            }
        }
    }

    @Test("breaks off an origin's answer that is too long, however short it is when packed")
    func tooLong() async throws {
        let body = String(repeating: "x", count: 10_485_761)
        let answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na00001\r\n" + body + "\r\n0\r\n\r\n"
        try await TestOrigin.answering(answer) { origin in
            try await TestGateway.serving(api(.proxy(origin.url))) { gateway in
                await #expect(throws: Wire.Ended.self) { try await gateway.call("GET", "/prod/a", Self.gzip) }
            }
        }
    }

    @Test("keeps an answer once, and packs it for those who ask for it", arguments: [200, 100_000])
    func cached(count: Int) async throws {
        let body = String(repeating: "text ", count: count / 5)
        try await TestOrigin.answering("HTTP/1.1 200 OK\r\nContent-Length: \(count)\r\n\r\n" + body) { origin in
            for first in [[], Self.gzip] {
                let before = origin.requests.count
                try await TestGateway.serving(api(.proxy(origin.url), key: "GET /a").caching()) { gateway in
                    _ = try await gateway.call("GET", "/prod/a", first)
                    for coding in ["gzip", "deflate", "gzip"] {
                        let answer = try await gateway.call("GET", "/prod/a", ["Accept-Encoding: \(coding)"])
                        #expect(try unpacked(answer) == body)
                        #expect(try await gateway.call("GET", "/prod/a").text == body)
                    }
                }
                #expect(origin.requests.count == before + 1)
            }
        }
    }

    // MARK: Requests

    private func request(
        _ body: ByteBuffer, _ coding: String, isChunked: Bool = false
    ) -> ByteBuffer {
        var bytes = ByteBuffer(
            string: TestGateway.request(
                "POST", "/prod/a",
                [
                    "Content-Type: application/json", "Content-Encoding: \(coding)",
                    isChunked ? "Transfer-Encoding: chunked" : "Content-Length: \(body.readableBytes)",
                ]))
        var body = body
        if isChunked { bytes.writeString(String(body.readableBytes, radix: 16) + "\r\n") }
        bytes.writeBuffer(&body)
        if isChunked { bytes.writeString("\r\n0\r\n\r\n") }
        return bytes
    }

    private func answer(_ gateway: TestGateway, _ request: ByteBuffer) async throws -> Message {
        var message: Message?
        try await gateway.connect { wire in
            try await wire.send(request)
            message = try await wire.message()
        }
        return try #require(message)
    }

    @Test("unpacks a request's body for a function", arguments: [10, 50_000, 1_000_000])
    func unpacking(count: Int) async throws {
        let body = String(repeating: "x", count: count)
        let function = function("ok")
        try await TestGateway.serving(api(), function: function) { gateway in
            for coding in [ContentCoding.gzip, .deflate] {
                let packed = try PackerTests.packed(ByteBuffer(string: body), coding)
                #expect(try await answer(gateway, request(packed, "\(coding)")).text == "ok")
                #expect(try function.events.last?["body"] == .string(body))
            }
            #expect(try await answer(gateway, request(ByteBuffer(string: "plain"), "Identity")).text == "ok")
            #expect(try function.events.last?["body"] == "plain")
        }
    }

    @Test("unpacks a request's body for an origin, who is not told of a coding")
    func unpackingProxy() async throws {
        try await TestOrigin.answering(TestOrigin.ok) { origin in
            try await TestGateway.serving(api(.proxy(origin.url))) { gateway in
                let body = String(repeating: "0123456789", count: 20_000)
                for isChunked in [false, true] {
                    let packed = try PackerTests.packed(ByteBuffer(string: body), .gzip)
                    #expect(try await answer(gateway, request(packed, "gzip", isChunked: isChunked)).text == "ok")
                    let seen = try #require(origin.requests.last)
                    #expect(seen.text == body && seen["content-encoding"] == nil)
                }
            }
        }
    }

    @Test("refuses a coding that it does not know, and a body that is not in the one named")
    func unsupported() async throws {
        let function = function("ok")
        try await TestGateway.serving(api(), function: function) { gateway in
            let packed = try PackerTests.packed(ByteBuffer(string: "body"), .gzip)
            for coding in ["br", "gzip, gzip", "x-gzip", "deflate", ""] {
                let refused = try await answer(gateway, request(packed, coding))
                #expect(refused.status == 415 && refused.text == #"{"message": "Unsupported Media Type"}"#)
            }
            #expect(try function.events.isEmpty)
            // The connection goes on behind it.
            try await gateway.connect { wire in
                for _ in 0..<2 {
                    try await wire.send(request(ByteBuffer(string: "{}"), "gzip"))
                    #expect(try await wire.message().status == 415)
                }
            }
        }
    }

    @Test("refuses a body that becomes too large, and passes one on as it is while no size is set")
    func bombs() async throws {
        let bomb = try PackerTests.packed(ByteBuffer(repeating: 0x61, count: 10_485_761), .gzip)
        let function = function("ok")
        try await TestGateway.serving(api(), function: function) { gateway in
            let refused = try await answer(gateway, request(bomb, "gzip"))
            #expect(refused.status == 413 && refused.text == "HTTP content length exceeded 10485760 bytes.")
            #expect(try function.events.isEmpty)
        }
        try await TestGateway.serving(api(minimum: nil), function: function) { gateway in
            let passed = try await answer(gateway, request(ByteBuffer(string: "as it is"), "br"))
            #expect(passed.text == "ok")
            #expect(try function.events.last?["body"] == "as it is")
        }
    }

    @Test("validates and maps the unpacked body")
    func validated() async throws {
        var api = api(
            .mock(#"{"statusCode": $input.path('$.status')}"#, answers: ["200": .init(statusCode: "200")]))
        var validator = REST.RequestValidator(id: "v", name: "v")
        validator.validateRequestBody = true
        api.validators = [validator]
        api.models = [
            REST.Model(id: "m", name: "m", contentType: "application/json", schema: #"{"required":["status"]}"#)
        ]
        api.methods[0].method.requestValidatorId = "v"
        api.methods[0].method.requestModels = ["application/json": "m"]
        try await TestGateway.serving(api) { gateway in
            for (body, status) in [(#"{"status": 200}"#, 200), ("{}", 400)] {
                let packed = try PackerTests.packed(ByteBuffer(string: body), .deflate)
                #expect(try await answer(gateway, request(packed, "deflate")).status == status)
            }
        }
    }
}
