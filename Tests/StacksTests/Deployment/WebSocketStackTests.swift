import GatewayModel
import JSON
import Testing

@testable import Stacks

/// Stacks of WebSocket APIs as the management API has them.
@Suite struct WebSocketStackTests {
    private func api(_ world: World) async throws -> (id: String, api: JSONValue) {
        let api = try #require(try await world.get("/v2/apis", "items").first)
        return (try #require(api["apiId"]?.string), api)
    }

    @Test func membersReachTheirResources() async throws {
        let world = try World()
        let result = try await world.deploy(EditedWebSocketStack.before)
        let (id, api) = try await api(world)
        #expect(api["protocolType"] == "WEBSOCKET")
        #expect(api["routeSelectionExpression"] == "$request.body.action")
        #expect(api["disableSchemaValidation"] == true)
        let routes = try await world.get("/v2/apis/\(id)/routes", "items")
        let connect = try #require(routes.first { $0["routeKey"] == "$connect" })
        #expect(
            connect["requestParameters"] == [
                "route.request.querystring.token": ["required": true],
                "route.request.querystring.gone": ["required": false],
            ])
        let send = try #require(routes.first { $0["routeKey"] == "send" })
        #expect(send["requestModels"] == ["send": "Message"])
        let model = try #require(try await world.get("/v2/apis/\(id)/models", "items").first)
        #expect(model["schema"] == #"{"type":"object","required":["text"]}"#)
        let outputs = Dictionary(uniqueKeysWithValues: result.deployment.outputs.map { ($0.name, $0.value) })
        #expect(outputs["Model"] == model["modelId"]?.string)
        #expect(outputs["RouteResponse"] == result.deployment.physicalId(of: "Sent"))
    }

    @Test func whatATemplateSaysNoMoreIsGone() async throws {
        let world = try World()
        try await world.deploy(EditedWebSocketStack.before)
        try await world.deploy(EditedWebSocketStack.after)
        let (id, api) = try await api(world)
        #expect(api["apiKeySelectionExpression"] == "$request.header.x-api-key")
        #expect(api["disableSchemaValidation"] == false)
        let routes = try await world.get("/v2/apis/\(id)/routes", "items")
        let connect = try #require(routes.first { $0["routeKey"] == "$connect" })
        #expect(connect["requestParameters"] == ["route.request.querystring.token": ["required": true]])
        #expect(connect["apiKeyRequired"] == false)
        let send = try #require(routes.first { $0["routeKey"] == "send" })
        #expect(send["requestModels"] == nil && send["modelSelectionExpression"] == nil)
        let responses = try await world.get(
            "/v2/apis/\(id)/routes/\(send["routeId"]?.string ?? "")/routeresponses", "items")
        #expect(responses.first?["responseParameters"] == ["route.response.header.a": ["required": true]])
        #expect(responses.first?["responseModels"] == nil)
        let integrations = try await world.get("/v2/apis/\(id)/integrations", "items")
        let mock = try #require(integrations.first { $0["integrationType"] == "MOCK" })
        #expect(mock["timeoutInMillis"] == 29000)
        #expect(mock["passthroughBehavior"] == "WHEN_NO_MATCH")
        #expect(mock["requestTemplates"] == ["200": #"{"statusCode": 201}"#])
        #expect(mock["contentHandlingStrategy"] == nil && mock["templateSelectionExpression"] == nil)
    }

    @Test(arguments: [
        ("IntegrationId: !Ref Mock", "IntegrationId: !Ref Call", "Good"),
        ("RouteId: !GetAtt Send.RouteId", "RouteId: !Ref Connect", "Sent"),
    ])
    func anotherOwnerMakesAnotherPart(old: String, new: String, logicalId: String) async throws {
        let world = try World()
        try await world.deploy(EditedWebSocketStack.before)
        let result = try await world.deploy(EditedWebSocketStack.before.replacing(old, with: new))
        let change = try #require(result.changes.first { $0.logicalId == logicalId })
        guard case .replace = change.action else {
            Issue.record("\(logicalId) is not replaced: \(change.action)")
            return
        }
    }

    /// A deployment and a stage as calls; what serves them is not asked here.
    @Test func stagesHaveAllTheirSettings() async throws {
        let management = RecordedManagement()
        let template = """
            Resources:
              Deployment: {Type: AWS::ApiGatewayV2::Deployment, Properties: {ApiId: chat}}
              Stage:
                Type: AWS::ApiGatewayV2::Stage
                Properties:
                  ApiId: chat
                  StageName: dev
                  ClientCertificateId: abc
                  DefaultRouteSettings: {DataTraceEnabled: "true", LoggingLevel: ERROR, ThrottlingRateLimit: "0.5"}
                  RouteSettings: {$connect: {LoggingLevel: INFO, DetailedMetricsEnabled: true, ThrottlingBurstLimit: 3}}
            """
        let engine = StackEngine(
            management: management, code: FilesAsCode(DiskFiles()), now: { Timestamp(milliseconds: 0) })
        let first = try await engine.deploy(try plan(template), over: nil)
        #expect(
            await management.bodies("POST", "/v2/apis/chat/stages") == [
                [
                    "stageName": "dev", "clientCertificateId": "abc",
                    "defaultRouteSettings": [
                        "dataTraceEnabled": true, "loggingLevel": "ERROR", "throttlingRateLimit": .number("0.5"),
                    ],
                    "routeSettings": [
                        "$connect": [
                            "loggingLevel": "INFO", "detailedMetricsEnabled": true, "throttlingBurstLimit": 3,
                        ]
                    ],
                ]
            ])
        let fewer = template.split(separator: "\n").filter {
            !$0.contains("ClientCert") && !$0.contains("DefaultRoute")
        }
        .joined(separator: "\n").replacing("{LoggingLevel: INFO, DetailedMetricsEnabled: true, ", with: "{")
        _ = try await engine.deploy(try plan(fewer), over: first.record)
        #expect(
            await management.bodies("PATCH", "/v2/apis/chat/stages/dev").map(\.sorted) == [
                [
                    "clientCertificateId": "",
                    "defaultRouteSettings": [
                        "dataTraceEnabled": false, "loggingLevel": "OFF", "throttlingRateLimit": .null,
                    ],
                    "routeSettings": [
                        "$connect": [
                            "detailedMetricsEnabled": false, "loggingLevel": "OFF", "throttlingBurstLimit": 3,
                        ]
                    ],
                ]
            ])
    }

    @Test func aDocumentIsNotForWebSocketAPIs() {
        let api = "{ProtocolType: WEBSOCKET, Body: {openapi: 3.0.1}}"
        #expect(
            problems(of: "Resources: {Api: {Type: AWS::ApiGatewayV2::Api, Properties: \(api)}}") == [
                "template.yaml:1: Resources.Api.Properties: Body is only for HTTP APIs, and ProtocolType is WEBSOCKET"
            ])
    }
}
