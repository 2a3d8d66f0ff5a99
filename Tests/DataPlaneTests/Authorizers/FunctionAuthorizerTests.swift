import GatewayModel
import JSON
import NIOCore
import Testing

@testable import DataPlane

@Suite("Function authorizers of REST APIs")
struct FunctionAuthorizerTests {
    static let arn = "arn:aws:execute-api:us-east-1:000000000000:\(TestAPI.id)/prod/GET/pets/7"
    private static let unauthorized = #"{"message":"Unauthorized"}"#

    static func answer(
        _ effect: String = "Allow", _ resource: String = "*", principal: String = #""principalId":"bob","#,
        more: String = ""
    ) -> String {
        #"{\#(principal)"policyDocument":{"Version":"2012-10-17","Statement":[{"Action":"execute-api:Invoke","#
            + #""Effect":"\#(effect)","Resource":"\#(resource)"}]}\#(more)}"#
    }

    static func authorizer(_ change: (inout REST.Authorizer) -> Void = { _ in }) -> REST.Authorizer {
        var authorizer = REST.Authorizer(id: "auth1", name: "auth", type: "TOKEN")
        authorizer.authorizerUri = REST.Integration.function(name: "auth").uri
        authorizer.identitySource = "method.request.header.Token"
        change(&authorizer)
        return authorizer
    }

    private func gateway(
        _ authorizer: REST.Authorizer = authorizer(), template: String = "$context.authorizer.principalId",
        asked: StandInFunction = StandInFunction(), _ change: (inout TestRESTAPI) -> Void = { _ in }
    ) throws -> EmbeddedGateway {
        var response = REST.IntegrationResponse(statusCode: "200")
        response.responseTemplates = ["application/json": template]
        var api = TestRESTAPI(
            ("ANY /pets/{id}", .to(.mock(answers: ["200": response])) { $0.authorizationType = "CUSTOM" }),
            ("GET /open", .to(.mock())))
        api.methods[0].method.authorizerId = authorizer.id
        api.authorizers = [authorizer]
        change(&api)
        return try EmbeddedGateway(api.definition, asked: asked)
    }

    private func get(_ token: String? = "t", path: String = "/prod/pets/7", _ fields: String...) -> String {
        TestGateway.request("GET", path, (token.map { ["token: \($0)"] } ?? []) + fields)
    }

    @Test("A token is told as it was sent, and who it is of lets it in")
    func token() throws {
        let gateway = try gateway()
        gateway.asked.answer(Self.answer())
        gateway.send(get("Bearer x"))
        #expect(gateway.statuses == ["200 OK"])
        #expect(gateway.received.hasSuffix("bob"))
        #expect(
            gateway.asked.eventText
                == #"{"type":"TOKEN","methodArn":"\#(Self.arn)","authorizationToken":"Bearer x"}"#)
    }

    @Test("What has been said of a token stands for its time, and its policy is asked each time")
    func cached() throws {
        let gateway = try gateway(Self.authorizer { $0.authorizerResultTtlInSeconds = 10 })
        gateway.asked.answer(Self.answer("Allow", Self.arn))
        gateway.send(get(), get(path: "/prod/pets/8"), get("other"), get())
        #expect(gateway.statuses.map { $0.prefix(3) } == ["200", "403", "200", "200"])
        #expect(try gateway.asked.events.count == 2)
    }

    @Test("With 0 seconds the function is asked each time")
    func uncached() throws {
        let gateway = try gateway(Self.authorizer { $0.authorizerResultTtlInSeconds = 0 })
        gateway.asked.answer(Self.answer())
        gateway.send(get(), get())
        #expect(try gateway.asked.events.count == 2)
    }

    @Test("Requests of one token that come while it is asked about wait for the same answer")
    func burst() throws {
        let gateway = try gateway()
        gateway.send(get())
        #expect(gateway.received.isEmpty)
        gateway.reset()
        #expect(try gateway.asked.events.count == 1)
        // Whoever asked has gone; the answer is kept all the same, and nobody is told it.
        gateway.asked.release(Self.answer())
        #expect(gateway.received.isEmpty)
    }

    @Test(
        "Without one token, or with one that is not as it has to be, nobody is asked",
        arguments: [nil, "", "Bearer", "xBearer abc", "Bearer ABC"])
    func missing(token: String?) throws {
        let gateway = try gateway(Self.authorizer { $0.identityValidationExpression = "Bearer [a-z]+" })
        gateway.asked.answer(Self.answer())
        gateway.send(get(token))
        #expect(gateway.statuses == ["401 Unauthorized"])
        #expect(gateway.received.hasSuffix(Self.unauthorized))
        #expect(gateway.received.contains("x-amzn-ErrorType: UnauthorizedException\r\n"))
        #expect(try gateway.asked.events.isEmpty)
    }

