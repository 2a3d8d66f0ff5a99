import GatewayModel
import JSON

/// The operations on RestApi.
extension RESTOperations {
    static var restApis: [Operation] {
        [
            Operation("CreateRestApi", .apigateway, .post, "/restapis", success: 201, createRestApi),
            reading("GetRestApi", api) { api, call throws(ServiceError) in try .json(api.api.tagged(call)) },
            Operation("GetRestApis", .apigateway, .get, "/restapis", getRestApis),
            patching("UpdateRestApi", api) { api, patches, call throws(ServiceError) in
                try RestApiPatches.apply(patches, to: &api.api, call)
                return try .json(api.api.tagged(call))
            },
            Operation("DeleteRestApi", .apigateway, .delete, api, success: 202, deleteRestApi),
        ]
    }

    private static func createRestApi(_ control: ControlPlane, _ call: Call) async throws(ServiceError) -> Reply {
        let members = try RestMembers(call)
        let world = control.world
        var api = try RestApiMembers.make(members, control, call)
        if let source = try members.string("cloneFrom"), !source.isEmpty {
            guard let original = world[RESTAPI.self, source] else {
                throw RESTError.notFound("Invalid API identifier specified \(call.account.accountId):\(source)")
            }
            try api.copyParts(of: original)
            // What keeps callers out of the original keeps them out of its clone (AWS's answer is unknown).
            if api.api.policy == nil {
                api.api.policy = original.api.policy.map { RestApiPolicy.moved($0, from: original.id, to: api.id) }
            }
            if members.value("apiKeySource") == nil { api.api.apiKeySource = original.api.apiKeySource }
            if members.value("disableExecuteApiEndpoint") == nil {
                api.api.disableExecuteApiEndpoint = original.api.disableExecuteApiEndpoint
            }
        } else {
            try api.addRootAndDefaultModels()
        }
        try await control.createRESTAPI(api)
        return try .json(api.api.shown(call))
    }

    private static func getRestApis(_ control: ControlPlane, _ call: Call) throws(ServiceError) -> Reply {
        let apis = control.world.restApis.map(\.value.root).sorted { $0.order < $1.order }
        return try RestPage.reply(apis.map { $0.api.shown(call) }, call, key: \.id)
    }

    private static func deleteRestApi(_ control: ControlPlane, _ call: Call) async throws(ServiceError) -> Reply {
        let id = call.path("restapi_id")
        guard let api = control.world[RESTAPI.self, id] else { throw RESTError.noAPI(call) }
        try await control.leavePlans(api.stageKeys)
        try await control.commitStages(RESTAPI.self, id) { change throws(ServiceError) in
            guard change.root != nil else { throw RESTError.noAPI(call) }
            change.root = nil
        }
        return .empty
    }
}

extension ControlPlane {
    /// Makes an API under an id that no other one has, of whatever kind.
    func createRESTAPI(_ api: RESTAPI) async throws(ServiceError) {
        try await commitStages(RESTAPI.self, api.id) { change throws(ServiceError) in
            guard change.root == nil, change.read(HTTPAPI.self, api.id) == nil else {
                throw .internalFailure("The id \(api.id) has been taken meanwhile.")
            }
            change.root = api
        }
    }
}

extension REST.RestApi {
    /// With a policy that names users and roles by their ARNs.
    func naming(_ identities: Identities) -> REST.RestApi {
        var named = self
        named.policy = policy.map(identities.shown)
        return named
    }

    /// As it is answered: the policy's quotation marks are escaped once more, which clients undo.
    func shown(_ call: Call) -> REST.RestApi {
        var shown = naming(call.identities)
        shown.policy = shown.policy?.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return shown
    }

    /// Asked for by itself it has tags, be they none.
    fileprivate func tagged(_ call: Call) -> REST.RestApi {
        var tagged = shown(call)
        tagged.tags = tags ?? [:]
        return tagged
    }
}

extension RESTAPI {
    /// What every API begins with, unless it is imported.
    mutating func addRootAndDefaultModels() throws(ServiceError) {
        try put(REST.Resource(id: api.rootResourceId, path: "/"))
        for (name, schema) in Self.defaultModels {
            var model = REST.Model(
                id: freshId(of: REST.Model.self), name: name, contentType: "application/json", schema: schema)
            model.description = "This is a default \(name.lowercased()) schema model"
            try put(model)
        }
    }

    /// Resources, methods, models and what they refer to; stages and deployments stay with the original.
    mutating func copyParts(of original: RESTAPI) throws(ServiceError) {
        api.rootResourceId = original.api.rootResourceId
        resources = original.resources
        models = original.models
        requestValidators = original.requestValidators
        authorizers = original.authorizers
        gatewayResponses = original.gatewayResponses
        documentationParts = original.documentationParts
    }

    private static let defaultModels = [
        (
            "Empty",
            """
            {
              "$schema": "http://json-schema.org/draft-04/schema#",
              "title" : "Empty Schema",
              "type" : "object"
            }
            """
        ),
        (
            "Error",
            """
            {
              "$schema" : "http://json-schema.org/draft-04/schema#",
              "title" : "Error Schema",
              "type" : "object",
              "properties" : {
                "message" : { "type" : "string" }
              }
            }
            """
        ),
    ]
}
