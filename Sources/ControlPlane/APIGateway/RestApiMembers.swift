import GatewayModel
import JSON

/// The members of CreateRestApi: read and checked.
enum RestApiMembers {
    /// Without its resources.
    static func make(_ members: RestMembers, _ control: ControlPlane, _ call: Call) throws(ServiceError) -> RESTAPI {
        try checkModel(members)
        let tags = try RestTags.read(members)
        guard let name = try members.string("name"), !name.isEmpty else {
            throw RESTError.badRequest("API name must be specified")
        }
        var api = try make(name: name, tags: tags, control, call)
        try apply(members, to: &api.api, call)
        return api
    }

    /// A fresh API as it reads back before anything is set.
    static func make(
        name: String, tags: OrderedMap<String>?, _ control: ControlPlane, _ call: Call
    ) throws(ServiceError) -> RESTAPI {
        let world = control.world
        guard world.restApis.count < RESTQuotas.apis else {
            throw RESTError.limitExceeded("Maximum number of APIs for this account has been reached.")
        }
        let id = try ChosenId.fresh(call, tags, length: 10) { id in
            world[RESTAPI.self, id] != nil || world[HTTPAPI.self, id] != nil
        }
        var api = REST.RestApi(
            id: id, name: name, rootResourceId: Identifiers.part(10), createdDate: Int(call.now.seconds))
        api.tags = tags
        return RESTAPI(api, order: world.nextOrder(after: world.restApis.map(\.value.root.order), call))
    }

    private static func apply(
        _ members: RestMembers, to api: inout REST.RestApi, _ call: Call
    ) throws(ServiceError) {
        if let text = try members.string("description") {
            guard !text.isEmpty else { throw RESTError.badRequest("Description cannot be an empty string") }
            api.description = text
        }
        api.version = try members.string("version")
        if let size = try members.integer("minimumCompressionSize") {
            api.minimumCompressionSize = try RestApiRules.compressionSize(size)
        }
        if let types = try members.strings("binaryMediaTypes"), !types.isEmpty { api.binaryMediaTypes = types }
        if let source = try members.string("apiKeySource") { api.apiKeySource = source }
        if let isDisabled = try members.bool("disableExecuteApiEndpoint") { api.disableExecuteApiEndpoint = isDisabled }
        if let endpoint = try members.members("endpointConfiguration") {
            api.endpointConfiguration = try RestApiRules.endpoint(
                types: try endpoint.strings("types"), ipAddressType: try endpoint.string("ipAddressType"),
                vpcEndpointIds: try endpoint.strings("vpcEndpointIds"))
        }
        if let policy = try members.string("policy"), !policy.isEmpty {
            api.policy = try RestApiPolicy.stored(policy, apiId: api.id, call)
        }
        api.endpointAccessMode = try members.string("endpointAccessMode")
        api.securityPolicy = try members.string("securityPolicy")
        try RestApiRules.check(api)
    }

    /// What the service's model says of the members.
    private static func checkModel(_ members: RestMembers) throws(ServiceError) {
        var constraints = Constraints()
        constraints.present(try members.string("name"), "createRestApiInput.name")
        constraints.oneOf(
            try members.string("apiKeySource"), "createRestApiInput.apiKeySource", ["HEADER", "AUTHORIZER"])
        constraints.oneOf(
            try members.string("endpointAccessMode"), "createRestApiInput.endpointAccessMode", ["BASIC", "STRICT"])
        constraints.oneOf(
            try members.string("securityPolicy"), "createRestApiInput.securityPolicy", RestApiRules.securityPolicies)
        if let endpoint = try members.members("endpointConfiguration") {
            let types = try endpoint.strings("types") ?? []
            if !types.allSatisfy(RestApiRules.endpointTypes.contains) {
                constraints.violation(
                    "'[\(types.joined(separator: ", "))]'", at: "createRestApiInput.endpointConfiguration.types",
                    "Member must satisfy constraint: [Member must satisfy enum value set: "
                        + "[\(RestApiRules.endpointTypes.joined(separator: ", "))]]")
            }
            constraints.oneOf(
                try endpoint.string("ipAddressType"), "createRestApiInput.endpointConfiguration.ipAddressType",
                ["ipv4", "dualstack"])
        }
        try constraints.check()
    }
}
