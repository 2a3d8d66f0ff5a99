import GatewayModel
import NIOCore
import Testing

@testable import DataPlane

@Suite("Access log entries", .timeLimit(.minutes(10)))
struct AccessLogTests {
    /// The entry of one request in this format.
    private static func entry(
        _ format: String, _ method: String = "GET", _ target: String = "/pets/7", _ fields: [String] = [],
        stage: String = "$default",
        outcome: FunctionOutcome = .success(ByteBuffer(string: #"{"statusCode":201,"body":"abc"}"#))
    ) async throws -> (entry: String, answer: Message) {
        let api = TestAPI(stage: stage, routes: [("ANY /pets/{id}", .function())], logFormat: format)
        var found: (String, Message)?
        try await TestGateway.serving(api) { gateway in
            gateway.function.answer(outcome)
            let answer = try await gateway.call(method, target, fields, body: method == "POST" ? "12345" : nil)
            let entries = await gateway.entries()
            #expect(entries.count == 1)
            found = (entries.first ?? "", answer)
        }
        return try #require(found)
    }

    @Test(
        "print the variables",
        arguments: [
            ("accountId", "000000000000"), ("apiId", TestAPI.id), ("stage", "$default"), ("routeKey", "ANY /pets/{id}"),
            ("path", "/pets/7"), ("httpMethod", "POST"), ("protocol", "HTTP/1.1"), ("status", "201"),
            ("domainName", "a1b2c3d4e5.execute-api.localhost"), ("domainPrefix", TestAPI.id), ("responseLength", "3"),
            ("dataProcessed", "8"), ("identity.sourceIp", "127.0.0.1"), ("identity.userAgent", "curl"),
            ("integration.status", "201"), ("integration.integrationStatus", "200"), ("integrationStatus", "200"),
            ("error.message", "-"), ("error.messageString", "-"), ("error.responseType", "-"),
            ("integration.error", "-"),
            ("integrationErrorMessage", "-"), ("authorizer.error", "-"), ("authorizer.claims.sub", "-"),
            ("identity.user", "-"),
            ("customDomain.basePathMatched", "-"), ("awsEndpointRequestId2", "-"), ("nonsense", "-"),
        ])
    func variable(name: String, value: String) async throws {
        let entry = try await Self.entry("<$context.\(name)>", "POST", "/pets/7?q=1", ["User-Agent: curl"]).entry
        #expect(entry == "<\(value)>")
    }

    @Test("print times and latencies in their forms")
    func forms() async throws {
        let entry = try await Self.entry(
            "$context.requestTime|$context.requestTimeEpoch|$context.responseLatency|$context.integrationLatency|$context.integration.latency"
        ).entry
        let parts = entry.split(separator: "|")
        try #require(parts.count == 5)
        #expect(parts[0].wholeMatch(of: #/\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d \+0000/#) != nil, "\(entry)")
        // Seconds, not milliseconds.
        #expect(parts[1].wholeMatch(of: /\d{10}/) != nil, "\(entry)")
        for latency in parts[2...] { #expect(Int(latency) != nil, "\(entry)") }
        #expect(parts[3] == parts[4])
    }

    @Test("print the request id of the answer")
    func requestId() async throws {
        let (entry, answer) = try await Self.entry("$context.requestId $context.extendedRequestId")
        let id = try #require(answer["apigw-requestid"])
        #expect(entry == "\(id) \(id)")
    }

    @Test("print the request id by which the function knows the call, answered or not")
    func functionRequestId() async throws {
        let format = "$context.integration.requestId $context.awsEndpointRequestId"
        let api = TestAPI(routes: [("$default", .function(timeout: 50))], logFormat: format)
        try await TestGateway.serving(api) { gateway in
            _ = try await gateway.call("GET", "/")
            gateway.function.answer("1")
            _ = try await gateway.call("GET", "/")
            let ids = gateway.function.requestIds
            #expect(Set(ids).count == 2)
            #expect(await gateway.entries() == ids.map { "\($0) \($0)" })
        }
    }

    @Test(
        "print the request id that an AWS service behind a URI answers under",
        arguments: [
            ("X-Amzn-RequestId: one\r\nx-amz-request-id: two\r\n", "one"), ("x-amz-request-id: two\r\n", "two"),
            ("", "-"), ("x-amzn-requestid: a\"b\r\n", #"a\"b"#),
        ])
    func originRequestId(fields: String, expected: String) async throws {
        try await TestOrigin.answering("HTTP/1.1 200 OK\r\n\(fields)Content-Length: 0\r\n\r\n") { origin in
            let api = TestAPI(
                routes: [("$default", .http(origin.url))], logFormat: "$context.awsEndpointRequestId")
            try await TestGateway.serving(api) { gateway in
                _ = try await gateway.call("GET", "/")
                #expect(await gateway.entries() == [expected])
            }
        }
    }

    /// A variable that is added is escaped until somebody lists it here too.
    @Test("are written raw only where the gateway made the value itself")
    func rawVariables() {
        let raw = ContextVariable.allCases.filter(\.isSafe).map(\.rawValue).sorted()
        #expect(
            raw == [
                "accountId", "apiId", "authenticateLatency", "authenticateStatus", "authorizeLatency",
                "authorizeStatus",
                "authorizerLatency", "authorizerRequestId", "authorizerStatus", "connectedAt", "connectionId",
                "dataProcessed", "deploymentId", "disconnectStatusCode", "errorMessageString", "errorResponseType",
                "eventType", "identityAccessKey", "identityAccountId",
                "integrationLatency", "integrationServiceStatus", "integrationStatus", "isCanary",
                "messageDirection", "messageId", "protocol",
                "requestId",
                "requestTime", "requestTimeMilliseconds", "requestTimeSeconds", "resourceId", "responseLatency",
                "responseLength", "responseTransferMode", "restRequestId", "sourceIp", "stage", "status",
                "timeToAllHeaders", "timeToFirstContent", "validationError",
            ])
    }

    @Test("keep the prefix of a named stage in the path")
    func namedStage() async throws {
        let entry = try await Self.entry("$context.stage $context.path", "GET", "/dev/pets/7", stage: "dev").entry
        #expect(entry == "dev /dev/pets/7")
    }

    @Test(
        "explain the gateway's own errors",
        arguments: [
            ("/none", FunctionOutcome.throttled, "404 - Not Found \"Not Found\" RESOURCE_NOT_FOUND - -"),
            (
                "/pets/7", .throttled,
                "503 ANY /pets/{id} Service Unavailable \"Service Unavailable\" INTEGRATION_FAILURE - 429"
            ),
        ])
    func errors(target: String, outcome: FunctionOutcome, expected: String) async throws {
        let format = [
            "status", "routeKey", "error.message", "error.messageString", "error.responseType",
            "integration.status", "integrationStatus",
        ].map { "$context." + $0 }.joined(separator: " ")
        #expect(try await Self.entry(format, "GET", target, outcome: outcome).entry == expected)
    }

    @Test(
        "tell what a function's failure was, on one line and without breaking JSON",
        arguments: [
            #"{"errorMessage":"boom"}"#, "{\n  \"errorMessage\": \"boom\"\n}", "\"\r\nforged 200\"",
        ])
    func functionError(payload: String) async throws {
        let entry = try await Self.entry(
            #"{"e":"$context.integration.error"}"#, outcome: .functionError(ByteBuffer(string: payload))
        ).entry
        let text = try #require(entry.wholeMatch(of: /\{"e":"(.*)"\}/)).output.1
        #expect(text.contains("boom") || text.contains("forged"))
        // A quotation mark inside is escaped.
        #expect(text.replacing(#"\""#, with: "").contains("\"") == false, "\(entry)")
    }

    @Test(
        "cannot be forged by what a client sends",
        arguments: [
            ("/pets/%22%0A", "User-Agent: a\"b\\c", #"/pets/%22%0A|a\"b\\c"#),
            ("/pets/\"x\"", "User-Agent: plain", #"/pets/\"x\"|plain"#),
            ("/pets/7", "User-Agent: \u{E9}\t", "/pets/7|é"),
            ("/pets/7", "User-Agent: a\tb", #"/pets/7|a\tb"#),
        ])
    func forged(target: String, field: String, expected: String) async throws {
        #expect(
            try await Self.entry("$context.path|$context.identity.userAgent", "GET", target, [field]).entry == expected)
    }

    @Test("are one line each, in the order of the requests, across formats of several lines")
    func lines() async throws {
        let api = TestAPI(
            routes: [("GET /{n}", .function())], logFormat: "{\n\"p\":\"$context.path\",\n\"s\":$context.status\n}\n")
        try await TestGateway.serving(api) { gateway in
            gateway.function.answer("1")
            for number in 0..<3 { _ = try await gateway.call("GET", "/\(number)") }
            #expect(await gateway.entries() == (0..<3).map { #"{"p":"/\#($0)","s":200}"# })
        }
    }

    @Test("are not written where no stage is")
    func noStage() async throws {
        try await TestGateway.serving(TestAPI(stage: "dev", logFormat: "$context.status")) { gateway in
            let answer = try await gateway.call("GET", "/other")
            #expect(answer.status == 404)
            #expect(try await gateway.call("GET", "/dev/other").status == 404)
            #expect(await gateway.entries() == ["404"])
        }
    }

    @Test("are written for a preflight too")
    func preflight() async throws {
        let api = TestAPI(
            cors: V2.Cors(origins: ["*"]), logFormat: "$context.httpMethod $context.status $context.routeKey")
        try await TestGateway.serving(api) { gateway in
            _ = try await gateway.call("OPTIONS", "/", ["Origin: https://a", "Access-Control-Request-Method: GET"])
            #expect(await gateway.entries() == ["OPTIONS 204 -"])
        }
    }
}
