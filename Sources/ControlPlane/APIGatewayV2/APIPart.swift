import GatewayModel

/// A kind of resource that belongs to an API: how it is stored, where it lies, and what comes with it.
protocol APIPart: KeyedPart {
    /// As the store names it.
    static var kind: String { get }
    static var list: any WritableKeyPath<HTTPAPI, PartList<Self>> & Sendable { get }
    /// The most that an API may have; nil where AWS names no bound.
    static var quota: Int? { get }
    /// What all of them are called, in paths and, with a capital, in messages.
    static var collection: String { get }
    /// The parameter of a path that names one.
    static var parameter: String { get }

    static func notFound(_ key: String) -> ServiceError

    /// What else happens to the API when the part comes, in the place of `old` if there is one with its key.
    func enter(_ api: inout HTTPAPI, replacing old: Self?) throws(ServiceError)
    /// What else happens to it when the part goes.
    func leave(_ api: inout HTTPAPI)
    /// Throws when a caller may not delete the part.
    func checkDeletion(from api: HTTPAPI) throws(ServiceError)
    /// The part without what answers do not show of it.
    var answer: Self { get }
}

extension APIPart {
    static var quota: Int? { nil }
    func enter(_ api: inout HTTPAPI, replacing old: Self?) throws(ServiceError) {}
    func leave(_ api: inout HTTPAPI) {}
    func checkDeletion(from api: HTTPAPI) throws(ServiceError) {}
    var answer: Self { self }
}

extension HTTPAPI {
    /// Adds the part, or changes the one with its key.
    mutating func put<Part: APIPart>(_ part: Part) throws(ServiceError) {
        let old = self[keyPath: Part.list][part.key]
        if old == nil, let quota = Part.quota, self[keyPath: Part.list].count >= quota {
            throw V2Error.tooMany(Part.collection.prefix(1).uppercased() + Part.collection.dropFirst())
        }
        try part.enter(&self, replacing: old)
        self[keyPath: Part.list].put(part)
    }

    mutating func remove<Part: APIPart>(_ part: Part) {
        part.leave(&self)
        self[keyPath: Part.list].remove(part.key)
    }

    /// The part that a call's path names.
    func find<Part: APIPart>(_ type: Part.Type, _ call: Call) throws(ServiceError) -> Part {
        let key = call.path(Part.parameter)
        guard let part = self[keyPath: Part.list][key] else { throw Part.notFound(key) }
        return part
    }
}

/// The operations on one kind of part. The dull ones need no more than their names.
struct PartOperations<Part: APIPart> {
    private let collection = "/v2/apis/{apiId}/" + Part.collection
    private var item: String { collection + "/{\(Part.parameter)}" }

    func get(_ name: String) -> Operation {
        Operation(
            name, .get, item,
            reading: { api, call throws(ServiceError) in try .json(try api.find(Part.self, call).answer) })
    }

    /// In the order of their making.
    func list(_ name: String) -> Operation {
        list(name) { $0 }
    }

    func list(_ name: String, order: @escaping @Sendable ([Part]) -> [Part]) -> Operation {
        Operation(
            name, .get, collection,
            reading: { api, call throws(ServiceError) in
                try Lists.page(order(api[keyPath: Part.list].values), call, key: \.key) { $0.answer }
            })
    }

    func delete(_ name: String) -> Operation {
        Operation(
            name, .delete, item, success: 204,
            changing: { api, call throws(ServiceError) in
                let part = try api.find(Part.self, call)
                try part.checkDeletion(from: api)
                api.remove(part)
                return .empty
            })
    }

    /// `make` answers the new part, which then is put into the API.
    func create(
        _ name: String, _ make: @escaping @Sendable (inout HTTPAPI, Call) throws(ServiceError) -> Part
    ) -> Operation {
        Operation(name, .apigateway, .post, collection, success: 201) { control, call throws(ServiceError) in
            try await put(control, call) { api throws(ServiceError) in try make(&api, call) }
        }
    }

    /// `make` changes the part.
    ///
    /// - Parameter status: where the service answers another one than its model says.
    func update(
        _ name: String, status: Int? = nil,
        _ make: @escaping @Sendable (inout Part, HTTPAPI, Call) throws(ServiceError) -> Void
    ) -> Operation {
        Operation(name, .apigateway, .patch, item) { control, call throws(ServiceError) in
            var reply = try await put(control, call) { api throws(ServiceError) in
                var part = try api.find(Part.self, call)
                try make(&part, api, call)
                return part
            }
            reply.status = status
            return reply
        }
    }

    /// Deletes something inside the part.
    ///
    /// - Parameter path: below the part's own.
    func delete(
        _ name: String, _ path: String,
        _ make: @escaping @Sendable (inout Part, Call) throws(ServiceError) -> Void
    ) -> Operation {
        Operation(
            name, .delete, item + path, success: 204,
            changing: { api, call throws(ServiceError) in
                var part = try api.find(Part.self, call)
                try make(&part, call)
                try api.put(part)
                return .empty
            })
    }

    /// Answers the part as it is when the API has been deployed, which changes stages.
    private func put(
        _ control: ControlPlane, _ call: Call, _ make: (inout HTTPAPI) throws(ServiceError) -> Part
    ) async throws(ServiceError) -> Reply {
        try await control.changeAPI(call.path("apiId")) { api throws(ServiceError) in
            let part = try make(&api)
            try api.put(part)
            return part
        } answering: { api, part throws(ServiceError) in
            try .json((api[keyPath: Part.list][part.key] ?? part).answer)
        }
    }
}

/// What an operation on one API does.
enum APIOperation {
    typealias Read = @Sendable (HTTPAPI, Call) throws(ServiceError) -> Reply
    /// Changes the API of the call; see `ControlPlane.change`.
    typealias Change = @Sendable (inout HTTPAPI, Call) throws(ServiceError) -> Reply
}

extension Operation {
    /// An operation that reads the API which its path names.
    init(_ name: String, _ method: Method, _ path: String, reading read: @escaping APIOperation.Read) {
        self.init(name, .apigateway, method, path) { control, call throws(ServiceError) in
            try read(try control.httpAPI(call), call)
        }
    }

    /// An operation that changes the API which its path names.
    init(
        _ name: String, _ method: Method, _ path: String, success: Int, changing make: @escaping APIOperation.Change
    ) {
        self.init(name, .apigateway, method, path, success: success) { control, call throws(ServiceError) in
            try await control.changeAPI(call.path("apiId")) { api throws(ServiceError) in
                try make(&api, call)
            } answering: { _, reply in
                reply
            }
        }
    }
}
