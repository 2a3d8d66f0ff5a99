import GatewayModel
import JSON

/// The operations on Resource.
extension RESTOperations {
    static var resources: [Operation] {
        [
            changing(
                "CreateResource", .post, api + "/resources/{parent_id}", success: 201, unknown: RESTError.noResource
            ) { api, call throws(ServiceError) in
                guard let parent = api.resources[call.path("parent_id")] else { throw RESTError.noResource(call) }
                let part = try RestMembers(call).string("pathPart") ?? ""
                return try .json(
                    try api.addResource(part, to: parent, id: api.freshId(of: REST.Resource.self, call)).shown(call))
            },
            reading("GetResource", item, unknown: RESTError.noResource) { api, call throws(ServiceError) in
                try .json(try api.find(REST.Resource.self, call).shown(call))
            },
            reading("GetResources", api + "/resources") { api, call throws(ServiceError) in
                try RestPage.reply(api.resources.map { $0.shown(call) }, call, key: \.id)
            },
            patching("UpdateResource", item, unknown: RESTError.noResource, updateResource),
            changing("DeleteResource", .delete, item, success: 202, unknown: RESTError.noResource) {
                api, call throws(ServiceError) in
                let resource = try api.find(REST.Resource.self, call)
                guard resource.parentId != nil else { throw RESTError.badRequest("Cannot delete root resource.") }
                api.removeResource(resource)
                return .empty
            },
        ]
    }

    private static let item = api + "/resources/{resource_id}"

    private static func updateResource(
        _ api: inout RESTAPI, _ patches: [PatchOperation], _ call: Call
    ) throws(ServiceError) -> Reply {
        let resource = try api.find(REST.Resource.self, call)
        var place = ResourcePlace(parentId: resource.parentId, pathPart: resource.pathPart)
        try ResourcePlace.patches.apply(patches, to: &place)
        try api.move(resource, to: place)
        return try .json(try api.find(REST.Resource.self, call).shown(call))
    }
}

/// Where a resource hangs in the tree.
private struct ResourcePlace {
    var parentId: String?
    var pathPart: String?

    static let patches = PatchTable<ResourcePlace>(
        .listed,
        [
            PatchRule("/parentId", [.replace]) { place, step throws(ServiceError) in
                guard place.pathPart != nil else {
                    throw RESTError.badRequest("Root resource cannot update its parentId.")
                }
                place.parentId = step.value ?? ""
            },
            PatchRule("/pathPart", [.replace]) { place, step throws(ServiceError) in
                guard place.pathPart != nil else {
                    throw RESTError.badRequest("Root resource cannot update its pathPart.")
                }
                place.pathPart = step.value ?? ""
            },
        ])
}

extension RESTAPI {
    fileprivate mutating func move(_ resource: REST.Resource, to place: ResourcePlace) throws(ServiceError) {
        guard let parentId = place.parentId, let part = place.pathPart,
            parentId != resource.parentId || part != resource.pathPart
        else { return }
        guard let parent = resources[parentId] else {
            throw RESTError.notFound("Invalid Resource identifier specified")
        }
        try moveResource(resource, to: parent, as: part)
    }
}

extension REST.Resource {
    /// With the methods whole where the call asks for them (`embed=methods`), else with their names.
    fileprivate func shown(_ call: Call) -> ResourceView {
        ResourceView(resource: self, embedsMethods: call.queryValues("embed").contains("methods"))
    }
}

/// A resource as it is answered.
private struct ResourceView: Encodable {
    let resource: REST.Resource
    let embedsMethods: Bool

    var id: String { resource.id }

    func encode(to encoder: any Encoder) throws {
        guard !embedsMethods, let methods = resource.resourceMethods else { return try resource.encode(to: encoder) }
        var bare = resource
        bare.resourceMethods = nil
        try bare.encode(to: encoder)
        let names = OrderedMap(methods.map { ($0.key, OrderedMap<String>()) })
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(names, forKey: .resourceMethods)
    }

    private enum Key: CodingKey { case resourceMethods }
}

extension REST.Resource: RESTPart {
    static let kind = "rest.resource"
    static var list: any WritableKeyPath<RESTAPI, PartList<REST.Resource>> & Sendable { \.resources }
    static var quota: Int? { RESTQuotas.resources }
    static let collection = "resources"
    static let parameter = "resource_id"

    static func notFound(_ key: String) -> ServiceError { RESTError.notFound("Invalid Resource identifier specified") }
}
