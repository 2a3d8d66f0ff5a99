import GatewayModel
import JSON

extension ResourceType {
    static let apiGatewayV2Authorizer = ResourceType(
        name: "AWS::ApiGatewayV2::Authorizer", attributes: ["AuthorizerId"],
        rules: PropertyRules(
            type: "AWS::ApiGatewayV2::Authorizer",
            supported: [
                "ApiId": .text, "AuthorizerCredentialsArn": .text, "AuthorizerPayloadFormatVersion": .text,
                "AuthorizerResultTtlInSeconds": .integer, "AuthorizerType": .text, "AuthorizerUri": .text,
                "EnableSimpleResponses": .boolean, "IdentitySource": .list, "IdentityValidationExpression": .text,
                "JwtConfiguration": .members(
                    PropertyRules(
                        type: "AWS::ApiGatewayV2::Authorizer.JWTConfiguration",
                        supported: ["Audience": .list, "Issuer": .text])),
                "Name": .text,
            ], required: ["ApiId", "AuthorizerType", "Name"]),
        replacedBy: ["ApiId"], behaviour: ApiGatewayV2AuthorizerType())
}

/// AWS::ApiGatewayV2::Authorizer: CreateAuthorizer and UpdateAuthorizer.
private struct ApiGatewayV2AuthorizerType: ResourceBehaviour {
    func prepare(_ request: ResourceRequest) -> ResourcePreparation {
        ResourcePreparation(physicalId: Identifiers.part(6))
    }

    func find(_ request: ResourceRequest) async throws(ResourceFailure) -> [ProvisionedResource] {
        let path = try path(request.properties)
        return try await request.found { id async throws(ResourceFailure) in
            try await request.callIfPresent("GetAuthorizer", "GET", path + [id]) != nil
        }.map { request.provisioned($0.physicalId, ["AuthorizerId": $0.physicalId]) }
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        let answer = try await request.call(
            "CreateAuthorizer", "POST", try path(request.properties), body: try members(request.properties),
            newId: request.preparation.physicalId)
        let id = try answer.member("authorizerId", of: "CreateAuthorizer")
        return request.provisioned(id, ["AuthorizerId": id])
    }

    func update(_ update: ResourceUpdate) async throws(ResourceFailure) -> ProvisionedResource {
        var body = try members(update.request.properties)
        let isOfFunction = body["authorizerType"] == "REQUEST"
        for (name, cleared) in Self.cleared where isOfFunction {
            let property = name.prefix(1).uppercased() + name.dropFirst()
            if update.changes(property) { body[name] = body[name] ?? cleared }
        }
        try await update.request.call(
            "UpdateAuthorizer", "PATCH", try path(update.request.properties) + [update.existing.physicalId],
            body: body)
        return update.existing
    }

    /// What UpdateAuthorizer takes to unset a member; authorizers of tokens have none that may be missing.
    private static let cleared: KeyValuePairs<String, JSONValue> = [
        "authorizerCredentialsArn": "", "authorizerResultTtlInSeconds": 0, "enableSimpleResponses": false,
        "identitySource": [],
    ]

    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        try await deletion.callIfPresent(
            "DeleteAuthorizer", "DELETE", try path(deletion.properties) + [deletion.physicalId])
    }

    private func path(_ properties: PropertyReader) throws(ResourceFailure) -> [String] {
        ["v2", "apis", try properties.required("ApiId"), "authorizers"]
    }

    private func members(_ properties: PropertyReader) throws(ResourceFailure) -> JSONObject {
        var body = JSONObject()
        for name in [
            "AuthorizerCredentialsArn", "AuthorizerPayloadFormatVersion", "AuthorizerType", "AuthorizerUri",
            "IdentityValidationExpression", "Name",
        ] { body[name.prefix(1).lowercased() + name.dropFirst()] = try properties.text(name) }
        body["authorizerResultTtlInSeconds"] = try properties.integer("AuthorizerResultTtlInSeconds")
        body["enableSimpleResponses"] = try properties.boolean("EnableSimpleResponses")
        body["identitySource"] = try properties.texts("IdentitySource")
        if let configuration = try properties.nested("JwtConfiguration") {
            var members = JSONObject()
            members["audience"] = try configuration.texts("Audience")
            members["issuer"] = try configuration.text("Issuer")
            body["jwtConfiguration"] = .object(members)
        }
        return body
    }
}
