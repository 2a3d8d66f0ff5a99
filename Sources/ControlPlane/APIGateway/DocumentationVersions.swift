import GatewayModel
import JSON

/// The operations on DocumentationVersion.
extension RESTOperations {
    static var documentationVersions: [Operation] {
        let kit = RESTPartOperations<REST.DocumentationVersion>()
        return [
            kit.create("CreateDocumentationVersion", checking: checkModel) { api, members, call throws(ServiceError) in
                let name = try members.string("documentationVersion") ?? ""
                guard !name.isEmpty else { throw RESTError.badRequest("Documentation version must be non-empty") }
                guard api.documentationVersions[name] == nil else {
                    throw RESTError.conflict("Documentation version already exists: \(name)")
                }
                guard !api.documentationParts.isEmpty else {
                    throw RESTError.badRequest("No documentation parts exist in the API.")
                }
                var version = REST.DocumentationVersion(version: name, createdDate: Int(call.now.seconds))
                version.description = try members.string("description")
                if let stageName = try members.string("stageName"), !stageName.isEmpty {
                    guard var stage = api.stages[stageName] else { throw REST.Stage.notFound(stageName) }
                    stage.documentationVersion = name
                    try api.put(stage)
                }
                api.documentation[name] = api.documentationParts.values
                return version
            },
            kit.get("GetDocumentationVersion"), kit.list("GetDocumentationVersions"),
            kit.update("UpdateDocumentationVersion", PatchTable(.listed, [.text("/description", \.description)])),
            kit.delete("DeleteDocumentationVersion"),
        ]
    }

    private static func checkModel(_ constraints: inout Constraints, _ call: Call) throws(ServiceError) {
        constraints.present(
            try RestMembers(call).string("documentationVersion"), "createDocumentationVersionInput.documentationVersion"
        )
    }
}

extension REST.DocumentationVersion: RESTPart {
    static let kind = "rest.documentationVersion"
    static var list: any WritableKeyPath<RESTAPI, PartList<REST.DocumentationVersion>> & Sendable {
        \.documentationVersions
    }
    static var quota: Int? { RESTQuotas.documentationVersions }
    static let collection = "documentation/versions"
    static let parameter = "doc_version"

    static func notFound(_ key: String) -> ServiceError {
        RESTError.notFound("Invalid Documentation version specified")
    }

    func leave(_ api: inout RESTAPI) { api.documentation[version] = nil }

    func checkDeletion(from api: RESTAPI) throws(ServiceError) {
        guard !api.stages.contains(where: { $0.documentationVersion == version }) else {
            throw RESTError.badRequest("Cannot delete documentation version '\(version)', is referenced in a stage")
        }
    }
}
