import GatewayModel
import JSON
import NIOCore
import Testing

@testable import DataPlane

@Suite("A request of a REST API")
struct RESTPipelineTests {
    private func get(_ target: String, _ fields: String..., method: String = "GET", body: String? = nil) -> String {
        TestGateway.request(method, target, fields, body: body)
    }

    private func gateway(_ api: TestRESTAPI) throws -> EmbeddedGateway { try EmbeddedGateway(api.definition) }

    private func answer(_ gateway: EmbeddedGateway, _ request: String) -> (status: String, body: String) {
        let before = gateway.received.count
        gateway.send(request)
        let text = String(gateway.received.dropFirst(before))
        let halves = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        return (String(text.dropFirst(9).prefix(3)), halves.count > 1 ? String(halves[1]) : "")
    }

    @Test("reaches the most specific resource that has its method")
    func routes() throws {
        func named(_ name: String) -> REST.Method {
            var response = REST.IntegrationResponse(statusCode: "200")
            response.responseParameters = ["method.response.header.x-name": "'\(name)'"]
            return .to(.mock(answers: ["200": response]))
        }
        let gateway = try gateway(
            TestRESTAPI(
                ("POST /test", named("test")), ("ANY /test/any", named("any")), ("ANY /{proxy+}", named("proxy")),
                ("GET /part1/hardcoded", named("hardcoded")), ("GET /a/{p+}", named("a-proxy")),
                ("GET /{x}/b", named("x-b"))))
        let cases = [
            ("OPTIONS", "/prod/test", "proxy"), ("POST", "/prod/test", "test"), ("POST", "/prod/test/", "test"),
            ("OPTIONS", "/prod/test/any", "any"), ("GET", "/prod/part1/hardcoded", "hardcoded"),
            ("GET", "/prod/part1/random", "proxy"), ("GET", "//prod//test/any", "any"), ("GET", "/prod/a/b", "a-proxy"),
            ("GET", "/prod/c/b", "x-b"), ("GET", "/prod/a%2Fb/b", "x-b"),
        ]
        for (method, path, name) in cases {
            let before = gateway.received.count
            gateway.send(get(path, method: method))
            #expect(gateway.received.dropFirst(before).contains("x-name: \(name)\r\n"), "\(method) \(path)")
        }
    }

