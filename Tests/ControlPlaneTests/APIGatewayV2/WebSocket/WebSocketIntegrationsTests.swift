import GatewayModel
import JSON
import Testing

@testable import ControlPlane

private let http: JSONObject = [
    "integrationType": "HTTP", "integrationMethod": "POST", "integrationUri": "https://example.com",
]
private let table: JSONObject = [
    "integrationType": "AWS", "integrationMethod": "POST",
    "integrationUri": "arn:aws:apigateway:eu-central-1:dynamodb:action/PutItem",
    "credentialsArn": "arn:aws:iam::123456789012:role/r",
]

private let badMapping =
    "Invalid mapping expression specified: Validation Result: warnings : [], errors : "
    + "[Invalid mapping expression specified: "

@Suite("Integrations of WebSocket APIs") struct WebSocketIntegrationsTests {
    @Test("of the type MOCK read back their defaults")
    func mock() async throws {
        let socket = try await WebSocketPlane()
        let path = try await socket.makeIntegration()
        #expect(
            await socket.call("GET", path).text == """
                {"connectionType":"INTERNET","integrationId":"\(path.dropFirst("/integrations/".count))",\
                "integrationResponseSelectionExpression":"${integration.response.statuscode}",\
                "integrationType":"MOCK","passthroughBehavior":"WHEN_NO_MATCH","payloadFormatVersion":"1.0",\
                "timeoutInMillis":29000}
                """)
    }

    @Test(
        "choose their responses by what the type has",
        arguments: [
            (["integrationType": "AWS_PROXY", "integrationUri": WebSocketPlane.function], nil, nil),
            (
                ["integrationType": "AWS", "integrationUri": WebSocketPlane.function], "WHEN_NO_MATCH",
                "${integration.response.body.errorMessage}"
            ),
            (table, "WHEN_NO_MATCH", "${integration.response.statuscode}"),
            (http, "WHEN_NO_MATCH", "${integration.response.statuscode}"),
            (
                [
                    "integrationType": "HTTP_PROXY", "integrationMethod": "PUT", "integrationUri": "http://example.net",
                    "connectionType": "VPC_LINK", "connectionId": "abc",
                ], nil, nil
            ),
        ] as [(JSONObject, JSONValue?, JSONValue?)])
    func types(members: JSONObject, behavior: JSONValue?, expression: JSONValue?) async throws {
        let socket = try await WebSocketPlane()
        let made = await socket.call("GET", try await socket.makeIntegration(members))
        for (name, value) in members { #expect(made[name] == value) }
        #expect(made["passthroughBehavior"] == behavior)
        #expect(made["integrationResponseSelectionExpression"] == expression)
        #expect(made["integrationMethod"] == members["integrationMethod"] ?? "POST")
        #expect(made["payloadFormatVersion"] == "1.0")
    }

    @Test("read back every member, and are changed by what is named")
    func members() async throws {
        let socket = try await WebSocketPlane()
        var members = http
        members["contentHandlingStrategy"] = "CONVERT_TO_TEXT"
        members["description"] = "d"
        members["passthroughBehavior"] = "NEVER"
        members["templateSelectionExpression"] = "$request.body.name"
        members["timeoutInMillis"] = 50
        members["requestTemplates"] = ["application/json": "", "$default": "#set($a = 1)"]
        members["requestParameters"] = [
            "integration.request.querystring.stage": "'value1'",
            "integration.request.header.id": "context.connectionId",
            "integration.request.path.a": "route.request.body.a",
        ]
        let path = try await socket.makeIntegration(members)
        let made = await socket.call("GET", path)
        for (name, value) in members { #expect(made[name] == value) }
        let changed = await socket.call(
            "PATCH", path,
            [
                "requestTemplates": ["a": "b"], "templateSelectionExpression": #"\$default"#,
                "contentHandlingStrategy": "",
                "requestParameters": [
                    "integration.request.querystring.stage": "", "integration.request.path.a": "stageVariables.a",
                ],
            ])
        #expect(changed.status == 200)
        #expect(changed["requestTemplates"] == ["a": "b"])
        #expect(changed["templateSelectionExpression"] == #"\$default"#)
        #expect(changed["contentHandlingStrategy"] == nil)
        #expect(
            changed["requestParameters"] == [
                "integration.request.header.id": "context.connectionId",
                "integration.request.path.a": "stageVariables.a",
            ])
        #expect(changed["passthroughBehavior"] == "NEVER")
    }

    @Test(
        "are refused what is none",
        arguments: [
            (
                ["integrationType": "FTP"],
                "Invalid integration type specified. Must be one of [AWS, AWS_PROXY, HTTP, HTTP_PROXY, MOCK]"
            ),
            (["integrationUri": "not a uri"], "Invalid HTTP endpoint specified for URI"),
            (
                ["integrationMethod": ""],
                "HttpMethod parameter method must be specified for integrationType HTTP"
            ),
            (["integrationMethod": "FETCH"], "Invalid HTTP method identifier specified: FETCH"),
            (["timeoutInMillis": 49], "Timeout should be between 50 ms and 29000 ms"),
            (["timeoutInMillis": 29_001], "Timeout should be between 50 ms and 29000 ms"),
            (["payloadFormatVersion": "2.0"], "Unsupported PayloadFormatVersion: 2.0"),
            (
                ["passthroughBehavior": "SOMETIMES"],
                "Invalid passthrough behavior specified. Must be one of [WHEN_NO_MATCH, WHEN_NO_TEMPLATES, NEVER]"
            ),
            (
                ["contentHandlingStrategy": "SHRED"],
                "Invalid content handling strategy specified. Must be one of [CONVERT_TO_BINARY, CONVERT_TO_TEXT]"
            ),
            (
                ["connectionType": "PIGEON"],
                "Invalid connection type specified. Must be one of [INTERNET, VPC_LINK]"
            ),
            (
                ["connectionType": "VPC_LINK"],
                "A connection id is required for the connection type VPC_LINK"
            ),
            (
                ["credentialsArn": "arn:aws:iam::123456789012:role/r"],
                "Credentials have no effect on integrations of the type HTTP: they are for functions and AWS services."
            ),
            (["integrationSubtype": "a"], "The member integrationSubtype is only supported for HTTP APIs."),
            (["responseParameters": ["200": [:]]], "The member responseParameters is only supported for HTTP APIs."),
            (["tlsConfig": ["serverNameToVerify": "a"]], "The member tlsConfig is only supported for HTTP APIs."),
            (
                ["templateSelectionExpression": "${stageVariables.a}"],
                "Invalid templateSelectionExpression specified: ${stageVariables.a}"
            ),
            (["requestParameters": ["append:header.a": "'b'"]], badMapping + "append:header.a]"),
            (
                ["requestParameters": ["integration.request.header.a": "method.request.header.b"]],
                badMapping + "method.request.header.b]"
            ),
            (["requestParameters": ["integration.request.header.a": "b"]], badMapping + "b]"),
            (
                ["requestParameters": ["integration.request.header.a": "'b\r\nc: d'"]],
                badMapping + "control characters are not allowed]"
            ),
        ] as [(JSONObject, String)])
    func refused(changes: JSONObject, message: String) async throws {
        let socket = try await WebSocketPlane()
        let path = try await socket.makeIntegration(http)
        let answer = await socket.call("PATCH", path, .object(changes))
        #expect(answer.code == "BadRequestException")
        #expect(answer.message == message)
    }

    @Test(
        "with functions and services name them as AWS has it",
        arguments: [
            (["integrationUri": "arn:aws:sqs:us-east-1:1:queue"], "Invalid integration URI specified"),
            (["integrationType": "AWS_PROXY"], "Invalid integration URI specified"),
            (["credentialsArn": .null], "Role ARN must be specified for AWS integrations"),
            (["credentialsArn": "arn:aws:iam::1:user/a"], "Invalid ARN specified in the request"),
            (
                ["credentialsArn": "arn:aws:iam::*:user/*"],
                "Gatehouse passes the caller's credentials on to functions only: 'arn:aws:iam::*:user/*' is refused."
            ),
            (["integrationMethod": .null], "HttpMethod parameter method must be specified for integrationType AWS"),
        ] as [(JSONObject, String)])
    func services(changes: JSONObject, message: String) async throws {
        let socket = try await WebSocketPlane()
        var members = table
        for (name, value) in changes { members[name] = value }
        let answer = await socket.call("POST", "/integrations", .object(members))
        #expect(answer.code == "BadRequestException")
        #expect(answer.message == message)
    }

    @Test("of functions are what their stages are compiled again for", arguments: ["AWS", "AWS_PROXY"])
    func callers(type: String) async throws {
        let socket = try await WebSocketPlane()
        _ = try await socket.makeIntegration(
            ["integrationType": .string(type), "integrationUri": WebSocketPlane.function])
        var world = socket.plane.plane.world
        var api = try #require(world[HTTPAPI.self, socket.api])
        var stage = Stages.make(name: "dev", isWebSocket: true, now: "")
        stage.autoDeploy = true
        stage.deploymentId = "one"
        api.stages.put(stage)
        HTTPAPI.index(api.id, from: nil, to: api, in: &world)
        #expect(world.callers.stages(calling: "chat").contains(StageKey(apiId: api.id, stageName: "dev")))
    }

    @Test("have the longest time where none is said any more")
    func longestTime() async throws {
        let socket = try await WebSocketPlane()
        let path = try await socket.makeIntegration(["integrationType": "MOCK", "timeoutInMillis": 50])
        #expect(await socket.call("PATCH", path, ["timeoutInMillis": .null])["timeoutInMillis"] == 29000)
    }
}
