import GatewayModel
import JSON

extension ResourceType {
    static let apiGatewayV2Integration = ResourceType(
        name: "AWS::ApiGatewayV2::Integration", attributes: ["IntegrationId"],
        rules: PropertyRules(
            type: "AWS::ApiGatewayV2::Integration",
            supported: [
                "ApiId": .text, "ConnectionId": .text, "ConnectionType": .text, "ContentHandlingStrategy": .text,
                "CredentialsArn": .text, "Description": .text, "IntegrationMethod": .text,
                "IntegrationType": .text, "IntegrationUri": .text, "PassthroughBehavior": .text,
                "PayloadFormatVersion": .text, "RequestParameters": .map, "RequestTemplates": .map,
                "ResponseParameters": .map, "TemplateSelectionExpression": .text, "TimeoutInMillis": .integer,
                "TlsConfig": .members(
                    PropertyRules(
                        type: "AWS::ApiGatewayV2::Integration.TlsConfig", supported: ["ServerNameToVerify": .text])),
            ],
            known: ["IntegrationSubtype"], required: ["ApiId", "IntegrationType"]),
        replacedBy: ["ApiId"], behaviour: ApiGatewayV2IntegrationType())
}

/// AWS::ApiGatewayV2::Integration: CreateIntegration and UpdateIntegration.
private struct ApiGatewayV2IntegrationType: ResourceBehaviour {
    func prepare(_ request: ResourceRequest) -> ResourcePreparation {
        ResourcePreparation(physicalId: Identifiers.part())
    }

    func find(_ request: ResourceRequest) async throws(ResourceFailure) -> [ProvisionedResource] {
        let path = try path(request.properties)
        return try await request.found { id async throws(ResourceFailure) in
            try await request.callIfPresent("GetIntegration", "GET", path + [id]) != nil
        }
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        let answer = try await request.call(
            "CreateIntegration", "POST", try path(request.properties), body: try members(request.properties),
            newId: request.preparation.physicalId)
        let id = try answer.member("integrationId", of: "CreateIntegration")
        return request.provisioned(id, ["IntegrationId": id])
    }

    func update(_ update: ResourceUpdate) async throws(ResourceFailure) -> ProvisionedResource {
        let properties = update.request.properties
        let old = try members(update.old)
        var body = try members(properties)
        // What is set no more is emptied; maps are merged, so what they have no more is emptied entry by entry.
        for name in old.keys where body[name] == nil {
            switch name {
            case "connectionType": body[name] = "INTERNET"
            case "passthroughBehavior": body[name] = "WHEN_NO_MATCH"
            // The longest, which is another one for each protocol.
            case "timeoutInMillis": body[name] = .null
            case "requestParameters", "requestTemplates", "responseParameters": body[name] = [:]
            case "tlsConfig": body[name] = ["serverNameToVerify": ""]
            default: body[name] = ""
            }
        }
        for (name, empty) in [("requestParameters", JSONValue.string("")), ("responseParameters", [:])] {
            guard var map = body[name]?.object, let old = old[name]?.object else { continue }
            for key in old.keys where map[key] == nil { map[key] = empty }
            body[name] = .object(map)
        }
        try await update.request.call(
            "UpdateIntegration", "PATCH", try path(properties) + [update.existing.physicalId], body: body)
        return update.existing
    }

    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        try await deletion.callIfPresent(
            "DeleteIntegration", "DELETE", try path(deletion.properties) + [deletion.physicalId])
    }

    private func path(_ properties: PropertyReader) throws(ResourceFailure) -> [String] {
        ["v2", "apis", try properties.required("ApiId"), "integrations"]
    }

    private func members(_ properties: PropertyReader) throws(ResourceFailure) -> JSONObject {
        var body = JSONObject()
        for name in [
            "IntegrationType", "IntegrationUri", "IntegrationMethod", "PayloadFormatVersion", "Description",
            "ConnectionId", "ConnectionType", "ContentHandlingStrategy", "CredentialsArn", "PassthroughBehavior",
            "TemplateSelectionExpression",
        ] { body[name.prefix(1).lowercased() + name.dropFirst()] = try properties.text(name) }
        body["timeoutInMillis"] = try properties.integer("TimeoutInMillis")
        body["requestParameters"] = try properties.textMap("RequestParameters")
        body["requestTemplates"] = try properties.textMap("RequestTemplates")
        if let tls = try properties.map("TlsConfig") {
            body["tlsConfig"] = .object(
                tls["ServerNameToVerify"]?.text.map { ["serverNameToVerify": .string($0)] } ?? [:])
        }
        if let statuses = try properties.map("ResponseParameters") {
            var parameters = JSONObject()
            for status in statuses { parameters[status.key] = try responseParameters(status.value) }
            body["responseParameters"] = .object(parameters)
        }
        return body
    }

    /// CloudFormation writes a list of Source and Destination where the API has a map.
    private func responseParameters(_ value: TemplateValue) throws(ResourceFailure) -> JSONValue {
        var mappings = JSONObject()
        let inner = value.map?.count == 1 ? value.map?["ResponseParameters"] : value
        guard let list = inner?.list else {
            throw ResourceFailure(
                message: "ResponseParameters takes, for each status, a list of Source and Destination under "
                    + "ResponseParameters", line: value.line)
        }
        for mapping in list {
            guard let source = mapping.map?["Source"]?.text, let destination = mapping.map?["Destination"]?.text,
                mapping.map?.count == 2
            else {
                throw ResourceFailure(
                    message: "a response parameter needs a Source and a Destination", line: mapping.line)
            }
            mappings[destination] = .string(source)
        }
        return .object(mappings)
    }
}
