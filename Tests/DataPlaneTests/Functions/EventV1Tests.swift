import GatewayModel
import JSON
import Testing

@Suite("The event of payload format 1.0", .timeLimit(.minutes(10)))
struct EventV1Tests {
    private static func event(
        _ method: String = "GET", _ target: String, _ fields: [String] = [], body: String? = nil,
        routes: [String] = ["$default"], stage: String = "$default", variables: OrderedMap<String> = [:]
    ) async throws -> JSONValue {
        let api = TestAPI(stage: stage, routes: routes.map { ($0, .function("1.0")) }, variables: variables)
        var event = JSONValue.null
        try await TestGateway.serving(api) { gateway in
            gateway.function.answer(#"{"statusCode":200}"#)
            let answer = try await gateway.call(method, target, fields, body: body)
            #expect(answer.status == 200)
            event = try #require(try gateway.function.events.last)
            #expect(event["requestContext"]?["requestId"]?.string == answer["apigw-requestid"])
        }
        return event
    }

    @Test("of the plainest request has every member, null where there is nothing")
    func plainest() async throws {
        let event = try await Self.event("GET", "/")
        #expect(
            event.object?.keys.sorted() == [
                "body", "headers", "httpMethod", "isBase64Encoded", "multiValueHeaders",
                "multiValueQueryStringParameters", "path", "pathParameters", "queryStringParameters", "requestContext",
                "resource", "stageVariables", "version",
            ])
        let empty = [
            "body", "multiValueQueryStringParameters", "pathParameters", "queryStringParameters", "stageVariables",
        ]
        for name in empty { #expect(event[name] == .null, "\(name)") }
        #expect(event["version"] == "1.0")
        #expect(event["httpMethod"] == "GET")
        #expect(event["isBase64Encoded"] == false)
        #expect(event["resource"] == "$default")
    }

    @Test("the request context has these members and no others")
    func context() async throws {
        let event = try await Self.event("PUT", "/pets/7", ["User-Agent: curl"], routes: ["ANY /pets/{id}"])
        let context = try #require(event["requestContext"])
        #expect(
            context.object?.keys.sorted() == [
                "accountId", "apiId", "domainName", "domainPrefix", "extendedRequestId", "httpMethod", "identity",
                "path",
                "protocol", "requestId", "requestTime", "requestTimeEpoch", "resourceId", "resourcePath", "stage",
            ])
        #expect(context["accountId"] == "000000000000")
        #expect(context["apiId"] == .string(TestAPI.id))
        #expect(context["domainName"] == .string("\(TestAPI.id).execute-api.localhost"))
        #expect(context["domainPrefix"] == .string(TestAPI.id))
        #expect(context["extendedRequestId"] == context["requestId"])
        #expect(context["httpMethod"] == "PUT")
        #expect(context["path"] == "/pets/7")
        #expect(context["protocol"] == "HTTP/1.1")
        #expect(context["resourceId"] == "ANY /pets/{id}")
        #expect(context["resourcePath"] == "/pets/{id}")
        #expect(context["stage"] == "$default")
        #expect(event["resource"] == "/pets/{id}")
        let epoch = try #require(context["requestTimeEpoch"]?.integer)
        #expect(epoch > 1_700_000_000_000)
        let time = try #require(context["requestTime"]?.string)
        let at = Calendar(Int64(epoch / 1000))
        #expect(time.hasPrefix((at.day < 10 ? "0" : "") + "\(at.day)/\(Calendar.monthNames[at.month - 1])/\(at.year):"))
        #expect(time.hasSuffix(" +0000"))
    }

