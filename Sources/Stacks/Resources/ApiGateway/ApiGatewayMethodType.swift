import GatewayModel
import JSON

extension ResourceType {
    static let apiGatewayMethod = ResourceType(
        name: "AWS::ApiGateway::Method", attributes: [],
        rules: PropertyRules(
            type: "AWS::ApiGateway::Method",
            supported: [
                "ApiKeyRequired": .boolean, "AuthorizationScopes": .list, "AuthorizationType": .text,
                "AuthorizerId": .text, "HttpMethod": .text, "Integration": .members(integration),
                "MethodResponses": .listOfMembers(
                    PropertyRules(
                        type: "AWS::ApiGateway::Method.MethodResponse",
                        supported: ["ResponseModels": .map, "ResponseParameters": .map, "StatusCode": .text],
                        required: ["StatusCode"])),
                "OperationName": .text, "RequestModels": .map, "RequestParameters": .map, "RequestValidatorId": .text,
                "ResourceId": .text, "RestApiId": .text,
            ], required: ["HttpMethod", "ResourceId", "RestApiId"]),
        replacedBy: ["HttpMethod", "ResourceId", "RestApiId"], behaviour: ApiGatewayMethodType())

    private static let integration = PropertyRules(
        type: "AWS::ApiGateway::Method.Integration",
        supported: [
            "CacheKeyParameters": .list, "CacheNamespace": .text, "ConnectionId": .text, "ConnectionType": .text,
            "ContentHandling": .text, "Credentials": .text, "IntegrationHttpMethod": .text,
            "IntegrationResponses": .listOfMembers(
                PropertyRules(
                    type: "AWS::ApiGateway::Method.IntegrationResponse",
                    supported: [
                        "ContentHandling": .text, "ResponseParameters": .map, "ResponseTemplates": .map,
                        "SelectionPattern": .text, "StatusCode": .text,
                    ], required: ["StatusCode"])),
            "PassthroughBehavior": .text, "RequestParameters": .map, "RequestTemplates": .map,
            "ResponseTransferMode": .text, "TimeoutInMillis": .integer, "Type": .text, "Uri": .text,
        ], known: ["IntegrationTarget"], required: ["Type"])
}

/// AWS::ApiGateway::Method: PutMethod, PutIntegration and their responses. Nothing of it is served before it is deployed,
/// so an update makes the method anew.
private struct ApiGatewayMethodType: ResourceBehaviour {
    func prepare(_ request: ResourceRequest) async throws(ResourceFailure) -> ResourcePreparation {
        var preparation = ResourcePreparation(physicalId: request.madeUpName)
        if try await exists(request) { preparation.present = [preparation.physicalId] }
        return preparation
    }

    func find(_ request: ResourceRequest) async throws(ResourceFailure) -> [ProvisionedResource] {
        try await request.found { _ async throws(ResourceFailure) in try await exists(request) }
    }

    private func exists(_ request: ResourceRequest) async throws(ResourceFailure) -> Bool {
        try await request.callIfPresent("GetMethod", "GET", try path(request.properties)) != nil
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        let path = try path(request.properties)
        try await request.call("PutMethod", "PUT", path, body: try method(request.properties))
        do throws(ResourceFailure) { try await putParts(request, path) } catch {
            try await request.callIfPresent("DeleteMethod", "DELETE", path)
            throw error
        }
        return request.provisioned(request.preparation.physicalId)
    }

    func update(_ update: ResourceUpdate) async throws(ResourceFailure) -> ProvisionedResource {
        let path = try path(update.request.properties)
        try await update.request.callIfPresent("DeleteMethod", "DELETE", path)
        try await update.request.call("PutMethod", "PUT", path, body: try method(update.request.properties))
        try await putParts(update.request, path)
        return update.existing
    }

    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        try await deletion.callIfPresent("DeleteMethod", "DELETE", try path(deletion.properties))
    }

    private func putParts(_ request: ResourceRequest, _ path: [String]) async throws(ResourceFailure) {
        for response in try request.properties.list("MethodResponses") {
            var body = JSONObject()
            body["responseModels"] = try response.textMap("ResponseModels")
            body["responseParameters"] = try response.booleanMap("ResponseParameters")
            try await request.call(
                "PutMethodResponse", "PUT", path + ["responses", try response.required("StatusCode")], body: body)
        }
        guard let integration = try request.properties.nested("Integration") else { return }
        let place = path + ["integration"]
        try await request.call("PutIntegration", "PUT", place, body: try members(integration))
        for response in try integration.list("IntegrationResponses") {
            var body = JSONObject()
            for name in ["ContentHandling", "SelectionPattern"] {
                body[name.prefix(1).lowercased() + name.dropFirst()] = try response.text(name)
            }
            body["responseParameters"] = try response.textMap("ResponseParameters")
            body["responseTemplates"] = try response.textMap("ResponseTemplates")
            try await request.call(
                "PutIntegrationResponse", "PUT", place + ["responses", try response.required("StatusCode")], body: body)
        }
    }

    private func path(_ properties: PropertyReader) throws(ResourceFailure) -> [String] {
        [
            "restapis", try properties.required("RestApiId"), "resources", try properties.required("ResourceId"),
            "methods", try properties.required("HttpMethod"),
        ]
    }

    private func method(_ properties: PropertyReader) throws(ResourceFailure) -> JSONObject {
        var body = JSONObject()
        for name in ["AuthorizationType", "AuthorizerId", "OperationName", "RequestValidatorId"] {
            body[name.prefix(1).lowercased() + name.dropFirst()] = try properties.text(name)
        }
        body["apiKeyRequired"] = try properties.boolean("ApiKeyRequired")
        body["authorizationScopes"] = try properties.texts("AuthorizationScopes")
        body["requestModels"] = try properties.textMap("RequestModels")
        body["requestParameters"] = try properties.booleanMap("RequestParameters")
        return body
    }

    private func members(_ integration: PropertyReader) throws(ResourceFailure) -> JSONObject {
        var body: JSONObject = ["type": .string(try integration.required("Type"))]
        for name in [
            "CacheNamespace", "ConnectionId", "ConnectionType", "ContentHandling", "Credentials",
            "PassthroughBehavior", "ResponseTransferMode", "Uri",
        ] { body[name.prefix(1).lowercased() + name.dropFirst()] = try integration.text(name) }
        body["httpMethod"] = try integration.text("IntegrationHttpMethod")
        body["cacheKeyParameters"] = try integration.texts("CacheKeyParameters")
        body["requestParameters"] = try integration.textMap("RequestParameters")
        body["requestTemplates"] = try integration.textMap("RequestTemplates")
        body["timeoutInMillis"] = try integration.integer("TimeoutInMillis")
        return body
    }
}

extension PropertyReader {
    func booleanMap(_ name: String) throws(ResourceFailure) -> JSONValue? {
        guard let map = try map(name) else { return nil }
        var booleans = JSONObject()
        for entry in map {
            guard let boolean = entry.value.boolean else {
                throw ResourceFailure(
                    message: "\(name).\(entry.key) must be true or false; it is a \(entry.value.kind)",
                    line: entry.line)
            }
            booleans[entry.key] = .bool(boolean)
        }
        return .object(booleans)
    }
}
