import JSON
import Testing

@testable import ControlPlane

private let proxyOnly =
    "Currently, an API with a protocol type of HTTP may only be associated with proxy integrations "
    + "(AWS_PROXY, HTTP_PROXY)"

/// What makes an integration that is in order a wrong one, and why.
private let refusals: [(JSONObject, String)] = [
    (["integrationType": "MOCK"], proxyOnly), (["integrationType": "AWS"], proxyOnly),
    (["integrationUri": "not a uri"], "Invalid HTTP endpoint specified for URI"),
    (["integrationUri": "ftp://example.com"], "Invalid HTTP endpoint specified for URI"),
    (["integrationUri": "https:///path"], "Invalid HTTP endpoint specified for URI"),
    (["integrationUri": "https://a.example/{id"], "Invalid HTTP endpoint specified for URI"),
    (["integrationUri": "https://a.example:99999/"], "Invalid HTTP endpoint specified for URI"),
    (["integrationUri": "https://user@a.example/"], "Invalid HTTP endpoint specified for URI"),
    (["integrationUri": "https://${stageVariables.}/"], "Invalid HTTP endpoint specified for URI"),
    (
        ["payloadFormatVersion": "2.0"],
        "PayloadFormatVersion 2.0 is not supported for integration of type HTTP_PROXY"
    ),
    (["payloadFormatVersion": "3.0"], "Unsupported PayloadFormatVersion: 3.0"),
    (["timeoutInMillis": 49], "Timeout should be between 50 ms and 30000 ms"),
    (["timeoutInMillis": 30001], "Timeout should be between 50 ms and 30000 ms"),
    (["integrationMethod": "FETCH"], "Invalid HTTP method identifier specified: FETCH"),
    (
        ["connectionType": "VPC_LINK", "connectionId": "abcdef"],
        "For VpcLink abcdef, integration uri should be a valid ELB listener ARN or a valid Cloud Map service ARN."
    ),
    (
        ["credentialsArn": "arn:aws:iam::123456789012:role/r"],
        "Credentials have no effect on HTTP integrations: they are for functions."
    ),
    (
        ["credentialsArn": "arn:aws:iam::*:user/*"],
        "Credentials have no effect on HTTP integrations: they are for functions."
    ),
    (
        ["tlsConfig": ["serverNameToVerify": "a.example"]],
        "TLS config is only supported for private integrations"
    ),
    (
        ["integrationSubtype": "SQS-SendMessage"],
        "Gatehouse does not serve integrations with AWS services (integrationSubtype) yet."
    ),
    (
        ["passthroughBehavior": "NEVER"],
        "The member passthroughBehavior is only supported for WebSocket APIs."
    ),
    (
        ["requestTemplates": [:]],
        "The member requestTemplates is only supported for WebSocket APIs."
    ),
]

@Suite struct IntegrationsTests {
    let plane = APIPlane()