    @Test("the identity knows the client and has null for what nobody proved")
    func identity() async throws {
        let event = try await Self.event("GET", "/", ["User-Agent: curl"])
        let identity = try #require(event["requestContext"]?["identity"]?.object)
        let unproved = [
            "accessKey", "accountId", "caller", "cognitoAmr", "cognitoAuthenticationProvider",
            "cognitoAuthenticationType", "cognitoIdentityId", "cognitoIdentityPoolId", "principalOrgId", "user",
            "userArn",
        ]
        #expect(identity.keys.sorted() == (unproved + ["sourceIp", "userAgent"]).sorted())
        for name in unproved { #expect(identity[name] == .null, "\(name)") }
        #expect(identity["sourceIp"] == "127.0.0.1")
        #expect(identity["userAgent"] == "curl")
    }

    @Test(
        "the path keeps its encoding and its stage; that of the context is decoded",
        arguments: [
            ("$default", "/a%20b/%E2%98%95", "/a%20b/%E2%98%95", "/a b/☕"),
            ("dev", "/dev/products/%E2%98%95%20Coffee", "/dev/products/%E2%98%95%20Coffee", "/dev/products/☕ Coffee"),
            ("$default", "/a%252Fb%3Fc", "/a%252Fb%3Fc", "/a%2Fb"),
            ("dev", "/dev", "/dev", "/dev"),
            ("$default", "/", "/", "/"),
        ])
    func path(stage: String, target: String, path: String, decoded: String) async throws {
        let event = try await Self.event("GET", target, stage: stage)
        #expect(event["path"] == .string(path))
        #expect(event["requestContext"]?["path"] == .string(decoded))
    }

    @Test(
        "the query has the last value, and all values",
        arguments: [
            (
                "tag=important&tag=urgent&q=a+b%2B", ["tag": "urgent", "q": "a b+"],
                ["tag": ["important", "urgent"], "q": ["a b+"]]
            ),
            ("k", ["k": ""], ["k": [""]]),
            ("&", .null, .null),
        ] as [(String, JSONValue, JSONValue)])
    func query(query: String, single: JSONValue, multi: JSONValue) async throws {
        let event = try await Self.event("GET", "/?" + query)
        #expect(event["queryStringParameters"] == single)
        #expect(event["multiValueQueryStringParameters"] == multi)
    }

    @Test("headers of the gateway have their canonical case, others are as received")
    func headers() async throws {
        let event = try await Self.event(
            "POST", "/",
            ["user-agent: curl", "content-TYPE: text/plain", "accept: */*", "X-Mixed-Case: 1", "Cookie: a=1; b=2"],
            body: "abc")
        let headers = try #require(event["headers"]?.object)
        #expect(
            headers.keys.sorted() == [
                "Content-Length", "Content-Type", "Cookie", "Host", "User-Agent", "X-Amzn-Trace-Id", "X-Forwarded-For",
                "X-Forwarded-Port", "X-Forwarded-Proto", "X-Mixed-Case", "accept",
            ])
        #expect(headers["Content-Length"] == "3")
        #expect(headers["Host"] == .string(TestAPI.host))
        #expect(headers["Cookie"] == "a=1; b=2")
        #expect(headers["X-Forwarded-For"] == "127.0.0.1")
        #expect(event["multiValueHeaders"]?.object?.keys.sorted() == headers.keys.sorted())
        for name in headers.keys { #expect(event["multiValueHeaders"]?[name] == headers[name].map { [$0] }, "\(name)") }
    }

    @Test("the names of headers are in the order of their bytes, capitals first")
    func headerOrder() async throws {
        let event = try await Self.event(
            "POST", "/", ["zebra: 1", "accept: 2", "X-a: 3", "content-type: a/b", "Zulu: 4", "user-agent: 5"], body: "x"
        )
        let names = [
            "Content-Length", "Content-Type", "Host", "User-Agent", "X-Amzn-Trace-Id", "X-Forwarded-For",
            "X-Forwarded-Port", "X-Forwarded-Proto", "X-a", "Zulu", "accept", "zebra",
        ]
        #expect(event["headers"]?.object?.keys.map { $0 } == names)
        #expect(event["multiValueHeaders"]?.object?.keys.map { $0 } == names)
    }

    @Test("of a repeated header the last value counts, all of them are in the multi map")
    func repeatedHeaders() async throws {
        let event = try await Self.event("GET", "/", ["X-A: 1", "X-B: b", "x-a: 2", "Accept: x", "ACCEPT: y"])
        #expect(event["headers"]?["X-A"] == "2")
        #expect(event["headers"]?["x-a"] == nil)
        #expect(event["multiValueHeaders"]?["X-A"] == ["1", "2"])
        #expect(event["multiValueHeaders"]?["Accept"] == ["x", "y"])
        #expect(event["multiValueHeaders"]?["X-B"] == ["b"])
    }

    @Test("path parameters are decoded, stage variables are the stage's")
    func parameters() async throws {
        let event = try await Self.event(
            "GET", "/%E2%98%95/a%2Fb/c", routes: ["GET /{x}/{rest+}"], variables: ["k": "v"])
        #expect(event["pathParameters"] == ["x": "☕", "rest": "a/b/c"])
        #expect(event["stageVariables"] == ["k": "v"])
    }

    @Test("bodies are text or base64 by their type")
    func bodies() async throws {
        let text = try await Self.event("POST", "/", ["Content-Type: application/json"], body: "{}")
        #expect(text["body"] == "{}")
        #expect(text["isBase64Encoded"] == false)
        let binary = try await Self.event("POST", "/", ["Content-Type: image/png"], body: "{}")
        #expect(binary["body"] == "e30=")
        #expect(binary["isBase64Encoded"] == true)
    }
}
