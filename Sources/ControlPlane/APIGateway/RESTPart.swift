import GatewayModel

/// A kind of resource that belongs to a REST API: how it is stored, where it lies, and what comes with it.
protocol RESTPart: KeyedPart {
    /// As the store names it.
    static var kind: String { get }
    static var list: any WritableKeyPath<RESTAPI, PartList<Self>> & Sendable { get }
    /// The most that an API may have; nil where AWS names no bound.
    static var quota: Int? { get }
    /// What all of them are called, in paths.
    static var collection: String { get }
    /// The parameter of a path that names one.
    static var parameter: String { get }

    static func notFound(_ key: String) -> ServiceError

    /// Throws when a caller may not delete the part.
    func checkDeletion(from api: RESTAPI) throws(ServiceError)
    /// What else happens to the API when the part goes.
    func leave(_ api: inout RESTAPI)
}

extension RESTPart {
    static var quota: Int? { nil }
    func checkDeletion(from api: RESTAPI) throws(ServiceError) {}
    func leave(_ api: inout RESTAPI) {}
}

extension RESTAPI {
    /// Adds the part, or changes the one with its key.
    mutating func put<Part: RESTPart>(_ part: Part) throws(ServiceError) {
        if let quota = Part.quota, self[keyPath: Part.list][part.key] == nil, self[keyPath: Part.list].count >= quota {
            throw RESTError.limitExceeded(
                "Maximum number of \(Part.collection) for this API has been reached: \(quota).")
        }
        self[keyPath: Part.list].put(part)
    }

    mutating func remove<Part: RESTPart>(_ part: Part) {
        part.leave(&self)
        self[keyPath: Part.list].remove(part.key)
    }

    /// The part that a call's path names.
    func find<Part: RESTPart>(_ type: Part.Type, _ call: Call) throws(ServiceError) -> Part {
        let key = call.path(Part.parameter)
        guard let part = self[keyPath: Part.list][key] else { throw Part.notFound(key) }
        return part
    }
}

/// The operations on one kind of part. The dull ones need no more than their names.
struct RESTPartOperations<Part: RESTPart>: Sendable {
    /// What an operation answers when the API is not there: mostly that the part is not.
    enum Unknown: Sendable {
        case part
        case api
    }

    private let collection = RESTOperations.api + "/" + Part.collection
    private var item: String { collection + "/{\(Part.parameter)}" }

    func get(_ name: String, unknown: Unknown = .part) -> Operation {
        RESTOperations.reading(name, item, unknown: fault(unknown)) { api, call throws(ServiceError) in
            try .json(try api.find(Part.self, call))
        }
    }

    /// In the order of their making.
    func list(_ name: String) -> Operation {
        RESTOperations.reading(name, collection) { api, call throws(ServiceError) in
            try RestPage.reply(api[keyPath: Part.list].values, call, key: \.key)
        }
    }

    func delete(_ name: String, unknown: Unknown = .part) -> Operation {
        RESTOperations.changing(name, .delete, item, success: 202, unknown: fault(unknown)) {
            api, call throws(ServiceError) in
            let part = try api.find(Part.self, call)
            try part.checkDeletion(from: api)
            api.remove(part)
            return .empty
        }
    }

    /// `make` answers the new part, which then is put into the API.
    ///
    /// - Parameter checking: what the service's model says of the body, which comes before all else.
    func create(
        _ name: String, unknown: @escaping RESTOperations.Unknown = RESTError.noAPI,
        checking check: @escaping RESTOperations.Check = { _, _ in },
        _ make: @escaping @Sendable (inout RESTAPI, RestMembers, Call) throws(ServiceError) -> Part
    ) -> Operation {
        RESTOperations.changing(name, .post, collection, success: 201, unknown: unknown, checking: check) {
            api, call throws(ServiceError) in
            let part = try make(&api, try RestMembers(call), call)
            try api.put(part)
            return try .json(part)
        }
    }

    /// The patches of the table, and what `finish` makes of the whole.
    func update(
        _ name: String, _ table: PatchTable<Part>, unknown: Unknown = .part,
        _ finish: @escaping @Sendable (inout Part, RESTAPI, Call) throws(ServiceError) -> Void = { _, _, _ in }
    ) -> Operation {
        RESTOperations.patching(name, item, unknown: fault(unknown)) { api, patches, call throws(ServiceError) in
            var part = try api.find(Part.self, call)
            try table.apply(patches, to: &part)
            try finish(&part, api, call)
            try api.put(part)
            return try .json(part)
        }
    }

    private func fault(_ unknown: Unknown) -> RESTOperations.Unknown {
        switch unknown {
        case .api: RESTError.noAPI
        case .part: { Part.notFound($0.path(Part.parameter)) }
        }
    }
}
