import JSON
import Testing

@testable import ControlPlane

@Suite("WebSocket APIs") struct WebSocketApisTests {
    private let plane = APIPlane()

    @Test("read back their defaults")
    func defaults() async throws {
        let made = await plane.call("POST", "/v2/apis", .object(WebSocketPlane.members))
        let id = try #require(made["apiId"]?.string)
        #expect(made.status == 201)
        #expect(
            made.text == """
                {"apiEndpoint":"wss://\(id).execute-api.eu-central-1.amazonaws.com","apiId":"\(id)",\
                "apiKeySelectionExpression":"$request.header.x-api-key","createdDate":"2020-04-08T00:08:44Z",\
                "disableExecuteApiEndpoint":false,"ipAddressType":"ipv4","name":"chat","protocolType":"WEBSOCKET",\
                "routeSelectionExpression":"$request.body.action"}
                """)
    }

    @Test("are changed by what is named")
    func update() async throws {
        let socket = try await WebSocketPlane(plane)
        let answer = await socket.call(
            "PATCH", "",
            [
                "routeSelectionExpression": "${request.body.type}", "disableSchemaValidation": true,
                "apiKeySelectionExpression": "$context.authorizer.usageIdentifierKey", "description": "d",
            ])
        #expect(answer.status == 201)
        #expect(answer["routeSelectionExpression"] == "${request.body.type}")
        #expect(answer["disableSchemaValidation"] == true)
        #expect(answer["apiKeySelectionExpression"] == "$context.authorizer.usageIdentifierKey")
        #expect(answer["name"] == "chat")
        #expect(await socket.call("DELETE").status == 204)
        #expect(await plane.store.entities.isEmpty)
    }

    @Test(
        "are refused what they do not have",
        arguments: [
            (["routeSelectionExpression": .null], "RouteSelectionExpression is required for WEBSOCKET protocol type"),
            (["routeSelectionExpression": ""], "Invalid routeSelectionExpression specified: "),
            (
                ["routeSelectionExpression": "$request.header.a"],
                "Invalid routeSelectionExpression specified: $request.header.a"
            ),
            (
                ["apiKeySelectionExpression": "$request.header.key"],
                "Invalid apiKeySelectionExpression specified. Must be one of "
                    + "[$request.header.x-api-key, $context.authorizer.usageIdentifierKey]"
            ),
            (
                ["corsConfiguration": ["allowOrigins": ["*"]]],
                "The member corsConfiguration is only supported for HTTP APIs."
            ),
            (["target": WebSocketPlane.function], "The member target is only supported for HTTP APIs."),
            (["routeKey": "$default"], "The member routeKey is only supported for HTTP APIs."),
            (["credentialsArn": "arn:aws:iam::1:role/r"], "The member credentialsArn is only supported for HTTP APIs."),
            (["name": ""], "Invalid API name specified"),
        ] as [(JSONObject, String)])
    func refused(changes: JSONObject, message: String) async {
        var members = WebSocketPlane.members
        for (name, value) in changes { members[name] = value }
        let answer = await plane.call("POST", "/v2/apis", .object(members))
        #expect(answer.code == "BadRequestException")
        #expect(answer.message == message)
        #expect(await plane.call("GET", "/v2/apis").items.isEmpty)
    }

    @Test("are not imported over or exported")
    func documents() async throws {
        let socket = try await WebSocketPlane(plane)
        let imported = await socket.call("PUT", "", ["body": "{}"])
        #expect(imported.message == "ReimportApi is only supported for HTTP APIs.")
        let exported = await socket.call("GET", "/exports/OAS30", query: "outputType=JSON")
        #expect(exported.message == "ExportApi is only supported for HTTP APIs.")
    }

    @Test("serve what a stage has been given, or all changes where it deploys by itself", arguments: [true, false])
    func stages(autoDeploy: Bool) async throws {
        let socket = try await WebSocketPlane(plane)
        _ = try await socket.makeRoute("$default")
        let stage = await socket.call("POST", "/stages", ["stageName": "prod", "autoDeploy": .bool(autoDeploy)])
        #expect(stage.status == 201)
        #expect(plane.traffic.served.count == (autoDeploy ? 1 : 0))
        let deployment = await socket.call("POST", "/deployments", ["stageName": autoDeploy ? .null : "prod"])
        #expect(deployment.status == 201)
        #expect(plane.traffic.served.count == 1)
    }

    @Test(
        "write logs as the account's role",
        arguments: [
            ["defaultRouteSettings": ["loggingLevel": "INFO"]],
            ["routeSettings": ["$default": ["loggingLevel": "ERROR"]]],
            [
                "accessLogSettings": [
                    "destinationArn": "arn:aws:logs:us-east-1:1:log-group:x", "format": "$context.requestId",
                ]
            ],
        ] as [JSONObject])
    func logRole(settings: JSONObject) async throws {
        let socket = try await WebSocketPlane(plane)
        _ = try await socket.makeRoute("$default")
        let patch: JSONValue = ["op": "replace", "path": "/cloudwatchRoleArn", "value": ""]
        _ = await plane.call("PATCH", "/account", ["patchOperations": [patch]])
        var members = settings
        members["stageName"] = "prod"
        let stage = await socket.call("POST", "/stages", .object(members))
        #expect(stage.message == "CloudWatch Logs role ARN must be set in account settings to enable logging")
        #expect(await socket.call("POST", "/stages", ["stageName": "prod"]).status == 201)
    }

    @Test("cannot be deployed without routes, in AWS's words")
    func noRoutes() async throws {
        let answer = await (try WebSocketPlane(plane)).call("POST", "/deployments", [:])
        #expect(answer.message == "At least one route is required before deploying the Api")
    }
}
