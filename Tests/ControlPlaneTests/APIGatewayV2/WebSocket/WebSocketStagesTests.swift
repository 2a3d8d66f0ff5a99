import GatewayModel
import JSON
import Testing

@testable import ControlPlane

/// Stages cannot be made by calls yet, so their rules are looked at alone.
@Suite("Stages of WebSocket APIs") struct WebSocketStagesTests {
    private func api(_ keys: String...) throws -> HTTPAPI {
        var api = HTTPAPI(V2.Api(apiId: "abc", name: "chat", protocolType: "WEBSOCKET"))
        api.api.routeSelectionExpression = "$request.body.action"
        api.api.apiKeySelectionExpression = "$request.header.x-api-key"
        for key in keys { try api.put(Routes.make(id: key, routeKey: key)) }
        return api
    }

    private func stage(_ members: JSONObject, of api: HTTPAPI) throws(ServiceError) -> V2.Stage {
        var stage = Stages.make(name: "prod", isWebSocket: true, now: "")
        try StageMembers.apply(RequestMembers(members), to: &stage, of: api)
        return stage
    }

    @Test("log and trace nothing until they are told")
    func defaults() throws {
        let settings = try stage([:], of: try api()).defaultRouteSettings
        #expect(
            try JSONValue(encoding: settings) == [
                "dataTraceEnabled": false, "detailedMetricsEnabled": false, "loggingLevel": "OFF",
            ])
    }

    @Test("have settings for all routes and for single ones")
    func settings() throws {
        let settings: JSONObject = [
            "dataTraceEnabled": true, "detailedMetricsEnabled": true, "loggingLevel": "INFO",
            "throttlingBurstLimit": 5, "throttlingRateLimit": .number("2.5"),
        ]
        let made = try stage(
            ["defaultRouteSettings": .object(settings), "routeSettings": ["$connect": .object(settings)]],
            of: try api("$connect"))
        #expect(try JSONValue(encoding: made.defaultRouteSettings) == .object(settings))
        #expect(try JSONValue(encoding: made.routeSettings) == ["$connect": .object(settings)])
    }

    @Test(
        "are refused what is none",
        arguments: [
            (
                ["defaultRouteSettings": ["loggingLevel": "LOUD"]],
                "Invalid logging level specified. Must be one of [OFF, ERROR, INFO]"
            ),
            (
                ["routeSettings": ["other": ["loggingLevel": "OFF"]]],
                "Unable to find Route by key other within the provided RouteSettings"
            ),
            (
                ["clientCertificateId": "abc"],
                "Gatehouse does not present client certificates yet: clientCertificateId is refused on a stage."
            ),
        ] as [(JSONObject, String)])
    func refused(members: JSONObject, message: String) throws {
        let api = try api("join")
        let error = #expect(throws: ServiceError.self) { try stage(members, of: api) }
        #expect(error?.message == message)
    }

    @Test("have a name that stands in every path")
    func name() throws {
        let api = try api()
        let error = #expect(throws: ServiceError.self) { try Stages.checkName("$default", of: api) }
        #expect(error?.message == "Stages cannot be named $default for WebSocket APIs.")
        #expect(try Stages.checkName("prod", of: api) == "prod")
    }

    /// Whoever executes them finds all of it in the deployment, and nobody takes it for an HTTP API's.
    @Test("are defined by what a deployment froze of the API")
    func definition() throws {
        var api = try api("$default")
        var model = V2.Model(modelId: "m", name: "Message")
        model.schema = "{}"
        try api.put(model)
        var deployment = Deployments.make(id: "d", now: "")
        deployment.description = "first"
        try api.put(deployment)
        api.freeze(as: "d")
        var stage = try stage(["deploymentId": "d"], of: api)
        stage.tags = [:]
        try api.put(stage)
        let definition = try #require(api.definition(ofStage: "prod", account: AccountIdentity()))
        guard case .webSocket(let content) = definition.kind else {
            Issue.record("The stage is of another kind.")
            return
        }
        #expect(definition.http == nil)
        #expect(content.models.map(\.name) == ["Message"])
        #expect(content.webSocket?.routeSelectionExpression == "$request.body.action")
        #expect(content.webSocket?.apiKeySelectionExpression == "$request.header.x-api-key")
        let stored = try JSONValue(encoding: content)
        #expect(try stored.decode(V2.DeploymentContent.self) == content)
    }
}
