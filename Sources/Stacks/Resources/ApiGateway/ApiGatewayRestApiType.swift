import GatewayModel
import JSON

extension ResourceType {
    static let apiGatewayRestApi = ResourceType(
        name: "AWS::ApiGateway::RestApi", attributes: ["RestApiId", "RootResourceId"],
        rules: PropertyRules(
            type: "AWS::ApiGateway::RestApi",
            supported: [
                "ApiKeySourceType": .text, "BinaryMediaTypes": .list, "Body": .map,
                "BodyS3Location": .members(BodyLocation.rules("AWS::ApiGateway::RestApi", tag: "ETag")),
                "CloneFrom": .text, "Description": .text, "DisableExecuteApiEndpoint": .boolean,
                "EndpointAccessMode": .text,
                "EndpointConfiguration": .members(
                    PropertyRules(
                        type: "AWS::ApiGateway::RestApi.EndpointConfiguration",
                        supported: ["IpAddressType": .text, "Types": .list, "VpcEndpointIds": .list])),
                "FailOnWarnings": .boolean, "MinimumCompressionSize": .integer,
                "Mode": .word(["merge", "overwrite"], known: []), "Name": .text, "Parameters": .map, "Policy": .any,
                "SecurityPolicy": .text, "Tags": .list,
            ]),
        replacedBy: [], behaviour: ApiGatewayRestApiType())
}

/// AWS::ApiGateway::RestApi: CreateRestApi, then PutRestApi with a Body, then UpdateRestApi with what stands beside it.
private struct ApiGatewayRestApiType: ResourceBehaviour {
    func prepare(_ request: ResourceRequest) -> ResourcePreparation {
        ResourcePreparation(physicalId: Identifiers.api())
    }

    func contradiction(_ properties: TemplateMap) -> (property: String, message: String)? {
        if let contradiction = BodyLocation.contradiction(properties) { return contradiction }
        if properties["Body"] == nil, properties["BodyS3Location"] == nil {
            // Templates say Mode and FailOnWarnings whether there is a Body or not; they ask for nothing then.
            if properties["Name"] == nil { return ("Name", "Name is needed where there is no Body") }
        } else if properties["CloneFrom"] != nil {
            return ("CloneFrom", "CloneFrom has no effect beside Body, which takes the place of all that is cloned")
        }
        let known: Set = ["basepath", "endpointConfigurationTypes", "ignore"]
        if let unknown = properties["Parameters"]?.map?.entries.first(where: { !known.contains($0.key) }) {
            return ("Parameters", "Parameters has no member \(unknown.key)")
        }
        return nil
    }

    func find(_ request: ResourceRequest) async throws(ResourceFailure) -> [ProvisionedResource] {
        let id = request.preparation.physicalId
        guard let answer = try await request.callIfPresent("GetRestApi", "GET", ["restapis", id]) else { return [] }
        return [try api(answer, request)]
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        let request = try await request.withBody()
        let properties = request.properties
        var body = try RestApiMembers.creation(properties)
        if body["name"] == nil {
            let title = properties.properties["Body"]?.map?["info"]?.map?["title"]?.text
            body["name"] = .string(title ?? request.madeUpName)
        }
        body["cloneFrom"] = try properties.text("CloneFrom")
        body["tags"] = try properties.tagList("Tags")
        let answer = try await request.call(
            "CreateRestApi", "POST", ["restapis"], body: body, newId: request.preparation.physicalId)
        var made = try api(answer, request)
        do throws(ResourceFailure) {
            made.warnings = try await put(request, made.physicalId, saidBefore: [])
        } catch {
            try await request.callIfPresent("DeleteRestApi", "DELETE", ["restapis", made.physicalId])
            throw error
        }
        return made
    }

    func update(_ update: ResourceUpdate) async throws(ResourceFailure) -> ProvisionedResource {
        let update = try await update.withBody()
        let (request, properties) = (update.request, update.request.properties)
        var existing = update.existing
        let path = ["restapis", existing.physicalId]
        if update.changes("CloneFrom"), properties.properties["CloneFrom"] != nil {
            throw ResourceFailure(
                message: "CloneFrom counts when an API is made; this one is there, and nothing can be cloned into it",
                line: properties.properties["CloneFrom"]?.line)
        }
        if properties.properties["Body"] != nil {
            let said = RestApiMembers.names.filter { update.old.properties[$0] != nil }
            existing.warnings = try await put(request, existing.physicalId, saidBefore: said)
        } else {
            // An API whose template has no Body any more loses what the last one made.
            if update.old.properties["Body"] != nil {
                let empty: JSONValue = [
                    "openapi": "3.0.1", "info": ["title": .string(try properties.required("Name"))], "paths": [:],
                ]
                try await request.call(
                    "PutRestApi", "PUT", path, query: [("mode", "overwrite")], body: empty.object ?? [:])
            }
            let said = RestApiMembers.names.filter { update.old.properties[$0] != nil }
            try await set(request, existing.physicalId, cleared: said)
        }
        if update.changes("Tags") {
            try await request.retagRest(
                "/restapis/\(existing.physicalId)", from: try update.old.tagList("Tags"),
                to: try properties.tagList("Tags"))
        }
        return existing
    }

    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        try await deletion.callIfPresent("DeleteRestApi", "DELETE", ["restapis", deletion.physicalId])
    }

    /// Takes in the Body, and sets what stands beside it: that goes before what the Body says. Lists of both are united.
    /// What the template said before and says no more is cleared first, so that the Body may say it.
    ///
    /// - Returns: what the import warns of.
    private func put(
        _ request: ResourceRequest, _ id: String, saidBefore: [String]
    ) async throws(ResourceFailure) -> [String] {
        let properties = request.properties
        guard let document = properties.properties["Body"] else { return [] }
        let unsaid = saidBefore.filter { properties.properties[$0] == nil }
        if !unsaid.isEmpty { try await set(request, id, cleared: unsaid, setsSaid: false) }
        var query = [(name: "mode", value: try properties.text("Mode")?.string ?? "overwrite")]
        if try properties.boolean("FailOnWarnings") == true { query.append(("failonwarnings", "true")) }
        if let parameters = try properties.nested("Parameters") {
            for name in ["basepath", "ignore"] {
                if let value = try parameters.text(name)?.string { query.append((name, value)) }
            }
        }
        guard let body = document.json.object else { return [] }
        let answer = try await request.call("PutRestApi", "PUT", ["restapis", id], query: query, body: body)
        try await set(request, id, cleared: [])
        // SAM's word for a method that the default authorizer does not guard is no news.
        return (answer["warnings"]?.array ?? []).compactMap(\.string).filter {
            !$0.contains("security requirement 'NONE'")
        }
    }

    /// Makes the API's members into what the template says.
    ///
    /// - Parameter cleared: properties that are unset where the template does not say them.
    private func set(
        _ request: ResourceRequest, _ id: String, cleared: [String], setsSaid: Bool = true
    ) async throws(ResourceFailure) {
        let path = ["restapis", id]
        let now = try await request.call("GetRestApi", "GET", path)
        let patches = try RestApiMembers.patches(
            from: now, to: request.properties, cleared: Set(cleared), setsSaid: setsSaid,
            unites: request.properties.properties["Body"] != nil)
        try await request.patch("UpdateRestApi", path, patches)
    }

    private func api(_ answer: JSONValue, _ request: ResourceRequest) throws(ResourceFailure) -> ProvisionedResource {
        let id = try answer.member("id", of: "CreateRestApi")
        let root = try answer.member("rootResourceId", of: "CreateRestApi")
        return request.provisioned(id, ["RestApiId": id, "RootResourceId": root])
    }
}
