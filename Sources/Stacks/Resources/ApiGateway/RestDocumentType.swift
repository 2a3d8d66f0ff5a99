import GatewayModel
import JSON

/// What most resources of API Gateway are: a document of a few members that one call makes, and patches change.
struct RestDocumentType: ResourceBehaviour {
    /// How the id comes about.
    enum Id: Sendable {
        /// Of so many letters and digits; the answer has it in `member`.
        case generated(Int, member: String)
        /// The template's own in `property`, or one made from the resource's name.
        case named(property: String, limit: Int)
    }

    /// As in `CreateModel`, `UpdateModel`, `GetModel`, `DeleteModel`.
    let noun: String
    var creation = "Create"
    let id: Id
    /// What Fn::GetAtt calls the id.
    var attribute: String?
    let members: [RestMember]
    /// Where all of its kind are.
    let collection: @Sendable (PropertyReader) throws(ResourceFailure) -> [String]
    /// Where it is made, if not there.
    var creationPath: (@Sendable (PropertyReader) throws(ResourceFailure) -> [String])?
    /// The collection in ARNs, for what has tags.
    var taggedAs: String?
    /// The property with a name that CloudFormation makes up where the template has none.
    var madeUpName: String?

    func prepare(_ request: ResourceRequest) async throws(ResourceFailure) -> ResourcePreparation {
        switch id {
        case .generated(let length, _): return ResourcePreparation(physicalId: Identifiers.part(length))
        case .named(let property, let limit):
            let path = try collection(request.properties)
            let preparation = try await request.named(property, limit: limit) { name async throws(ResourceFailure) in
                try await exists(name, path, request)
            }
            // Names of models have letters and digits only.
            guard request.properties.properties[property] == nil else { return preparation }
            return ResourcePreparation(physicalId: preparation.physicalId.filter { $0.isLetter || $0.isNumber })
        }
    }

    func find(_ request: ResourceRequest) async throws(ResourceFailure) -> [ProvisionedResource] {
        let path = try collection(request.properties)
        return try await request.found { id async throws(ResourceFailure) in try await exists(id, path, request) }
            .map { request.provisioned($0.physicalId, attributes($0.physicalId)) }
    }

    private func exists(
        _ id: String, _ path: [String], _ request: ResourceRequest
    ) async throws(ResourceFailure) -> Bool {
        try await request.callIfPresent("Get\(noun)", "GET", path + [id]) != nil
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        var body = JSONObject()
        for member in members { body[member.member] = try member.value(request.properties) }
        if let madeUpName, request.properties.properties[madeUpName] == nil {
            body["name"] = .string(request.madeUpName)
        }
        if taggedAs != nil { body["tags"] = try request.properties.tagList("Tags") }
        let path = try (creationPath ?? collection)(request.properties)
        switch id {
        case .generated(_, let member):
            let answer = try await request.call(
                creation + noun, "POST", path, body: body, newId: request.preparation.physicalId)
            let id = try answer.member(member, of: creation + noun)
            return request.provisioned(id, attributes(id))
        case .named(let property, _):
            let name = request.preparation.physicalId
            if let named = members.first(where: { $0.property == property }) { body[named.member] = .string(name) }
            try await request.call(creation + noun, "POST", path, body: body)
            return request.provisioned(name, attributes(name))
        }
    }

    private func attributes(_ id: String) -> [String: String] { attribute.map { [$0: id] } ?? [:] }

    func update(_ update: ResourceUpdate) async throws(ResourceFailure) -> ProvisionedResource {
        let (request, id) = (update.request, update.existing.physicalId)
        var patches = RestPatches()
        for member in members { try member.patch(&patches, from: update.old, to: request.properties) }
        try await request.patch("Update\(noun)", try collection(request.properties) + [id], patches)
        if let taggedAs, update.changes("Tags") {
            try await request.retagRest(
                "/\(taggedAs)/\(id)", from: try update.old.tagList("Tags"), to: try request.properties.tagList("Tags"))
        }
        return update.existing
    }

    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        try await deletion.callIfPresent(
            "Delete\(noun)", "DELETE", try collection(deletion.properties) + [deletion.physicalId])
    }
}

extension ResourceRequest {
    /// For what need not be told from others by its name.
    var madeUpName: String { PhysicalName.make(stackName: stackName, logicalId: logicalId, limit: 255) }
}

extension RestDocumentType {
    /// The path of what belongs to an API.
    static func ofAPI(
        _ names: String...
    ) -> @Sendable (PropertyReader) throws(ResourceFailure) -> [String] {
        { properties throws(ResourceFailure) in ["restapis", try properties.required("RestApiId")] + names }
    }
}
