import GatewayModel
import JSON
import NIOCore
import Testing

@testable import DataPlane

@Suite("What a function returned is answered", .timeLimit(.minutes(10)))
struct FunctionResponseTests {
    private static func answer(
        to payload: String, version: String = "2.0", method: String = "GET", cors: V2.Cors? = nil,
        _ fields: [String] = []
    ) async throws -> Message {
        var answer: Message?
        let api = TestAPI(routes: [("$default", .function(version))], cors: cors)
        try await TestGateway.serving(api) { gateway in
            gateway.function.answer(payload)
            answer = try await gateway.call(method, "/", fields)
        }
        return try #require(answer)
    }

    @Test(
        "2.0: without a status the whole result is the body",
        arguments: [
            (#"{ "a" : 1 }"#, #"{ "a" : 1 }"#), ("[1, 2]", "[1, 2]"), ("42", "42"), ("true", "true"), ("null", "null"),
            (#""Hello""#, "Hello"), (#""a\u00e9\n""#, "aé\n"), (#"{"broken": "#, #"{"broken": "#), ("", ""),
        ])
    func inferred(payload: String, body: String) async throws {
        let answer = try await Self.answer(to: payload)
        #expect(answer.start == "HTTP/1.1 200 OK")
        #expect(answer["content-type"] == "application/json")
        #expect(answer["content-length"] == "\(body.utf8.count)")
        #expect(answer.text == body)
    }

    @Test(
        "1.0: without a status it is an internal server error",
        arguments: [
            "{}", #"{"a":1}"#, "[1]", "42", #""Hello""#, "null", "broken", "", #"{"statusCode":0}"#,
        ])
    func notAnAnswer(payload: String) async throws {
        let answer = try await Self.answer(to: payload, version: "1.0")
        #expect(answer.start == "HTTP/1.1 500 Internal Server Error")
        #expect(answer.text == TestGateway.serverError)
    }

    @Test("a status, headers and a body are answered as they are", arguments: ["1.0", "2.0"])
    func mapped(version: String) async throws {
        let answer = try await Self.answer(
            to: #"{"statusCode":418,"headers":{"Content-Type":"text/html","X-One":"1, 2"},"body":"<p>"}"#,
            version: version)
        #expect(answer.start == "HTTP/1.1 418 I'm a teapot")
        #expect(answer.all("content-type") == ["text/html"])
        #expect(answer["X-One"] == "1, 2")
        #expect(answer["content-length"] == "3")
        #expect(answer.text == "<p>")
    }

    @Test("a status without a phrase of its own", arguments: [(200, "OK"), (299, "Unknown"), (599, "Unknown")])
    func phrase(status: Int, phrase: String) async throws {
        #expect(try await Self.answer(to: #"{"statusCode":\#(status)}"#).start == "HTTP/1.1 \(status) \(phrase)")
    }

    @Test("without a content type it is plain text", arguments: ["1.0", "2.0"])
    func plainText(version: String) async throws {
        let answer = try await Self.answer(to: #"{"statusCode":200,"body":"x"}"#, version: version)
        #expect(answer["content-type"] == "text/plain; charset=utf-8")
    }

    @Test("a base64 body is decoded, whatever its bytes")
    func base64() async throws {
        let answer = try await Self.answer(to: #"{"statusCode":200,"isBase64Encoded":true,"body":"AP8NCg=="}"#)
        #expect(answer.body == [0x00, 0xFF, 0x0D, 0x0A])
        #expect(answer["content-length"] == "4")
    }

    @Test("cookies are lines of their own")
    func cookies() async throws {
        let answer = try await Self.answer(to: #"{"statusCode":200,"cookies":["a=1; Path=/","b=2"]}"#)
        #expect(answer.all("set-cookie") == ["a=1; Path=/", "b=2"])
    }

    @Test("1.0: a name in both maps is on lines of its own, the single value first")
    func multiValueHeaders() async throws {
        let payload = #"{"statusCode":200,"multiValueHeaders":{"X-A":["2","3"],"X-B":["4"]},"headers":{"X-A":"1"}}"#
        let answer = try await Self.answer(to: payload, version: "1.0")
        #expect(answer.all("x-a") == ["1", "2", "3"])
        #expect(answer.all("x-b") == ["4"])
    }

    @Test("2.0: lists of values are not known, so neither their cookies nor their content type are sent")
    func multiValueHeaders2() async throws {
        let payload =
            #"{"statusCode":200,"multiValueHeaders":{"Set-Cookie":["a=1"],"content-type":["x/y"],"location":["/x"]}}"#
        let answer = try await Self.answer(to: payload)
        #expect(answer.status == 200)
        #expect(answer["set-cookie"] == nil)
        #expect(answer["location"] == nil)
        #expect(answer["content-type"] == "text/plain; charset=utf-8")
    }

    @Test("1.0: there is no list of cookies, and of two names that differ in case the first is sent")
    func cookies1() async throws {
        let payload = #"{"statusCode":200,"cookies":["c=1"],"headers":{"Set-Cookie":"a=1","set-cookie":"b=2"}}"#
        #expect(try await Self.answer(to: payload, version: "1.0").all("set-cookie") == ["a=1"])
    }

    @Test(
        "what cannot be an answer is an internal server error",
        arguments: [
            #"{"statusCode":0}"#, #"{"statusCode":200.5}"#, #"{"statusCode":200,"body":{}}"#,
            #"{"statusCode":200,"headers":{"set-cookie":["a=1","b=2"]}}"#,
            #"{"statusCode":200,"headers":{"A":"x\r\nSet-Cookie: b"}}"#, #"{"statusCode":200,"cookies":["a\r\nB: c"]}"#,
            #"{"statusCode":100,"body":"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"}"#, #"{"statusCode":101}"#,
        ])
    func malformed(payload: String) async throws {
        let answer = try await Self.answer(to: payload)
        #expect(answer.start == "HTTP/1.1 500 Internal Server Error")
        #expect(answer.text == TestGateway.serverError)
        #expect(answer["content-type"] == "application/json")
        #expect(answer["content-length"] == "35")
        #expect(answer["set-cookie"] == nil)
    }

    @Test(
        "framing is the gateway's: a function cannot change it",
        arguments: [
            "Content-Length", "content-length", "Transfer-Encoding", "Connection", "Keep-Alive", "Upgrade", "Trailer",
            "TE",
            "apigw-requestid",
        ])
    func framing(name: String) async throws {
        let answer = try await Self.answer(to: #"{"statusCode":200,"headers":{"\#(name)":"chunked"},"body":"abc"}"#)
        #expect(!answer.all(name).contains("chunked"))
        #expect(answer.all("content-length") == ["3"])
        #expect(answer.text == "abc")
    }

    @Test("every answer has these headers once, and no other of the gateway's")
    func everyAnswer() async throws {
        let answers = [
            try await Self.answer(to: #"{"statusCode":200}"#), try await Self.answer(to: "42"),
            try await Self.answer(to: #"{"statusCode":0}"#),
        ]
        for answer in answers {
            #expect(
                answer.names.map { $0.lowercased() }.sorted() == [
                    "apigw-requestid", "connection", "content-length", "content-type", "date",
                ])
            #expect(answer["date"]?.wholeMatch(of: /[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT/) != nil)
            #expect(answer["connection"] == "keep-alive")
        }
    }

    @Test("a function's own date takes the place of the gateway's")
    func date() async throws {
        let answer = try await Self.answer(to: #"{"statusCode":200,"headers":{"Date":"then"}}"#)
        #expect(answer.all("date") == ["then"])
    }

    @Test("the answer to HEAD has the length and no body, and the connection goes on")
    func head() async throws {
        try await TestGateway.serving(TestAPI(routes: [("$default", .function())])) { gateway in
            gateway.function.answer(#"{"statusCode":200,"body":"abc"}"#)
            try await gateway.connect { wire in
                try await wire.send(TestGateway.request("HEAD", "/") + TestGateway.request("GET", "/"))
                let head = try await wire.message(hasBody: false)
                #expect(head["content-length"] == "3")
                #expect(try await wire.message().text == "abc")
            }
        }
    }

    @Test("204 and 304 have neither body nor length, and the connection goes on", arguments: [204, 304])
    func noContent(status: Int) async throws {
        try await TestGateway.serving(TestAPI(routes: [("$default", .function())])) { gateway in
            gateway.function.answer(#"{"statusCode":\#(status),"body":"must not be sent"}"#)
            try await gateway.connect { wire in
                try await wire.send(TestGateway.request("GET", "/") + TestGateway.request("GET", "/"))
                for _ in 0..<2 {
                    let answer = try await wire.message()
                    #expect(answer.status == status)
                    #expect(answer["content-length"] == nil)
                    #expect(answer["transfer-encoding"] == nil)
                }
            }
        }
    }

    @Test("CORS headers of the function are replaced when the API has CORS, and stay otherwise")
    func cors() async throws {
        let payload = #"{"statusCode":200,"headers":{"Access-Control-Allow-Origin":"*","access-control-max-age":"9"}}"#
        let replaced = try await Self.answer(
            to: payload, cors: V2.Cors(origins: ["https://a.example"]), ["Origin: https://a.example"])
        #expect(replaced.all("access-control-allow-origin") == ["https://a.example"])
        #expect(replaced["access-control-max-age"] == nil)
        let dropped = try await Self.answer(to: payload, cors: V2.Cors(origins: ["https://a.example"]))
        #expect(dropped["access-control-allow-origin"] == nil)
        let kept = try await Self.answer(to: payload, ["Origin: https://a.example"])
        #expect(kept.all("access-control-allow-origin") == ["*"])
        #expect(kept["access-control-max-age"] == "9")
    }

    @Test("a large body arrives whole")
    func large() async throws {
        let body = String(repeating: "0123456789abcdef", count: 375_000)
        #expect(try await Self.answer(to: #"{"statusCode":200,"body":"\#(body)"}"#).text == body)
    }

    @Test(
        "what Lambda says becomes the gateway's answer",
        arguments: [
            (
                FunctionOutcome.functionError(ByteBuffer(string: #"{"errorMessage":"boom","statusCode":200}"#)), 500,
                #"{"message":"Internal Server Error"}"#
            ),
            (.throttled, 503, #"{"message":"Service Unavailable"}"#),
            (.tooLarge, 413, #"{"message":"Request Entity Too Large"}"#),
            (.notFound, 500, #"{"message":"Internal Server Error"}"#),
        ])
    func outcomes(outcome: FunctionOutcome, status: Int, body: String) async throws {
        for version in ["1.0", "2.0"] {
            try await TestGateway.serving(TestAPI(routes: [("$default", .function(version))])) { gateway in
                gateway.function.answer(outcome)
                let answer = try await gateway.call("GET", "/")
                #expect(answer.status == status)
                #expect(answer.text == body)
                #expect(answer["content-type"] == "application/json")
            }
        }
    }

    @Test("without the permission, or the function, it is an internal server error and nobody is called")
    func notCalled() async throws {
        let api = TestAPI(routes: [("GET /closed", .function(name: "closed")), ("GET /gone", .function(name: "gone"))])
        let closed = StandInFunction(policy: Lambda.ResourcePolicy())
        try await TestGateway.serving(api, others: ["closed": closed]) { gateway in
            for target in ["/closed", "/gone"] {
                let answer = try await gateway.call("GET", target)
                #expect(answer.status == 500)
                #expect(answer.text == TestGateway.serverError)
            }
            #expect(try closed.events.isEmpty)
        }
    }

    @Test("what a slow client has not taken of an answer counts as held, and more than there may be is 503")
    func heldAnswers() throws {
        let gateway = try EmbeddedGateway(TestAPI(routes: [("$default", .function())]), memory: 30_000)
        let body = String(repeating: "x", count: 20_000)
        gateway.function.answer(#"{"statusCode":200,"body":"\#(body)"}"#)
        gateway.send(TestGateway.request("GET", "/"))
        #expect(gateway.statuses == ["200 OK"])
        #expect(gateway.memory.current == 0)
        _ = gateway.memory.take(20_000)
        gateway.send(TestGateway.request("GET", "/"))
        #expect(gateway.statuses == ["200 OK", "503 Service Unavailable"])
        #expect(gateway.memory.current == 20_000)
    }
}
