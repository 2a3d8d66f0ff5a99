import GatewayModel

/// What lies inside a part of a WebSocket API: a response of a route, of an integration. It is stored with the part.
protocol InnerPart: KeyedPart {
    associatedtype Owner: APIPart
    static var list: any WritableKeyPath<Owner, [Self]?> & Sendable { get }
    /// The most that one part may have.
    static var quota: Int { get }
    /// As paths have it.
    static var collection: String { get }
    /// The parameter of a path that names one.
    static var parameter: String { get }
    /// What one is called in messages.
    static var title: String { get }
    /// What it is chosen by: no two of a part have the same.
    var selectionKey: String { get }
}

extension InnerPart {
    static func notFound(_ key: String) -> ServiceError {
        V2Error.notFound("Invalid \(title) identifier specified \(key)")
    }
}

/// The operations on what lies inside a part.
struct InnerPartOperations<Part: InnerPart> {
    typealias Owner = Part.Owner

    private let collection = "/v2/apis/{apiId}/\(Owner.collection)/{\(Owner.parameter)}/" + Part.collection
    private var item: String { collection + "/{\(Part.parameter)}" }

    func get(_ name: String) -> Operation {
        Operation(
            name, .get, item,
            reading: { api, call throws(ServiceError) in
                let (_, parts, position) = try find(api, call)
                return try .json(parts[position])
            })
    }

    /// In the order of their making; an API of another protocol has none.
    func list(_ name: String) -> Operation {
        Operation(
            name, .get, collection,
            reading: { api, call throws(ServiceError) in
                try Lists.page(try api.find(Owner.self, call)[keyPath: Part.list] ?? [], call, key: \.key)
            })
    }

    func delete(_ name: String) -> Operation {
        Operation(
            name, .delete, item, success: 204,
            changing: { api, call throws(ServiceError) in
                var (owner, parts, position) = try find(api, call)
                parts.remove(at: position)
                owner[keyPath: Part.list] = parts.isEmpty ? nil : parts
                try api.put(owner)
                return .empty
            })
    }

    /// `make` answers the new part, under the id that it is given.
    func create(
        _ name: String,
        _ make: @escaping @Sendable (String, Owner, HTTPAPI, Call) throws(ServiceError) -> Part
    ) -> Operation {
        Operation(
            name, .post, collection, success: 201,
            changing: { api, call throws(ServiceError) in
                guard api.isWebSocket else { throw V2Error.onlyFor(webSocket: true, name) }
                var owner = try api.find(Owner.self, call)
                var parts = owner[keyPath: Part.list] ?? []
                let part = try make(try freshId(parts, call), owner, api, call)
                try check(part, among: parts)
                guard parts.count < Part.quota else { throw V2Error.tooMany("\(Part.title)s") }
                parts.append(part)
                owner[keyPath: Part.list] = parts
                try api.put(owner)
                return try .json(part)
            })
    }

    /// `make` changes the part.
    func update(
        _ name: String, _ make: @escaping @Sendable (inout Part, Owner, HTTPAPI, Call) throws(ServiceError) -> Void
    ) -> Operation {
        Operation(
            name, .patch, item, success: 200,
            changing: { api, call throws(ServiceError) in
                var (owner, parts, position) = try find(api, call)
                try make(&parts[position], owner, api, call)
                try check(parts[position], among: parts)
                owner[keyPath: Part.list] = parts
                try api.put(owner)
                return try .json(parts[position])
            })
    }

    private func find(
        _ api: HTTPAPI, _ call: Call
    ) throws(ServiceError) -> (owner: Owner, parts: [Part], position: Int) {
        let owner = try api.find(Owner.self, call)
        let parts = owner[keyPath: Part.list] ?? []
        let key = call.path(Part.parameter)
        guard let position = parts.firstIndex(where: { $0.key == key }) else { throw Part.notFound(key) }
        return (owner, parts, position)
    }

    private func check(_ part: Part, among parts: [Part]) throws(ServiceError) {
        guard !parts.contains(where: { $0.key != part.key && $0.selectionKey == part.selectionKey }) else {
            throw V2Error.conflict("\(Part.title) with key \(part.selectionKey) already exists")
        }
    }

    private func freshId(_ parts: [Part], _ call: Call) throws(ServiceError) -> String {
        let taken = Set(parts.map(\.key))
        return try ChosenId.fresh(call, nil, length: 7) { taken.contains($0) }
    }
}
