import GatewayModel

/// The operations of REST APIs (`apigateway`, 2015-07-09). Each resource's list stands in the resource's file.
enum RESTOperations {
    static let api = "/restapis/{restapi_id}"

    typealias Read = @Sendable (RESTAPI, Call) throws(ServiceError) -> Reply
    /// Changes the API of the call; see `ControlPlane.change`.
    typealias Change = @Sendable (inout RESTAPI, Call) throws(ServiceError) -> Reply
    typealias Patch = @Sendable (inout RESTAPI, [PatchOperation], Call) throws(ServiceError) -> Reply
    /// What is answered when the call's API is not there.
    typealias Unknown = @Sendable (Call) -> ServiceError
    /// What the service's model says of a call, besides its patch operations. Comes before any look-up.
    typealias Check = @Sendable (inout Constraints, Call) throws(ServiceError) -> Void

    /// An operation that reads the API which its path names.
    static func reading(
        _ name: String, _ path: String, unknown: @escaping Unknown = RESTError.noAPI,
        checking check: @escaping Check = { _, _ in }, _ read: @escaping Read
    ) -> Operation {
        Operation(name, .apigateway, .get, path) { control, call throws(ServiceError) in
            try checked(call, check)
            guard let api = control.world[RESTAPI.self, call.path("restapi_id")] else { throw unknown(call) }
            return try read(api, call)
        }
    }

    /// An operation that changes the API which its path names.
    static func changing(
        _ name: String, _ method: Operation.Method, _ path: String, success: Int,
        unknown: @escaping Unknown = RESTError.noAPI, checking check: @escaping Check = { _, _ in },
        _ make: @escaping Change
    ) -> Operation {
        Operation(name, .apigateway, method, path, success: success) { control, call throws(ServiceError) in
            try checked(call, check)
            return try await control.changeRESTAPI(call.path("restapi_id"), unknown: unknown(call)) {
                api throws(ServiceError) in try make(&api, call)
            }
        }
    }

    /// An operation that patches something of the API which its path names.
    static func patching(
        _ name: String, _ path: String, success: Int = 200, unknown: @escaping Unknown = RESTError.noAPI,
        checking check: @escaping Check = { _, _ in }, _ make: @escaping Patch
    ) -> Operation {
        Operation(name, .apigateway, .patch, path, success: success) { control, call throws(ServiceError) in
            let patches = try patches(of: name, call, check)
            return try await control.changeRESTAPI(call.path("restapi_id"), unknown: unknown(call)) {
                api throws(ServiceError) in try make(&api, patches, call)
            }
        }
    }

    /// The patch operations of a call, with all that the model says of the call checked.
    static func patches(
        of name: String, _ call: Call, _ check: Check = { _, _ in }
    ) throws(ServiceError) -> [PatchOperation] {
        var constraints = Constraints()
        let patches = try PatchOperation.read(try RestMembers(call), of: input(name), &constraints)
        try check(&constraints, call)
        try constraints.check()
        return patches
    }

    /// As the service calls an operation's input in messages: `updateStageInput`.
    static func input(_ name: String) -> String { name.prefix(1).lowercased() + name.dropFirst() + "Input" }

    private static func checked(_ call: Call, _ check: Check) throws(ServiceError) {
        var constraints = Constraints()
        try check(&constraints, call)
        try constraints.check()
    }
}

extension ControlPlane {
    /// Changes a REST API: `make` changes the copy; what has changed is compiled, stored and served.
    func changeRESTAPI<Answer>(
        _ id: String, unknown: ServiceError, _ make: (inout RESTAPI) throws(ServiceError) -> Answer
    ) async throws(ServiceError) -> Answer {
        try await commitStages(RESTAPI.self, id) { change throws(ServiceError) in
            guard var api = change.root else { throw unknown }
            let answer = try make(&api)
            change.root = api
            return answer
        }
    }
}
