import GatewayModel
import JSON

/// The operations on DocumentationPart.
extension RESTOperations {
    static var documentationParts: [Operation] {
        let kit = RESTPartOperations<REST.DocumentationPart>()
        return [
            kit.create("CreateDocumentationPart", checking: checkModel) { api, members, call throws(ServiceError) in
                let location = try DocumentationRules.location(try members.members("location") ?? RestMembers([:]))
                let part = REST.DocumentationPart(
                    id: api.freshId(of: REST.DocumentationPart.self, call), location: location,
                    properties: try members.string("properties") ?? "")
                try DocumentationRules.check(part)
                guard !api.documentationParts.contains(where: { $0.location == location }) else {
                    throw RESTError.conflict("Documentation part already exists for the specified location")
                }
                return part
            },
            kit.get("GetDocumentationPart"),
            reading("GetDocumentationParts", api + "/documentation/parts") { api, call throws(ServiceError) in
                try RestPage.reply(api.documentationParts.filter { $0.isWanted(by: call) }, call, key: \.id)
            },
            kit.update("UpdateDocumentationPart", documentationPatches) { part, _, _ throws(ServiceError) in
                try DocumentationRules.check(part)
            },
            kit.delete("DeleteDocumentationPart", unknown: .api),
            changing("ImportDocumentationParts", .put, api + "/documentation/parts", success: 200, importParts),
        ]
    }

    private static func checkModel(_ constraints: inout Constraints, _ call: Call) throws(ServiceError) {
        let members = try RestMembers(call)
        let location = try members.members("location")
        if location == nil {
            constraints.violation("null", at: "createDocumentationPartInput.location", "Member must not be null")
        }
        constraints.present(try members.string("properties"), "createDocumentationPartInput.properties")
        constraints.oneOf(
            try location?.string("type"), "createDocumentationPartInput.location.type", DocumentationRules.types)
    }

    private static let documentationPatches = PatchTable<REST.DocumentationPart>(
        .listed,
        [
            PatchRule("/properties", [.replace]) { part, step throws(ServiceError) in
                part.properties = step.value ?? ""
            }
        ])
}

enum DocumentationRules {
    /// As the service prints them.
    static let types = [
        "RESPONSE_BODY", "RESPONSE", "METHOD", "MODEL", "AUTHORIZER", "RESPONSE_HEADER", "RESOURCE", "PATH_PARAMETER",
        "REQUEST_BODY", "QUERY_PARAMETER", "API", "REQUEST_HEADER",
    ]

    private static let named: Set = [
        "AUTHORIZER", "MODEL", "PATH_PARAMETER", "QUERY_PARAMETER", "REQUEST_HEADER", "RESPONSE_HEADER",
    ]

    static func location(_ members: RestMembers) throws(ServiceError) -> REST.DocumentationPartLocation {
        var location = REST.DocumentationPartLocation(
            type: try members.string("type") ?? "", path: try members.string("path"))
        location.method = try members.string("method")
        location.statusCode = try members.string("statusCode")
        location.name = try members.string("name")
        guard !named.contains(location.type) || location.name?.isEmpty == false else {
            throw RESTError.badRequest("A name is required for documentation parts of the type \(location.type)")
        }
        return location
    }

    static func check(_ part: REST.DocumentationPart) throws(ServiceError) {
        guard (try? JSONValue(parsing: Array(part.properties.utf8)))?.object?.isEmpty == false else {
            throw RESTError.badRequest("Documentation part properties must be non-empty")
        }
    }
}

extension REST.DocumentationPart {
    fileprivate func isWanted(by call: Call) -> Bool {
        if let type = call.query("type"), type != location.type { return false }
        if let name = call.query("name"), location.name?.contains(name) != true { return false }
        if let path = call.query("path"), location.path?.hasPrefix(path) != true { return false }
        // What has no documentation is no part.
        return call.query("locationStatus") != "UNDOCUMENTED"
    }
}

extension REST.DocumentationPart: RESTPart {
    static let kind = "rest.documentationPart"
    static var list: any WritableKeyPath<RESTAPI, PartList<REST.DocumentationPart>> & Sendable { \.documentationParts }
    static var quota: Int? { RESTQuotas.documentationParts }
    static let collection = "documentation/parts"
    static let parameter = "part_id"

    static func notFound(_ key: String) -> ServiceError {
        RESTError.notFound("Invalid Documentation part identifier specified")
    }
}
