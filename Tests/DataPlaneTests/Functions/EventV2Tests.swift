import GatewayModel
import JSON
import NIOCore
import Testing

@Suite("The event of payload format 2.0", .timeLimit(.minutes(10)))
struct EventV2Tests {
    /// Sends one request to an API with these routes and returns the event.
    private static func event(
        _ method: String = "GET", _ target: String, host: String = TestAPI.host, _ fields: [String] = [],
        body: String? = nil, routes: [String] = ["$default"], stage: String = "$default",
        variables: OrderedMap<String> = [:]
    ) async throws -> JSONValue {
        let api = TestAPI(
            stage: stage, routes: routes.map { ($0, .function("2.0")) }, variables: variables)
        var event = JSONValue.null
        try await TestGateway.serving(api) { gateway in
            gateway.function.answer(#"{"statusCode":200}"#)
            let answer = try await gateway.call(method, target, host: host, fields, body: body)
            #expect(answer.status == 200)
            event = try #require(try gateway.function.events.last)
            #expect(event["requestContext"]?["requestId"]?.string == answer["apigw-requestid"])
        }
        return event
    }

    @Test("of the plainest request has these members and no others")
    func plainest() async throws {
        let event = try await Self.event("GET", "/")
        #expect(
            event.object?.keys.sorted() == [
                "headers", "isBase64Encoded", "rawPath", "rawQueryString", "requestContext", "routeKey", "version",
            ])
        #expect(event["version"] == "2.0")
        #expect(event["routeKey"] == "$default")
        #expect(event["rawPath"] == "/")
        #expect(event["rawQueryString"] == "")
        #expect(event["isBase64Encoded"] == false)
        #expect(
            event["headers"]?.object?.keys.sorted() == [
                "content-length", "host", "x-amzn-trace-id", "x-forwarded-for", "x-forwarded-port", "x-forwarded-proto",
            ])
        #expect(event["headers"]?["content-length"] == "0")
        #expect(event["headers"]?["host"] == .string(TestAPI.host))
        #expect(event["headers"]?["x-forwarded-for"] == "127.0.0.1")
        #expect(event["headers"]?["x-forwarded-port"] == "443")
        #expect(event["headers"]?["x-forwarded-proto"] == "https")
    }

    @Test("the request context has these members and no others")
    func context() async throws {
        let event = try await Self.event("GET", "/pets/7", ["User-Agent: curl \"8\""], routes: ["GET /pets/{id}"])
        let context = try #require(event["requestContext"])
        #expect(
            context.object?.keys.sorted() == [
                "accountId", "apiId", "domainName", "domainPrefix", "http", "requestId", "routeKey", "stage", "time",
                "timeEpoch",
            ])
        #expect(context["accountId"] == "000000000000")
        #expect(context["apiId"] == .string(TestAPI.id))
        #expect(context["domainName"] == .string("\(TestAPI.id).execute-api.localhost"))
        #expect(context["domainPrefix"] == .string(TestAPI.id))
        #expect(context["routeKey"] == "GET /pets/{id}")
        #expect(context["stage"] == "$default")
        #expect(
            context["http"] == [
                "method": "GET", "path": "/pets/7", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1",
                "userAgent": "curl \"8\"",
            ])
        let id = try #require(context["requestId"]?.string)
        #expect(id.wholeMatch(of: /[A-Za-z0-9_-]{15}=/) != nil, "\(id)")
        // Both times are the same moment.
        let epoch = try #require(context["timeEpoch"]?.integer)
        let at = Calendar(Int64(epoch / 1000))
        let time = try #require(context["time"]?.string)
        let parts = try #require(time.wholeMatch(of: #/(\d\d)/([A-Z][a-z]{2})/(\d{4}):(\d\d):(\d\d):(\d\d) \+0000/#))
            .output
        #expect(
            [parts.1, parts.3, parts.4, parts.5, parts.6].map { Int($0) } == [
                at.day, at.year, at.hour, at.minute, at.second,
            ])
        #expect(parts.2 == Calendar.monthNames[at.month - 1])
    }

    @Test("a request without a user agent has an empty one")
    func noUserAgent() async throws {
        #expect(try await Self.event("GET", "/")["requestContext"]?["http"]?["userAgent"] == "")
    }

    @Test(
        "the path is decoded and keeps a named stage",
        arguments: [
            ("$default", "/a/b", "/a/b"),
            ("$default", "/capture/space%20value", "/capture/space value"),
            ("$default", "/%E2%98%95/%2F%40%23", "/☕//@#"),
            ("$default", "/a+b", "/a+b"),
            ("$default", "/%22%5C%0A", "/\"\\\n"),
            ("$default", "/%FF", "/\u{FFFD}"),
            ("$default", "/a//b/", "/a//b/"),
            // Once: what is encoded twice stays encoded.
            ("$default", "/a%252Fb", "/a%2Fb"),
            // A decoded question mark ends the path.
            ("$default", "/users/me%3Fadmin=true", "/users/me"),
            ("dev", "/dev/a%20b", "/dev/a b"),
            ("dev", "/%64ev%2Fa", "/dev/a"),
            ("dev", "/dev", "/dev"),
            ("dev", "/dev/", "/dev/"),
        ])
    func rawPath(stage: String, target: String, path: String) async throws {
        let event = try await Self.event("GET", target, stage: stage)
        #expect(event["rawPath"] == .string(path))
        #expect(event["requestContext"]?["http"]?["path"] == .string(path))
        #expect(event["requestContext"]?["stage"] == .string(stage))
    }

    @Test(
        "a call by path is told as one to the API's own host",
        arguments: [
            ("$default", "/_aws/execute-api/a1b2c3d4e5/$default/pets", "/pets"),
            ("$default", "/_aws/execute-api/a1b2c3d4e5/%24default", "/"),
            ("dev", "/_aws/execute-api/a1b2c3d4e5/dev/pets", "/dev/pets"),
        ])
    func byPath(stage: String, target: String, path: String) async throws {
        let event = try await Self.event("GET", target, host: "localhost:4566", stage: stage)
        #expect(event["rawPath"] == .string(path))
        #expect(event["requestContext"]?["domainName"] == "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com")
        #expect(event["headers"]?["host"] == "localhost:4566")
    }

    @Test(
        "the query is there as sent, and decoded with repeats joined",
        arguments: [
            (
                "q=Hello%20World&tag=C%23%20Programming&tag=.NET%20Core",
                ["q": "Hello World", "tag": "C# Programming,.NET Core"]
            ),
            ("a=1&b=2&a=3", ["a": "1,3", "b": "2"]),
            ("k", ["k": ""]),
            ("k=&l=%2B+%2B", ["k": "", "l": "+ +"]),
            ("a=1,2", ["a": "1,2"]),
            ("%22=%5C", ["\"": "\\"]),
            ("&", nil),
        ] as [(String, JSONValue?)])
    func query(query: String, parameters: JSONValue?) async throws {
        let event = try await Self.event("GET", "/?" + query)
        #expect(event["rawQueryString"] == .string(query))
        #expect(event["queryStringParameters"] == parameters)
    }

    @Test(
        "path parameters are decoded",
        arguments: [
            ("GET /pets/{id}", "/pets/a%20b", ["id": "a b"]),
            ("GET /{a}/{rest+}", "/x/y%2Fz/", ["a": "x", "rest": "y/z/"]),
            ("ANY /{proxy+}", "/%E2%98%95", ["proxy": "☕"]),
            ("GET /pets", "/pets", nil),
            ("$default", "/pets/7", nil),
        ] as [(String, String, JSONValue?)])
    func pathParameters(key: String, target: String, parameters: JSONValue?) async throws {
        #expect(try await Self.event("GET", target, routes: [key])["pathParameters"] == parameters)
    }

    @Test(
        "the path is decoded once, then matched",
        arguments: [
            ("GET /{example}/thing", "/a%2Fb/thing", 404, nil),
            ("GET /{example}/thing", "/a%252Fb/thing", 200, ["example": "a%2Fb"]),
            ("GET /items/{id}", "/items%2F7", 200, ["id": "7"]),
            ("GET /items/{id}", "/%69tems/7%3Fx", 200, ["id": "7"]),
            ("GET /items", "/items%", 404, nil),
        ] as [(String, String, Int, JSONValue?)])
    func decodedOnce(key: String, target: String, status: Int, parameters: JSONValue?) async throws {
        try await TestGateway.serving(TestAPI(routes: [(key, .function())])) { gateway in
            gateway.function.answer("{}")
            let answer = try await gateway.call("GET", target)
            #expect(answer.status == status)
            #expect(try gateway.function.events.last?["pathParameters"] == parameters)
        }
    }

    @Test("nothing is left of a decoded path when the next request has a plain one")
    func plainAfterDecoded() async throws {
        try await TestGateway.serving(TestAPI(routes: [("GET /{id}", .function())])) { gateway in
            gateway.function.answer("{}")
            try await gateway.connect { wire in
                for target in ["/a%20long%20name", "/b", "/%63"] {
                    try await wire.send(TestGateway.request("GET", target))
                    _ = try await wire.message()
                }
            }
            #expect(try gateway.function.events.map { $0["rawPath"] } == ["/a long name", "/b", "/c"])
        }
    }

    @Test("path parameters of a named stage begin behind it")
    func pathParametersOfStage() async throws {
        let event = try await Self.event("GET", "/dev/pets/7", routes: ["GET /pets/{id}"], stage: "dev")
        #expect(event["pathParameters"] == ["id": "7"])
    }

    @Test(
        "cookies are a list of pairs, and no header",
        arguments: [
            (["Cookie: a=1"], ["a=1"]),
            (["Cookie: a=1; b=2"], ["a=1", "b=2"]),
            (["Cookie: a=1", "cookie: b=2; c=3"], ["a=1", "b=2", "c=3"]),
            (["Cookie: a=\"x\"; b"], ["a=\"x\"", "b"]),
            (["X: a=1"], nil),
        ] as [([String], JSONValue?)])
    func cookies(fields: [String], cookies: JSONValue?) async throws {
        let event = try await Self.event("GET", "/", fields)
        #expect(event["cookies"] == cookies)
        #expect(event["headers"]?["cookie"] == nil)
    }

    @Test("headers have lower-case names, repeats are joined without a space")
    func headers() async throws {
        let event = try await Self.event(
            "GET", "/",
            ["X-Repeated: first", "x-other: a, b", "x-repeated: second", "X-Quote: \"\\", "Accept: */*", "X-Empty:"])
        let headers = event["headers"]
        #expect(headers?["x-repeated"] == "first,second")
        #expect(headers?["x-other"] == "a, b")
        #expect(headers?["x-quote"] == "\"\\")
        #expect(headers?["accept"] == "*/*")
        #expect(headers?["x-empty"] == "")
        #expect(headers?.object?.count == 11)
    }

    @Test("the names of headers are in the order of their bytes")
    func headerOrder() async throws {
        let event = try await Self.event(
            "POST", "/", ["Zebra: 1", "accept: 2", "X-A: 3", "zebra: 4", "X-Forwarded-Host: h", "Content-Type: a/b"],
            body: "x")
        #expect(
            event["headers"]?.object?.keys.map { $0 } == [
                "accept", "content-length", "content-type", "host", "x-a", "x-amzn-trace-id", "x-forwarded-for",
                "x-forwarded-host", "x-forwarded-port", "x-forwarded-proto", "zebra",
            ])
        #expect(event["headers"]?["zebra"] == "1,4")
    }

    @Test(
        "fields of one connection are not passed on",
        arguments: [
            "Connection: keep-alive", "Keep-Alive: timeout=5", "TE: trailers", "Upgrade: h2c",
            "Proxy-Connection: close",
            "Expect: 100-continue",
        ])
    func hopByHop(field: String) async throws {
        let headers = try await Self.event("GET", "/", [field])["headers"]
        #expect(headers?.object?.count == 6)
    }

    @Test(
        "the client's address comes last among those it was told",
        arguments: [
            (["X-Forwarded-For: 1.2.3.4"], "1.2.3.4, 127.0.0.1"),
            (["X-Forwarded-For: 1.2.3.4, 5.6.7.8"], "1.2.3.4, 5.6.7.8, 127.0.0.1"),
            (["X-Forwarded-For: 1.2.3.4", "X-Forwarded-For: 5.6.7.8"], "1.2.3.4, 5.6.7.8, 127.0.0.1"),
            (["X-Forwarded-For: \"x"], "\"x, 127.0.0.1"),
        ])
    func forwardedFor(fields: [String], value: String) async throws {
        #expect(try await Self.event("GET", "/", fields)["headers"]?["x-forwarded-for"] == .string(value))
    }

    @Test("what a client says of port and scheme does not count")
    func forwardedOthers() async throws {
        let headers = try await Self.event("GET", "/", ["X-Forwarded-Port: 80", "X-Forwarded-Proto: http"])["headers"]
        #expect(headers?["x-forwarded-port"] == "443")
        #expect(headers?["x-forwarded-proto"] == "https")
    }

    @Test("a trace id is made, or the client's is kept behind the gateway's own")
    func traceId() async throws {
        let made = try await Self.event("GET", "/")["headers"]?["x-amzn-trace-id"]?.string ?? ""
        #expect(made.wholeMatch(of: /Root=1-[0-9a-f]{8}-[0-9a-f]{24}/) != nil, "\(made)")
        let given = "Root=1-67891233-abcdef012345678912345678"
        let kept =
            try await Self.event("GET", "/", ["X-Amzn-Trace-Id: \(given)"])["headers"]?["x-amzn-trace-id"]?.string ?? ""
        #expect(kept.hasSuffix(";" + given) && kept.hasPrefix("Self=1-"), "\(kept)")
    }

    @Test("the function is called with the trace id of its event")
    func traceIdOfCall() async throws {
        try await TestGateway.serving(TestAPI(routes: [("$default", .function())])) { gateway in
            gateway.function.answer("{}")
            _ = try await gateway.call("GET", "/")
            let event = try gateway.function.events.last
            #expect(event?["headers"]?["x-amzn-trace-id"]?.string == gateway.function.traceIds.last)
        }
    }

    @Test("stage variables are there when the stage has some")
    func stageVariables() async throws {
        let event = try await Self.event("GET", "/", variables: ["b": "2", "a": "1"])
        #expect(event["stageVariables"] == ["b": "2", "a": "1"])
    }

    @Test(
        "a body of a text type is text",
        arguments: [
            "text/plain", "text/html; charset=utf-8", "TEXT/CSV", "application/json", "application/json;charset=utf-8",
            "Application/XML ; x=y", "application/javascript",
        ])
    func textBody(type: String) async throws {
        let event = try await Self.event("POST", "/", ["Content-Type: \(type)"], body: "{\"a\":\"é\n\"}")
        #expect(event["body"] == "{\"a\":\"é\n\"}")
        #expect(event["isBase64Encoded"] == false)
        #expect(event["headers"]?["content-length"] == "11")
        #expect(event["headers"]?["content-type"] == .string(type))
    }

    @Test(
        "a body of another type is base64",
        arguments: [
            "Content-Type: application/octet-stream", "Content-Type: application/x-www-form-urlencoded",
            "Content-Type: multipart/form-data; boundary=x", "Content-Type: application/vnd.api+json",
            "Content-Type: application/jsonp", "Content-Type: text", "Content-Type: text/", "Content-Type:",
            "X-None: x",
            "Content-Type: image/svg+xml",
        ])
    func binaryBody(field: String) async throws {
        let event = try await Self.event("POST", "/", [field], body: "a=1")
        #expect(event["body"] == "YT0x")
        #expect(event["isBase64Encoded"] == true)
    }

    @Test("text that is no UTF-8 is base64, so that nothing is lost")
    func notUTF8() async throws {
        try await TestGateway.serving(TestAPI(routes: [("$default", .function())])) { gateway in
            gateway.function.answer("{}")
            try await gateway.connect { wire in
                try await wire.send(
                    TestGateway.request("POST", "/", ["Content-Type: text/plain", "Content-Length: 2"]))
                try await wire.send(.init(bytes: [0xFF, 0xFE]))
                _ = try await wire.message()
            }
            let event = try gateway.function.events.last
            #expect(event?["body"] == "//4=")
            #expect(event?["isBase64Encoded"] == true)
        }
    }

    @Test("a chunked body arrives whole, with its length; an empty one is absent")
    func chunked() async throws {
        try await TestGateway.serving(TestAPI(routes: [("$default", .function())])) { gateway in
            gateway.function.answer("{}")
            try await gateway.connect { wire in
                let head = TestGateway.request("POST", "/", ["Content-Type: text/plain", "Transfer-Encoding: chunked"])
                try await wire.send(head + "3\r\nabc\r\n")
                try await wire.send("A;x=y\r\n0123456789\r\n0\r\nX-Trailer: 1\r\n\r\n")
                _ = try await wire.message()
                try await wire.send(head + "0\r\n\r\n")
                _ = try await wire.message()
            }
            let events = try gateway.function.events
            #expect(events.map { $0["body"] } == ["abc0123456789", nil])
            #expect(events.map { $0["headers"]?["content-length"] } == ["13", "0"])
            #expect(events.first?["headers"]?["transfer-encoding"] == nil)
        }
    }

    @Test("nothing of one request is left in the event of the next")
    func nothingLeft() async throws {
        let api = TestAPI(routes: [("ANY /a/{x}/{y+}", .function()), ("$default", .function())])
        try await TestGateway.serving(api) { gateway in
            gateway.function.answer("{}")
            try await gateway.connect { wire in
                let first = TestGateway.request(
                    "POST", "/a/1/2/3?q=1", ["Cookie: a=1", "User-Agent: x", "Content-Type: text/plain"], body: "body")
                try await wire.send(first + TestGateway.request("GET", "/"))
                _ = try await wire.message()
                _ = try await wire.message()
            }
            let second = try #require(try gateway.function.events.last)
            #expect(
                second.object?.keys.sorted() == [
                    "headers", "isBase64Encoded", "rawPath", "rawQueryString", "requestContext", "routeKey", "version",
                ])
            #expect(second["headers"]?.object?.count == 6)
            #expect(second["headers"]?["content-length"] == "0")
            #expect(second["rawPath"] == "/")
        }
    }
}