    @Test("is refused in the words of REST APIs")
    func refusals() throws {
        var api = TestRESTAPI("GET /a", .mock())
        api.methods.append(("GET /iam", .to(.mock()) { $0.authorizationType = "AWS_IAM" }))
        api.methods.append(("GET /key", .to(.mock()) { $0.apiKeyRequired = true }))
        api.methods.append(("GET /none", .to(nil)))
        let gateway = try gateway(api)
        let cases = [
            ("/prod/b", "403", #"{"message":"Missing Authentication Token"}"#, "MissingAuthenticationTokenException"),
            ("/prod", "403", #"{"message":"Missing Authentication Token"}"#, "MissingAuthenticationTokenException"),
            ("/test/a", "403", #"{"message":"Forbidden"}"#, "ForbiddenException"),
            ("/", "403", #"{"message":"Forbidden"}"#, "ForbiddenException"),
            (
                "/prod/iam", "403", #"{"message":"Missing Authentication Token"}"#,
                "MissingAuthenticationTokenException"
            ),
            ("/prod/key", "403", #"{"message":"Forbidden"}"#, "ForbiddenException"),
            ("/prod/none", "500", #"{"message": "Internal server error"}"#, "InternalServerErrorException"),
        ]
        for (path, status, body, type) in cases {
            let before = gateway.received.count
            #expect(answer(gateway, get(path)) == (status, body), "\(path)")
            let text = gateway.received.dropFirst(before)
            #expect(text.contains("\r\nx-amzn-ErrorType: \(type)\r\n"))
            #expect(text.contains("\r\nx-amzn-RequestId: ") && text.contains("\r\nx-amz-apigw-id: "))
            #expect(!text.contains("apigw-requestid"))
        }
    }

    @Test("is refused when the API's endpoint is disabled")
    func closed() throws {
        var api = TestRESTAPI("GET /a", .mock())
        api.isEndpointDisabled = true
        #expect(answer(try gateway(api), get("/prod/a")).status == "403")
    }

    @Test("gets what a gateway response of the API says")
    func gatewayResponses() throws {
        var api = TestRESTAPI("GET /a", .mock())
        var missing = REST.GatewayResponse(responseType: "MISSING_AUTHENTICATION_TOKEN", statusCode: "404")
        missing.responseParameters = [
            "gatewayresponse.header.Access-Control-Allow-Origin": "'*'",
            "gatewayresponse.header.x-path": "context.path",
            "gatewayresponse.header.x-query": "method.request.querystring.q",
        ]
        missing.responseTemplates = [
            "application/json":
                #"{"m":$context.error.messageString,"t":"$context.error.responseType","s":"$stageVariables.v"}"#
        ]
        api.gatewayResponses = [missing]
        api.variables = ["v": "one"]
        let gateway = try gateway(api)
        let (status, body) = answer(gateway, get("/prod/b?q=2"))
        #expect(status == "404")
        #expect(body == #"{"m":"Missing Authentication Token","t":"MISSING_AUTHENTICATION_TOKEN","s":"one"}"#)
        #expect(gateway.received.contains("\r\nAccess-Control-Allow-Origin: *\r\n"))
        #expect(gateway.received.contains("\r\nx-path: /prod/b\r\n"))
        #expect(gateway.received.contains("\r\nx-query: 2\r\n"))
    }

    @Test("takes what its class says where its own type is not set")
    func classResponses() throws {
        var api = TestRESTAPI("GET /a", .mock())
        var all = REST.GatewayResponse(responseType: "DEFAULT_4XX")
        all.responseParameters = ["gatewayresponse.header.x-all": "'yes'"]
        api.gatewayResponses = [all]
        let gateway = try gateway(api)
        #expect(answer(gateway, get("/prod/b")) == ("403", #"{"message":"Missing Authentication Token"}"#))
        #expect(gateway.received.contains("\r\nx-all: yes\r\n"))
    }

    @Test("names all required parameters that it lacks")
    func validation() throws {
        var validator = REST.RequestValidator(id: "v", name: "v")
        validator.validateRequestParameters = true
        var api = TestRESTAPI(
            (
                "GET /a",
                .to(.mock()) {
                    $0.requestValidatorId = "v"
                    $0.requestParameters = [
                        "method.request.querystring.q": true, "method.request.header.x-b": true,
                        "method.request.header.x-a": true, "method.request.querystring.o": false,
                    ]
                }
            ))
        api.validators = [validator]
        let gateway = try gateway(api)
        #expect(
            answer(gateway, get("/prod/a?q=", "x-b: 1"))
                == ("400", #"{"message": "Missing required request parameters: [x-a, q]"}"#))
        #expect(answer(gateway, get("/prod/a?q=1", "x-b: 1", "x-a: 1")).status == "200")
    }

    @Test("is told to a function as AWS does")
    func event() throws {
        let gateway = try gateway(TestRESTAPI("ANY /pets/{id}", .function()))
        gateway.function.answer(#"{"statusCode":201,"headers":{"x-a":"1","Date":"never"},"body":"made"}"#)
        gateway.send(
            get(
                "/prod/pets/a%2Bb?q=1&q=2%2B", "user-agent: t", "X-Own: v", "Content-MD5: x", method: "POST", body: "hi"
            ))
        #expect(gateway.received.hasPrefix("HTTP/1.1 201 Created\r\n"))
        #expect(gateway.received.hasSuffix("\r\n\r\nmade"))
        #expect(gateway.received.contains("\r\nContent-Type: application/json\r\n"))
        #expect(gateway.received.contains("\r\nx-amzn-Remapped-Date: never\r\n"))
        #expect(gateway.received.contains("\r\nX-Amzn-Trace-Id: Root=1-"))
        let event = try #require(try gateway.function.events.first)
        #expect(
            event.object?.keys == [
                "resource", "path", "httpMethod", "headers", "multiValueHeaders", "queryStringParameters",
                "multiValueQueryStringParameters", "pathParameters", "stageVariables", "requestContext", "body",
                "isBase64Encoded",
            ])
        #expect(event["path"] == "/pets/a%2Bb")
        #expect(event["pathParameters"] == ["id": "a%2Bb"])
        #expect(event["queryStringParameters"] == ["q": "2+"])
        #expect(event["headers"]?["User-Agent"] == "t")
        #expect(event["headers"]?["X-Own"] == "v")
        #expect(event["headers"]?["Content-MD5"] == nil)
        #expect(event["headers"]?["Content-Length"] == nil)
        #expect(event["requestContext"]?["path"] == "/prod/pets/a%2Bb")
        #expect(event["requestContext"]?["resourcePath"] == "/pets/{id}")
        #expect(event["requestContext"]?["deploymentId"] == "dep123")
        #expect(event["body"] == "hi")
    }

    @Test(
        "is answered 502 for what is no proxy response",
        arguments: [
            #"{"statusCode":200,"foo":1}"#, #""text""#, "5", "null", #"{"statusCode":"test"}"#, #"{"body":{}}"#,
        ])
    func malformed(_ payload: String) throws {
        let gateway = try gateway(TestRESTAPI("GET /a", .function()))
        gateway.function.answer(payload)
        #expect(answer(gateway, get("/prod/a")) == ("502", #"{"message": "Internal server error"}"#))
    }

    @Test("is answered by functions that say little", arguments: [("{}", ""), (#"{"body":"x"}"#, "x")])
    func short(_ payload: String, _ body: String) throws {
        let gateway = try gateway(TestRESTAPI("GET /a", .function()))
        gateway.function.answer(payload)
        #expect(answer(gateway, get("/prod/a")) == ("200", body))
    }

    @Test("is answered by templates, which read all of it and override what is mapped")
    func templates() throws {
        var response = REST.IntegrationResponse(statusCode: "200")
        response.responseTemplates = [
            "application/json": #"""
            #set($context.responseOverride.header.x-made = "yes")##
            #if($input.params("n") == "7")#set($context.responseOverride.status = 202)#end##
            {"id":"$input.params("id")","v":"$stageVariables.v","p":"$context.path","r":"$context.resourcePath"}
            """#
        ]
        var api = TestRESTAPI("GET /pets/{id}", .mock(answers: ["200": response]))
        api.variables = ["v": "one"]
        let gateway = try gateway(api)
        let (status, body) = answer(gateway, get("/prod/pets/a%20b?n=7"))
        #expect(status == "202")
        #expect(
            try JSONValue(parsing: Array(body.utf8)) == [
                "id": "a b", "v": "one", "p": "/prod/pets/a%20b", "r": "/pets/{id}",
            ])
        #expect(gateway.received.contains("\r\nx-made: yes\r\n"))
        #expect(answer(gateway, get("/prod/pets/1")).status == "200")
    }

    @Test("fails by a template that fails", arguments: ["#if(", "#set($x = $util.parseJson('{'))", "{}"])
    func brokenTemplate(_ template: String) throws {
        let gateway = try gateway(TestRESTAPI("GET /a", .mock(template)))
        #expect(answer(gateway, get("/prod/a")) == ("500", #"{"message": "Internal server error"}"#))
    }

    @Test("is not valid without what its model asks for")
    func bodyValidation() throws {
        var validator = REST.RequestValidator(id: "v", name: "v")
        validator.validateRequestBody = true
        var api = TestRESTAPI(
            (
                "POST /a",
                .to(.mock()) {
                    $0.requestValidatorId = "v"
                    $0.requestModels = ["application/json": "Pet"]
                }
            ))
        api.validators = [validator]
        api.models = [
            REST.Model(
                id: "m", name: "Pet", contentType: "application/json", schema: #"{"type":"object","required":["name"]}"#
            )
        ]
        var invalid = REST.GatewayResponse(responseType: "BAD_REQUEST_BODY", statusCode: "422")
        invalid.responseTemplates = ["application/json": #"{"e":"$context.error.validationErrorString"}"#]
        let gateway = try gateway(api)
        #expect(
            answer(gateway, get("/prod/a", method: "POST", body: "{}"))
                == ("400", #"{"message": "Invalid request body"}"#))
        #expect(answer(gateway, get("/prod/a", method: "POST", body: #"{"name":1}"#)).status == "200")
        api.gatewayResponses = [invalid]
        let custom = try self.gateway(api)
        #expect(
            answer(custom, get("/prod/a", method: "POST", body: "{}"))
                == ("422", #"{"e":"[object has missing required properties ([\"name\"])]"}"#))
    }

    @Test("is answered by the mapped response of a function's error")
    func customFunction() throws {
        var integration = REST.Integration.function("AWS")
        var failed = REST.IntegrationResponse(statusCode: "404")
        failed.selectionPattern = "gone"
        integration.integrationResponses = ["200": REST.IntegrationResponse(statusCode: "200"), "404": failed]
        let gateway = try gateway(TestRESTAPI("POST /a", integration))
        gateway.function.answer(
            .success(.init(string: #"{"a":1}"#)), .functionError(.init(string: #"{"errorMessage":"gone"}"#)))
        #expect(answer(gateway, get("/prod/a", method: "POST", body: #"{"b":2}"#)) == ("200", #"{"a":1}"#))
        #expect(answer(gateway, get("/prod/a", method: "POST", body: "{}")) == ("404", #"{"errorMessage":"gone"}"#))
        #expect(try gateway.function.events.first == ["b": 2])
    }

    @Test(
        "cannot be told a field that would frame the origin's request",
        arguments: [
            "Content-Length", "Transfer-Encoding", "x-amzn-trace-id",
        ])
    func forbiddenOverride(_ name: String) async throws {
        var integration = REST.Integration(type: "HTTP")
        integration.httpMethod = "POST"
        integration.uri = "http://127.0.0.1:1/"
        integration.requestTemplates = [
            "application/json": "#set($context.requestOverride.header['\(name)'] = '1')body"
        ]
        let gateway = try gateway(TestRESTAPI("POST /a", integration))
        #expect(
            answer(gateway, get("/prod/a", method: "POST", body: "{}"))
                == ("500", #"{"message": "Internal server error"}"#))
    }

    @Test(
        "is answered without a body by a gateway response that has none, and never by an interim one",
        arguments: [
            ("204", "204"), ("304", "304"), ("100", "403"),
        ])
    func statusOfGatewayResponses(_ written: String, _ seen: String) throws {
        var api = TestRESTAPI("GET /a", .mock())
        api.gatewayResponses = [REST.GatewayResponse(responseType: "MISSING_AUTHENTICATION_TOKEN", statusCode: written)]
        let gateway = try gateway(api)
        let (status, body) = answer(gateway, get("/prod/b"))
        #expect(status == seen)
        #expect(body.isEmpty == (seen != "403"))
        #expect(answer(gateway, get("/prod/a")).status == "200")
    }

    @Test("gets each field of framing once, whatever a gateway response maps")
    func framingOfGatewayResponses() throws {
        var api = TestRESTAPI("GET /a", .mock())
        var missing = REST.GatewayResponse(responseType: "MISSING_AUTHENTICATION_TOKEN")
        missing.responseParameters = [
            "gatewayresponse.header.Content-Length": "'5'", "gatewayresponse.header.Content-Type": "'text/plain'",
            "gatewayresponse.header.Transfer-Encoding": "'chunked'",
            "gatewayresponse.header.x-why": "context.error.message",
        ]
        api.gatewayResponses = [missing]
        let gateway = try gateway(api)
        gateway.send(get("/prod/b"))
        let text = gateway.received.lowercased()
        #expect(text.ranges(of: "\r\ncontent-length: ").count == 1)
        #expect(text.ranges(of: "\r\ncontent-type: ").count == 1)
        #expect(text.contains("\r\nx-amzn-remapped-content-length: 5\r\n"))
        #expect(!text.contains("transfer-encoding"))
        #expect(text.contains("\r\nx-why: missing authentication token\r\n"))
    }

    @Test("is answered with the trace that its integration was told, by the root alone where it fails")
    func trace() throws {
        let gateway = try gateway(TestRESTAPI("GET /a", .function()))
        gateway.function.answer(
            .success(.init(string: #"{"statusCode":200}"#)), .success(.init(string: #"{"statusCode":200}"#)),
            .success(.init(string: "[]")))
        let whole = "Root=1-3152b799-8954dae64eda91bc9a23a7e8;Parent=7fa8c0f79203be72;Sampled=1"
        gateway.send(get("/prod/a", "X-Amzn-Trace-Id: \(whole)"))
        #expect(gateway.received.contains("\r\nX-Amzn-Trace-Id: \(whole)\r\n"))
        gateway.send(get("/prod/a", "X-Amzn-Trace-Id: Root=1-00000000-000000000000000000000001"))
        let told = gateway.function.traceIds.last ?? ""
        #expect(told.hasPrefix("Root=1-00000000-000000000000000000000001;Parent="))
        #expect(gateway.received.contains("\r\nX-Amzn-Trace-Id: \(told)\r\n"))
        gateway.send(get("/prod/a", "X-Amzn-Trace-Id: Root=1-00000000-000000000000000000000002;Parent=1;Sampled=1"))
        #expect(gateway.received.contains("\r\nX-Amzn-Trace-Id: Root=1-00000000-000000000000000000000002\r\n"))
    }

    @Test("of a verb that ANY does not stand for has no method")
    func unknownVerb() throws {
        let gateway = try gateway(TestRESTAPI("ANY /a", .mock()))
        #expect(answer(gateway, get("/prod/a", method: "PROPFIND")).status == "403")
    }

    @Test("gets the values of both maps of a function, once each")
    func mergedHeaders() throws {
        let gateway = try gateway(TestRESTAPI("GET /a", .function()))
        gateway.function.answer(#"{"headers":{"X-A":"solo"},"multiValueHeaders":{"x-a":["multi","solo"]}}"#)
        gateway.send(get("/prod/a"))
        #expect(gateway.received.contains("\r\nx-a: multi\r\nx-a: solo\r\n"))
        #expect(!gateway.received.contains("X-A: "))
    }

    @Test("gets a line for each value of an override that is a list")
    func listOverride() throws {
        var response = REST.IntegrationResponse(statusCode: "200")
        response.responseTemplates = [
            "application/json": #"#set($context.responseOverride.header['Set-Cookie'] = ['a=1', 'b=2'])ok"#
        ]
        let gateway = try gateway(TestRESTAPI("GET /a", .mock(answers: ["200": response])))
        gateway.send(get("/prod/a"))
        #expect(gateway.received.contains("\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n"))
    }
}
