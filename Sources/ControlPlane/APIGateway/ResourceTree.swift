import GatewayModel

/// The tree of an API's resources: what may stand under what.
extension RESTAPI {
    mutating func addResource(
        _ part: String, to parent: REST.Resource, id: String
    ) throws(ServiceError) -> REST.Resource {
        var siblings = siblings(of: nil, under: parent)
        return try addResource(part, to: parent, id: id, &siblings)
    }

    /// - Parameter index: of all resources, or of the parent's children.
    mutating func addResource(
        _ part: String, to parent: REST.Resource, id: String, _ index: inout ResourceIndex
    ) throws(ServiceError) -> REST.Resource {
        try check(part, under: parent, among: index)
        let resource = REST.Resource(id: id, path: parent.path(of: part), parentId: parent.id, pathPart: part)
        try put(resource)
        index.insert(resource)
        return resource
    }

    /// Gives the resource another place or name; the paths of all below it follow.
    mutating func moveResource(
        _ resource: REST.Resource, to parent: REST.Resource, as part: String
    ) throws(ServiceError) {
        var ancestor: REST.Resource? = parent
        while let next = ancestor {
            guard next.id != resource.id else { throw RESTError.badRequest("Resources cannot be cyclical.") }
            ancestor = next.parentId.flatMap { resources[$0] }
        }
        try check(part, under: parent, among: siblings(of: resource.id, under: parent))
        if ResourcePart(part)?.isGreedy == true, resources.contains(where: { $0.parentId == resource.id }) {
            throw Self.greedyParent(part)
        }
        var moved = resource
        moved.parentId = parent.id
        moved.pathPart = part
        moved.path = parent.path(of: part)
        try put(moved)
        try placeDescendants(of: moved)
    }

    /// With all below it.
    mutating func removeResource(_ resource: REST.Resource) {
        for descendant in descendants(of: resource) { remove(descendant) }
        remove(resource)
    }

    private mutating func placeDescendants(of resource: REST.Resource) throws(ServiceError) {
        var paths = [resource.id: resource]
        for var descendant in descendants(of: resource) {
            guard let parent = descendant.parentId.flatMap({ paths[$0] }), let part = descendant.pathPart else {
                continue
            }
            descendant.path = parent.path(of: part)
            paths[descendant.id] = descendant
            try put(descendant)
        }
    }

    /// Parents before their children.
    private func descendants(of resource: REST.Resource) -> [REST.Resource] {
        let children = Dictionary(grouping: resources, by: { $0.parentId ?? "" })
        var found: [REST.Resource] = []
        var next = children[resource.id] ?? []
        while !next.isEmpty {
            found += next
            next = next.flatMap { children[$0.id] ?? [] }
        }
        return found
    }

    /// The children of a resource but for the one that is to be among them.
    private func siblings(of id: String?, under parent: REST.Resource) -> ResourceIndex {
        ResourceIndex(resources.lazy.filter { $0.parentId == parent.id && $0.id != id })
    }

    private func check(
        _ part: String, under parent: REST.Resource, among index: ResourceIndex
    ) throws(ServiceError) {
        if let own = parent.pathPart, ResourcePart(own)?.isGreedy == true { throw Self.greedyParent(own) }
        guard let parsed = ResourcePart(part) else {
            throw RESTError.badRequest(
                "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the "
                    + "beginning and the end.")
        }
        guard parent.path(of: part).utf8.count <= RESTQuotas.pathLength else {
            throw RESTError.badRequest("Resource's path can be at most \(RESTQuotas.pathLength) bytes long.")
        }
        guard index.child(part, of: parent.id) == nil else {
            throw RESTError.conflict("Another resource with the same parent already has this name: \(part)")
        }
        if parsed.isVariable, let other = index.variable(of: parent.id) {
            throw RESTError.badRequest(
                "A sibling (\(other)) of this resource already has a variable path part -- only one is allowed")
        }
    }

    private static func greedyParent(_ part: String) -> ServiceError {
        RESTError.badRequest("Cannot create a child of a resource with a greedy path variable: \(part)")
    }
}

/// The children of resources by their names: an import looks for thousands.
struct ResourceIndex {
    private struct Children {
        var ids: [String: String] = [:]
        var variable: String?
    }

    private var children: [String: Children] = [:]

    init(_ resources: some Sequence<REST.Resource>) {
        for resource in resources { insert(resource) }
    }

    mutating func insert(_ resource: REST.Resource) {
        guard let parent = resource.parentId, let part = resource.pathPart else { return }
        children[parent, default: Children()].ids[part] = resource.id
        if part.hasPrefix("{") { children[parent]?.variable = part }
    }

    func child(_ part: String, of id: String) -> String? { children[id]?.ids[part] }

    /// The only child that stands for any name.
    func variable(of id: String) -> String? { children[id]?.variable }
}

extension REST.Resource {
    /// The path of a child.
    fileprivate func path(of part: String) -> String { path == "/" ? "/" + part : path + "/" + part }
}

/// The last segment of a resource's path: text, `{name}` or `{name+}`.
struct ResourcePart {
    let isVariable: Bool
    let isGreedy: Bool

    init?(_ text: String) {
        guard text.hasPrefix("{") else {
            guard text.isWord(and: ".:") else { return nil }
            (isVariable, isGreedy) = (false, false)
            return
        }
        guard text.hasSuffix("}") else { return nil }
        var name = text.dropFirst().dropLast()
        isVariable = true
        isGreedy = name.hasSuffix("+")
        if isGreedy { name = name.dropLast() }
        guard name.isWord(and: ".:") else { return nil }
    }
}
