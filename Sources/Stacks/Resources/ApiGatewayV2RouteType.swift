import GatewayModel
import JSON

extension ResourceType {
    static let apiGatewayV2Route = ResourceType(
        name: "AWS::ApiGatewayV2::Route", attributes: ["RouteId"],
        rules: PropertyRules(
            type: "AWS::ApiGatewayV2::Route",
            supported: [
                "ApiId": .text, "ApiKeyRequired": .boolean, "AuthorizationScopes": .list, "AuthorizationType": .text,
                "AuthorizerId": .text, "OperationName": .text, "RouteKey": .text, "Target": .text,
            ].merging(V2Member.rules(of: "Route", webSocketMembers)) { $1 }, required: ["ApiId", "RouteKey"]),
        replacedBy: ["ApiId"], behaviour: ApiGatewayV2RouteType())

    /// What HTTP APIs refuse.
    fileprivate static let webSocketMembers = [
        V2Member("ModelSelectionExpression", .text), V2Member("RequestModels", .texts),
        V2Member("RequestParameters", .constraints), V2Member("RouteResponseSelectionExpression", .text),
    ]
}

/// AWS::ApiGatewayV2::Route: CreateRoute and UpdateRoute.
private struct ApiGatewayV2RouteType: ResourceBehaviour {
    func prepare(_ request: ResourceRequest) -> ResourcePreparation {
        ResourcePreparation(physicalId: Identifiers.part())
    }

    func find(_ request: ResourceRequest) async throws(ResourceFailure) -> [ProvisionedResource] {
        let path = try path(request.properties)
        return try await request.found { id async throws(ResourceFailure) in
            try await request.callIfPresent("GetRoute", "GET", path + [id]) != nil
        }
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        let answer = try await request.call(
            "CreateRoute", "POST", try path(request.properties), body: try members(request.properties),
            newId: request.preparation.physicalId)
        let id = try answer.member("routeId", of: "CreateRoute")
        return request.provisioned(id, ["RouteId": id])
    }

    func update(_ update: ResourceUpdate) async throws(ResourceFailure) -> ProvisionedResource {
        let properties = update.request.properties
        var body = try members(properties)
        for (name, cleared) in Self.cleared { body[name] = body[name] ?? cleared }
        for member in ResourceType.webSocketMembers {
            body[member.name] = try member.change(from: update.old, to: properties)
        }
        if update.changes("Target") { body["target"] = body["target"] ?? "" }
        if update.changes("AuthorizerId") { body["authorizerId"] = body["authorizerId"] ?? "" }
        if update.changes("AuthorizationScopes") { body["authorizationScopes"] = body["authorizationScopes"] ?? [] }
        try await update.request.call(
            "UpdateRoute", "PATCH", try path(properties) + [update.existing.physicalId], body: body)
        return update.existing
    }

    /// What UpdateRoute takes to unset a member.
    private static let cleared: KeyValuePairs<String, JSONValue> = [
        "apiKeyRequired": false, "authorizationType": "NONE", "operationName": "",
    ]

    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        try await deletion.callIfPresent(
            "DeleteRoute", "DELETE", try path(deletion.properties) + [deletion.physicalId])
    }

    private func path(_ properties: PropertyReader) throws(ResourceFailure) -> [String] {
        ["v2", "apis", try properties.required("ApiId"), "routes"]
    }

    private func members(_ properties: PropertyReader) throws(ResourceFailure) -> JSONObject {
        var body: JSONObject = ["routeKey": .string(try properties.required("RouteKey"))]
        for name in ["Target", "OperationName", "AuthorizationType", "AuthorizerId"] {
            body[name.prefix(1).lowercased() + name.dropFirst()] = try properties.text(name)
        }
        body["authorizationScopes"] = try properties.texts("AuthorizationScopes")
        body["apiKeyRequired"] = try properties.boolean("ApiKeyRequired")
        for member in ResourceType.webSocketMembers { body[member.name] = try member.value(properties) }
        return body
    }
}
