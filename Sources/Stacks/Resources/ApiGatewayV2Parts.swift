import GatewayModel
import JSON

/// The parts of WebSocket APIs that are documents of a few members.
extension ResourceType {
    static let apiGatewayV2Model = ApiGatewayV2Part(
        noun: "Model", owners: ["ApiId": "models"],
        members: [
            V2Member("ContentType", .text), V2Member("Description", .text), V2Member("Name", .text),
            V2Member("Schema", .document),
        ]
    ).type(required: ["Name", "Schema"])

    static let apiGatewayV2RouteResponse = ApiGatewayV2Part(
        noun: "RouteResponse", owners: ["ApiId": "routes", "RouteId": "routeresponses"],
        members: [
            V2Member("ModelSelectionExpression", .text), V2Member("ResponseModels", .texts),
            V2Member("ResponseParameters", .constraints), V2Member("RouteResponseKey", .text),
        ]
    ).type(required: ["RouteResponseKey"])

    static let apiGatewayV2IntegrationResponse = ApiGatewayV2Part(
        noun: "IntegrationResponse", owners: ["ApiId": "integrations", "IntegrationId": "integrationresponses"],
        members: [
            V2Member("ContentHandlingStrategy", .text), V2Member("IntegrationResponseKey", .text),
            V2Member("ResponseParameters", .mappings), V2Member("ResponseTemplates", .texts),
            V2Member("TemplateSelectionExpression", .text),
        ]
    ).type(required: ["IntegrationResponseKey"])
}

/// A document that one call makes, and one changes: CreateModel and UpdateModel, for one.
private struct ApiGatewayV2Part: ResourceBehaviour {
    let noun: String
    /// The properties that name what it belongs to, the API first, each with the collection below.
    let owners: KeyValuePairs<String, String>
    let members: [V2Member]

    private var attribute: String { "\(noun)Id" }

    func type(required: [String]) -> ResourceType {
        let owning = owners.map(\.key)
        let rules = Dictionary(uniqueKeysWithValues: owning.map { ($0, PropertyRules.Kind.text) })
        return ResourceType(
            name: "AWS::ApiGatewayV2::\(noun)", attributes: [attribute],
            rules: PropertyRules(
                type: "AWS::ApiGatewayV2::\(noun)",
                supported: rules.merging(V2Member.rules(of: noun, members)) { $1 }, required: owning + required),
            replacedBy: Set(owning), behaviour: self)
    }

    func prepare(_ request: ResourceRequest) -> ResourcePreparation {
        ResourcePreparation(physicalId: Identifiers.part())
    }

    func find(_ request: ResourceRequest) async throws(ResourceFailure) -> [ProvisionedResource] {
        let path = try path(request.properties)
        return try await request.found([attribute: request.preparation.physicalId]) {
            id async throws(ResourceFailure) in
            try await request.callIfPresent("Get\(noun)", "GET", path + [id]) != nil
        }
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        var body = JSONObject()
        for member in members { body[member.name] = try member.value(request.properties) }
        let answer = try await request.call(
            "Create\(noun)", "POST", try path(request.properties), body: body, newId: request.preparation.physicalId)
        let id = try answer.member(V2Member(attribute, .text).name, of: "Create\(noun)")
        return request.provisioned(id, [attribute: id])
    }

    func update(_ update: ResourceUpdate) async throws(ResourceFailure) -> ProvisionedResource {
        let properties = update.request.properties
        var body = JSONObject()
        for member in members { body[member.name] = try member.change(from: update.old, to: properties) }
        try await update.request.call(
            "Update\(noun)", "PATCH", try path(properties) + [update.existing.physicalId], body: body)
        return update.existing
    }

    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        try await deletion.callIfPresent(
            "Delete\(noun)", "DELETE", try path(deletion.properties) + [deletion.physicalId])
    }

    private func path(_ properties: PropertyReader) throws(ResourceFailure) -> [String] {
        var path = ["v2", "apis"]
        for (property, collection) in owners { path += [try properties.required(property), collection] }
        return path
    }
}
