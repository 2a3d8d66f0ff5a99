import GatewayModel
import JSON
import Testing

@testable import ControlPlane

/// A control plane with one WebSocket API.
struct WebSocketPlane {
    let plane: APIPlane
    let api: String

    static let members: JSONObject = [
        "name": "chat", "protocolType": "WEBSOCKET", "routeSelectionExpression": "$request.body.action",
    ]
    static let function: JSONValue = .string(
        "arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/"
            + "arn:aws:lambda:eu-central-1:123456789012:function:chat/invocations")

    init(_ plane: APIPlane = APIPlane()) async throws {
        self.plane = plane
        api = try #require(await plane.call("POST", "/v2/apis", .object(Self.members))["apiId"]?.string)
    }

    func call(_ method: String, _ path: String = "", _ body: JSONValue? = nil, query: String = "") async -> APIAnswer {
        await plane.call(method, "/v2/apis/\(api)\(path)", body, query: query)
    }

    /// Makes something, and answers its path and what it reads back as.
    func make(_ path: String, _ id: String, _ body: JSONObject) async throws -> (path: String, made: APIAnswer) {
        let made = await call("POST", path, .object(body))
        try #require(made.status == 201, "\(made.text)")
        return ("\(path)/\(try #require(made[id]?.string))", made)
    }

    func makeIntegration(_ body: JSONObject = ["integrationType": "MOCK"]) async throws -> String {
        try await make("/integrations", "integrationId", body).path
    }

    func makeRoute(_ key: String, _ body: JSONObject = [:]) async throws -> String {
        var members = body
        members["routeKey"] = .string(key)
        return try await make("/routes", "routeId", members).path
    }

    func makeModel(_ name: String = "Message") async throws -> String {
        try await make(
            "/models", "modelId",
            ["name": .string(name), "contentType": "application/json", "schema": #"{"type":"object"}"#]
        ).path
    }
}