    @Test func aFreshHTTPIntegrationReadsBackItsDefaults() async throws {
        let (api, id) = try await plane.makeAPI()
        #expect(
            await plane.call("GET", "/v2/apis/\(api)/integrations/\(id)").text == """
                {"connectionType":"INTERNET","integrationId":"\(id)","integrationMethod":"GET",\
                "integrationType":"HTTP_PROXY","integrationUri":"https://example.com/pets",\
                "payloadFormatVersion":"1.0","timeoutInMillis":30000}
                """)
    }

    @Test(
        arguments: [
            ("arn:aws:iam::123456789012:role/team/r", 201), ("arn:aws:iam::*:user/*", 201),
            ("arn:aws:iam::123456789012:${stageVariables.role}", 201), ("arn:aws:iam::123456789012:user/ada", 400),
            ("arn:aws:sts::123456789012:role/r", 400), ("r", 400),
        ])
    func aFunctionMayBeCalledAsARole(arn: String, status: Int) async throws {
        let (api, _) = try await plane.makeAPI()
        let answer = await plane.call(
            "POST", "/v2/apis/\(api)/integrations",
            [
                "integrationType": "AWS_PROXY", "payloadFormatVersion": "2.0", "credentialsArn": .string(arn),
                "integrationUri": "arn:aws:lambda:us-east-1:123456789012:function:users-handler",
            ])
        #expect(answer.status == status)
        guard status == 201 else {
            #expect(answer.message == "Invalid ARN specified in the request")
            return
        }
        #expect(answer["credentialsArn"]?.string == arn)
        let id = answer["integrationId"]?.string ?? ""
        let emptied = await plane.call("PATCH", "/v2/apis/\(api)/integrations/\(id)", ["credentialsArn": ""])
        #expect(emptied.status == 200 && emptied["credentialsArn"] == nil)
    }

    @Test func aLambdaIntegrationIsInvokedByPost() async throws {
        let (api, _) = try await plane.makeAPI()
        let uri = "arn:aws:lambda:us-east-1:123456789012:function:users-handler"
        let answer = await plane.call(
            "POST", "/v2/apis/\(api)/integrations",
            ["integrationType": "AWS_PROXY", "integrationUri": .string(uri), "payloadFormatVersion": "2.0"])
        #expect(answer.status == 201)
        #expect(answer["integrationMethod"] == "POST")
        #expect(answer["integrationUri"]?.string == uri)
    }

    @Test(arguments: refusals)
    func aBadIntegrationIsRefused(members: JSONObject, message: String) async throws {
        let (api, id) = try await plane.makeAPI()
        let answer = await plane.call("PATCH", "/v2/apis/\(api)/integrations/\(id)", .object(members))
        #expect(answer.code == "BadRequestException")
        #expect(answer.message == message)
    }

    @Test func anHTTPIntegrationNeedsAMethod() async throws {
        let (api, _) = try await plane.makeAPI()
        let answer = await plane.call(
            "POST", "/v2/apis/\(api)/integrations",
            ["integrationType": "HTTP_PROXY", "integrationUri": "https://example.com/"])
        #expect(answer.message == "HttpMethod parameter method must be specified for integrationType HTTPPROXY")
    }

    @Test func aLambdaIntegrationNeedsAPayloadFormatVersion() async throws {
        let (api, _) = try await plane.makeAPI()
        let answer = await plane.call(
            "POST", "/v2/apis/\(api)/integrations",
            [
                "integrationType": "AWS_PROXY",
                "integrationUri": "arn:aws:lambda:us-east-1:123456789012:function:f",
            ])
        #expect(answer.message == "PayloadFormatVersion is a required parameter for integration")
    }

    @Test func whatTerraformSendsByDefaultIsAccepted() async throws {
        let (api, id) = try await plane.makeAPI()
        let answer = await plane.call(
            "PATCH", "/v2/apis/\(api)/integrations/\(id)",
            ["passthroughBehavior": "WHEN_NO_MATCH", "connectionId": "", "tlsConfig": [:]])
        #expect(answer.status == 200)
        #expect(answer["passthroughBehavior"] == nil)
    }

    @Test func requestParametersAreMergedAndEmptyOnesDeleted() async throws {
        let (api, id) = try await plane.makeAPI()
        let path = "/v2/apis/\(api)/integrations/\(id)"
        let first: JSONValue = ["overwrite:header.a": "1", "append:header.b": "2"]
        #expect(await plane.call("PATCH", path, ["requestParameters": first])["requestParameters"] == first)
        let answer = await plane.call(
            "PATCH", path, ["requestParameters": ["overwrite:header.a": "", "append:header.c": "3"]])
        #expect(answer["requestParameters"] == ["append:header.b": "2", "append:header.c": "3"])
    }

    @Test func responseParametersAreReplacedByStatusAndEmptyOnesStay() async throws {
        let (api, id) = try await plane.makeAPI()
        let path = "/v2/apis/\(api)/integrations/\(id)"
        let first: JSONValue = ["200": ["append:header.a": "1"], "404": ["append:header.b": "2"]]
        #expect(await plane.call("PATCH", path, ["responseParameters": first])["responseParameters"] == first)
        let answer = await plane.call(
            "PATCH", path, ["responseParameters": ["200": [:], "404": ["remove:header.c": "''"]]])
        #expect(answer["responseParameters"] == ["200": [:], "404": ["remove:header.c": "''"]])
    }

    @Test func anIntegrationThatRoutesUseIsNotDeleted() async throws {
        let ids = try await plane.makeAPI()
        let route = try #require(await plane.makeRoute("GET /a", in: ids)["routeId"]?.string)
        let path = "/v2/apis/\(ids.api)/integrations/\(ids.integration)"
        let answer = await plane.call("DELETE", path)
        #expect(answer.status == 409)
        #expect(
            answer.message
                == "Cannot delete Integration because it is referenced by the following Routes with Ids: [\(route)]")
        _ = await plane.call("DELETE", "/v2/apis/\(ids.api)/routes/\(route)")
        #expect(await plane.call("DELETE", path).status == 204)
        #expect(await plane.call("GET", path).message == "Invalid Integration identifier specified \(ids.integration)")
    }
}

@Suite struct LambdaURITests {
    @Test(
        arguments: [
            ("arn:aws:lambda:us-east-1:123456789012:function:f", "f"),
            ("arn:aws:lambda:us-east-1:123456789012:function:f:live", "f:live"),
            ("arn:aws:lambda:us-east-1:123456789012:function:f:$LATEST", "f:$LATEST"),
            (
                "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
                    + "arn:aws:lambda:us-east-1:123456789012:function:f/invocations", "f"
            ),
            ("arn:aws:lambda:us-east-1:123456789012:function:${stageVariables.f}", nil),
            ("arn:aws:lambda:us-east-1:123456789012:function:f:${stageVariables.alias}", nil),
        ] as [(String, String?)])
    func isAFunction(uri: String, name: String?) throws {
        #expect(try #require(LambdaURI(uri)).functionName == name)
    }