    @Test("A token that stands there twice is none")
    func twice() throws {
        let gateway = try gateway()
        gateway.asked.answer(Self.answer())
        gateway.send(get("a", path: "/prod/pets/7", "TOKEN: a"))
        #expect(gateway.statuses == ["401 Unauthorized"])
        #expect(try gateway.asked.events.isEmpty)
    }

    @Test(
        "What is no answer is 500, and is not kept",
        arguments: [
            "null", "[]", #""text""#, "no JSON", "{}", Self.answer("maybe"), Self.answer(principal: ""),
            Self.answer(principal: #""principalId":7,"#), Self.answer(principal: #""principalId":"","#),
            #"{"principalId":"bob"}"#, #"{"principalId":"bob","policyDocument":"text"}"#,
            #"{"principalId":"bob","policyDocument":{"Statement":[]}}"#,
            Self.answer(more: #","context":{"a":{"b":1}}"#), Self.answer(more: #","context":{"a":[]}"#),
            Self.answer(more: #","context":"text""#), Self.answer(more: #","usageIdentifierKey":7"#),
            Self.answer("Allow", String(repeating: "a:", count: 300)),
            Self.answer(more: #","context":{"a":"\#(String(repeating: "x", count: 5_000_000))"}"#),
        ])
    func malformed(payload: String) throws {
        let gateway = try gateway()
        gateway.asked.answer(payload)
        gateway.send(get(), get())
        #expect(gateway.statuses == Array(repeating: "500 Internal Server Error", count: 2))
        #expect(gateway.received.hasSuffix(#"{"message":null}"#))
        #expect(gateway.received.contains("x-amzn-ErrorType: AuthorizerConfigurationException\r\n"))
        #expect(try gateway.asked.events.count == 2)
    }

    @Test("A function that fails, is busy, is gone or may not be called is 500; one that says Unauthorized is 401")
    func failures() throws {
        let outcomes: [(FunctionOutcome, String)] = [
            (.functionError(ByteBuffer(string: #"{"errorMessage":"broken"}"#)), "500"),
            (.functionError(ByteBuffer(string: #"{"errorMessage":"Unauthorized"}"#)), "401"),
            (.throttled, "500"), (.notFound, "500"), (.tooLarge, "500"),
        ]
        for (outcome, status) in outcomes {
            let gateway = try gateway()
            gateway.asked.answer(outcome)
            gateway.send(get())
            #expect(gateway.statuses.map { String($0.prefix(3)) } == [status])
        }
        let stranger = StandInFunction(
            policy: .allowing("arn:aws:execute-api:us-east-1:000000000000:other/authorizers/auth1"))
        stranger.answer(Self.answer())
        let gateway = try gateway(asked: stranger)
        gateway.send(get())
        #expect(gateway.received.hasSuffix(#"{"message":null}"#))
        #expect(try stranger.events.isEmpty)
    }

    @Test("A function that does not answer is waited for so long as an integration may take, and no longer")
    func timeout() throws {
        let gateway = try gateway()
        gateway.send(get())
        gateway.wait(milliseconds: 28_999)
        #expect(gateway.received.isEmpty)
        gateway.wait(milliseconds: 1)
        #expect(gateway.statuses == ["500 Internal Server Error"])
        // What comes then is nobody's.
        gateway.asked.release(Self.answer())
        gateway.wait(milliseconds: 1)
        #expect(gateway.statuses.count == 1)
    }

    @Test("Deny wins, and AWS has words of its own for it")
    func deny() throws {
        let both =
            #"{"principalId":"bob","policyDocument":{"Version":"2012-10-17","Statement":["#
            + #"{"Action":"*","Effect":"Allow","Resource":"*"},"#
            + #"{"Action":"execute-api:*","Effect":"Deny","Resource":"arn:aws:execute-api:*:*:*/prod/*/pets/?"}]}}"#
        let gateway = try gateway()
        gateway.asked.answer(both)
        gateway.send(get(), get(path: "/prod/pets/77"), get(path: "/prod/pets/7//"))
        #expect(gateway.statuses.map { $0.prefix(3) } == ["403", "200", "403"])
        let words = "with an explicit deny in an identity-based policy"
        #expect(
            gateway.received.ranges(
                of: #"{"Message":"User is not authorized to access this resource \#(words)"}"#
            ).count == 2)
        #expect(gateway.received.contains("x-amzn-ErrorType: AccessDeniedException\r\n"))
    }

    @Test("Conditions are asked of each request; a key that nobody here knows allows nothing")
    func conditions() throws {
        func policy(_ condition: String) -> String {
            #"{"principalId":"b","policyDocument":{"Version":"2012-10-17","Statement":[{"Action":"execute-api:Invoke","#
                + #""Effect":"Allow","Resource":"*","Condition":\#(condition)}]}}"#
        }
        for (condition, status) in [
            (#"{"IpAddress":{"aws:SourceIp":"127.0.0.0/8"}}"#, "200"),
            (#"{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}"#, "403"),
            (#"{"StringEquals":{"aws:UserAgent":"me"}}"#, "200"), (#"{"StringEquals":{"aws:Referer":"me"}}"#, "403"),
            (#"{"Bool":{"aws:SecureTransport":"true"}}"#, "200"),
            (#"{"DateGreaterThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}}"#, "200"),
            (#"{"NumericLessThan":{"aws:EpochTime":"1"}}"#, "403"),
            (#"{"StringNotEquals":{"aws:Mystery":"x"}}"#, "403"),
        ] {
            let gateway = try gateway()
            gateway.asked.answer(policy(condition))
            gateway.send(get("t", path: "/prod/pets/7", "User-Agent: me"))
            #expect(gateway.statuses.map { String($0.prefix(3)) } == [status], "\(condition)")
        }
    }

    @Test("A path whose ARN is longer than AWS takes is 414")
    func longPath() throws {
        let gateway = try gateway()
        gateway.asked.answer(Self.answer())
        gateway.send(get("t", path: "/prod/pets/" + String(repeating: "a", count: 1_600)))
        #expect(gateway.statuses.map { $0.prefix(3) } == ["414"])
        #expect(try gateway.asked.events.isEmpty)
    }

    @Test("A context of texts, numbers and booleans is texts everywhere")
    func context() throws {
        let function =
            #"$context.authorizer.text|$context.authorizer.number|$context.authorizer.flag|$context.authorizer.no"#
        let gateway = try gateway(template: function) { api in
            api.methods.append(
                ("GET /proxy", .to(.function()) { ($0.authorizationType, $0.authorizerId) = ("CUSTOM", "auth1") }))
            api.logFormat = "$context.authorizer.text $context.authorizer.principalId $context.authorizer.status"
        }
        gateway.asked.answer(
            Self.answer(more: #","context":{"text":"a \"b\"","number":1.50,"flag":true,"null":null}"#))
        gateway.function.answer(#"{"statusCode":200}"#)
        gateway.send(get(), get(path: "/prod/proxy"))
        #expect(gateway.received.contains(#"a "b"|1.50|true|"#))
        let told = try #require(try gateway.function.events.first?["requestContext"]?["authorizer"])
        #expect(
            told == [
                "text": #"a "b""#, "number": "1.50", "flag": "true", "principalId": "bob", "integrationLatency": 0,
            ])
        #expect(gateway.entries == [#"a \"b\" bob 200"#, #"a \"b\" bob -"#])
    }

    @Test("A REQUEST authorizer is told the whole request")
    func request() throws {
        let authorizer = Self.authorizer {
            $0.type = "REQUEST"
            $0.identitySource = "method.request.header.X, method.request.querystring.q,context.identity.sourceIp"
        }
        let gateway = try gateway(authorizer) { $0.variables = ["v": "w"] }
        gateway.asked.answer(Self.answer())
        gateway.send(get(nil, path: "/prod/pets/7?q=1&r=2&r=3", "X: y"), get(nil, path: "/prod/pets/7?r=2", "X: y"))
        #expect(gateway.statuses.map { $0.prefix(3) } == ["200", "401"])
        let event = try #require(try gateway.asked.events.first)
        #expect(
            event.object?.keys == [
                "type", "methodArn", "resource", "path", "httpMethod", "headers", "multiValueHeaders",
                "queryStringParameters", "multiValueQueryStringParameters", "pathParameters", "stageVariables",
                "requestContext",
            ])
        #expect((event["type"], event["methodArn"]) == ("REQUEST", .string(Self.arn)))
        #expect((event["resource"], event["path"]) == ("/pets/{id}", "/pets/7"))
        #expect(event["queryStringParameters"] == ["q": "1", "r": "3"])
        #expect(event["multiValueQueryStringParameters"] == ["q": ["1"], "r": ["2", "3"]])
        #expect((event["pathParameters"], event["stageVariables"]) == (["id": "7"], ["v": "w"]))
        #expect(event["headers"]?["X"] == "y")
        #expect(event["requestContext"]?["stage"] == "prod" && event["requestContext"]?["authorizer"] == nil)
    }

    @Test("One that keeps nothing is asked whoever comes; what is empty is told as {}")
    func anybody() throws {
        let authorizer = Self.authorizer {
            ($0.type, $0.authorizerResultTtlInSeconds) = ("REQUEST", 0)
        }
        let gateway = try gateway(authorizer)
        gateway.asked.answer(Self.answer())
        gateway.send(get(nil))
        #expect(gateway.statuses == ["200 OK"])
        let event = try #require(try gateway.asked.events.first)
        #expect((event["queryStringParameters"], event["stageVariables"]) == ([:], [:]))
    }

    @Test("A flush has the function asked again, also where it was asked before the flush")
    func flush() throws {
        let gateway = try gateway()
        gateway.send(get())
        gateway.stage.state.forgetAuthorizers()
        gateway.asked.release(Self.answer())
        gateway.wait(milliseconds: 1)
        #expect(gateway.statuses == ["200 OK"])
        gateway.asked.answer(Self.answer("Deny"))
        gateway.send(get())
        #expect(gateway.statuses.map { $0.prefix(3) } == ["200", "403"])
    }

    @Test("The execution log tells of it, with secrets masked")
    func executionLog() throws {
        let gateway = try gateway { api in
            var setting = REST.MethodSetting()
            (setting.loggingLevel, setting.dataTraceEnabled) = ("INFO", true)
            api.settings = ["*/*": setting]
        }
        gateway.asked.answer(Self.answer(principal: #""principalId":"principal-1","#))
        gateway.send(get("secret-token"))
        let lines = gateway.lines(of: "API-Gateway-Execution-Logs_\(TestAPI.id)/prod").map { line in
            String(line.drop { $0 != ")" }.dropFirst(2))
        }
        #expect(lines[0].hasPrefix("Starting authorizer: auth1 for request: "))
        #expect(lines[1] == "Incoming identity: ******-token")
        #expect(
            lines[2].hasPrefix("Endpoint request URI: https://lambda.us-east-1.amazonaws.com/2015-03-31/functions/"))
        #expect(lines[4].hasSuffix(#""authorizationToken":"******-token"}"#))
        #expect(lines[5].hasPrefix(#"Authorizer result body before parsing: {"principalId""#))
        #expect(lines[6] == "Using valid authorizer policy for principal: *****ipal-1")
        #expect(lines[7] == "Successfully completed authorizer execution")
        #expect(lines[8].hasPrefix("Extended Request Id: "))
        #expect(!lines.prefix(8).contains { $0.contains("secret-token") })
    }

    @Test("Gateway responses say what the API has set for them")
    func gatewayResponses() throws {
        let gateway = try gateway { api in
            for (type, status) in [("UNAUTHORIZED", "418"), ("AUTHORIZER_CONFIGURATION_ERROR", "503")] {
                var response = REST.GatewayResponse(responseType: type)
                response.statusCode = status
                response.responseTemplates = ["application/json": "$context.error.messageString"]
                api.gatewayResponses.append(response)
            }
        }
        gateway.asked.answer("null")
        gateway.send(get(nil), get())
        #expect(gateway.statuses.map { $0.prefix(3) } == ["418", "503"])
        #expect(gateway.received.contains("\r\n\r\n\"Unauthorized\""))
        #expect(gateway.received.hasSuffix("\r\n\r\nnull"))
    }

    @Test("A key that the authorizer gives is the call's key")
    func usageKey() throws {
        var plan = REST.UsagePlan(id: "plan", name: "plan")
        plan.apiStages = [REST.ApiStage(apiId: TestAPI.id, stage: "prod")]
        let value = "0123456789abcdefghij"
        let gateway = try gateway(template: "$context.identity.apiKeyId") { api in
            api.apiKeySource = "AUTHORIZER"
            api.methods[0].method.apiKeyRequired = true
        }
        gateway.publish([plan], [REST.KeyDefinition(id: "key", value: value, isEnabled: true, plans: ["plan"])])
        gateway.asked.answer(
            .success(ByteBuffer(string: Self.answer(more: #","usageIdentifierKey":"\#(value)""#))),
            .success(ByteBuffer(string: Self.answer())))
        gateway.send(get("a"), get("b"))
        #expect(gateway.statuses.map { $0.prefix(3) } == ["200", "403"])
        #expect(gateway.received.contains("\r\n\r\nkey"))
    }
}