    @Test(
        arguments: [
            "", "f", "arn:aws:lambda:us-east-1:123456789012:function", "arn:aws:sqs:us-east-1:123456789012:function:f",
            "arn:aws:lambda:us-east-1:123456789012:layer:f:1", "arn:aws:lambda:us-east-1:123456789012:function:",
            "arn:aws:lambda:us-east-1:123456789012:function:a b", "arn:aws:lambda:us-east-1:1:function:f:a:b",
            "arn:aws:lambda:us-east-1:1:function:${stageVariables.f",
            "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:1:function:f",
            "https://example.com/",
        ])
    func isNone(uri: String) {
        #expect(LambdaURI(uri) == nil)
    }
}

@Suite struct ParameterMappingTests {
    private static let head = "Invalid mapping expression specified: Validation Result: warnings : [], errors : "

    @Test(
        arguments: [
            ["append:header.x-a": "$request.header.x-b"], ["overwrite:header.Host": "a.example"],
            ["remove:querystring.qs1": "''"], ["overwrite:path": "$request.path"],
            ["overwrite:path": "/a/${request.path.id}/${stageVariables.s}"],
            ["overwrite:querystring.q": "$request.querystring.other"],
            ["append:header.x": "$context.identity.sourceIp"], ["append:header.x": "$request.body.a[0].b"],
            ["append:header.x": "costs 5 $"], ["append:header.x": "$request.body"],
            ["append:header.x": "${context.requestId} by ${request.header.user-agent}"],
        ] as [OrderedMap<String>])
    func takesRequestMappings(mappings: OrderedMap<String>) throws {
        try ParameterMapping.checkRequest(mappings)
    }

    @Test(
        arguments: [
            (
                "badaction:header.x", "v",
                "[Invalid Request Actioned Parameter destination specified: badaction:header.x]"
            ),
            ("append:path", "v", "[Invalid Request Actioned Parameter destination specified: append:path]"),
            ("remove:path", "''", "[Invalid Request Actioned Parameter destination specified: remove:path]"),
            (
                "overwrite:statuscode", "200",
                "[Invalid Request Actioned Parameter destination specified: overwrite:statuscode]"
            ),
            ("header.x", "v", "[Invalid Request Actioned Parameter destination specified: header.x]"),
            ("append:header.Authorization", "v", "[Operations on header Authorization are restricted]"),
            ("append:header.X-Amz-Date", "v", "[Operations on header X-Amz-Date are restricted]"),
            ("append:header.a b", "v", "[Invalid header name specified: a b]"),
            ("append:header.x", "", "[Mapping expression missing source or destination]"),
            ("append:header.x", "$request.cookie.a", "[Invalid mapping expression specified: $request.cookie.a]"),
            ("append:header.x", "$response.header.a", "[Invalid mapping expression specified: $response.header.a]"),
            ("append:header.x", "$request.body..a", "[Invalid mapping expression specified: $request.body..a]"),
            ("append:header.x", "$request.path.", "[Invalid mapping expression specified: $request.path.]"),
            ("append:header.x", "${request.path", "[Invalid mapping expression specified: ${request.path]"),
            ("append:header.x", "$stageVariables.a-b", "[Invalid mapping expression specified: $stageVariables.a-b]"),
            (
                "append:header.x", "a\r\nb: c",
                "[Invalid mapping expression specified: control characters are not allowed]"
            ),
        ])
    func refusesRequestMappings(key: String, value: String, fault: String) {
        let error = #expect(throws: ServiceError.self) { try ParameterMapping.checkRequest([key: value]) }
        #expect(error?.message == Self.head + fault)
    }

    @Test func takesResponseMappings() throws {
        try ParameterMapping.checkResponse([
            "200": ["append:header.x": "$response.header.y", "overwrite:statuscode": "404"],
            "599": ["remove:header.x": "''", "overwrite:statuscode": "$response.header.code"],
        ])
    }

    @Test(
        arguments: [
            ("199", "append:header.x", "v", "[Status Code 199 is not valid.]"),
            ("600", "append:header.x", "v", "[Status Code 600 is not valid.]"),
            ("ok", "append:header.x", "v", "[Status Code ok is not valid.]"),
            ("+20", "append:header.x", "v", "[Status Code +20 is not valid.]"),
            ("200", "overwrite:statuscode", "99", "[Status Code 99 is not valid.]"),
            (
                "200", "append:statuscode", "201",
                "[Invalid Response Actioned Parameter destination specified: append:statuscode]"
            ),
            (
                "200", "overwrite:querystring.a", "v",
                "[Invalid Response Actioned Parameter destination specified: overwrite:querystring.a]"
            ),
            ("200", "append:header.via", "v", "[Operations on header via are restricted]"),
            ("200", "append:header.x", "$request.path", "[Invalid mapping expression specified: $request.path]"),
        ])
    func refusesResponseMappings(status: String, key: String, value: String, fault: String) {
        let error = #expect(throws: ServiceError.self) { try ParameterMapping.checkResponse([status: [key: value]]) }
        #expect(error?.message == Self.head + fault)
    }
}
