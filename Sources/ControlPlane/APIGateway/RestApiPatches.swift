import GatewayModel
import JSON

/// What UpdateRestApi may change.
enum RestApiPatches {
    static func apply(
        _ patches: [PatchOperation], to api: inout REST.RestApi, _ call: Call
    ) throws(ServiceError) {
        let before = api
        try table.apply(patches, to: &api)
        if let policy = api.policy, policy != before.policy {
            api.policy = try RestApiPolicy.stored(policy, apiId: api.id, call)
        }
        if api.endpointConfiguration != before.endpointConfiguration {
            try RestApiRules.check(api.endpointConfiguration)
        }
        try RestApiRules.check(api)
    }

    private static let table = PatchTable<REST.RestApi>(
        .plain,
        [
            PatchRule("/name", [.replace]) { api, step throws(ServiceError) in
                guard let name = step.text else { throw RESTError.badRequest("API name must be specified") }
                api.name = name
            },
            .text("/description", \.description, [.add, .replace, .remove]),
            .text("/version", \.version),
            .bool("/disableExecuteApiEndpoint", \.disableExecuteApiEndpoint),
            PatchRule("/apiKeySource", [.replace]) { api, step throws(ServiceError) in
                guard let source = step.value, ["HEADER", "AUTHORIZER"].contains(source) else {
                    throw RESTError.badRequest("Invalid API key source specified. Valid options are HEADER,AUTHORIZER")
                }
                api.apiKeySource = source
            },
            PatchRule("/minimumCompressionSize", [.replace]) { api, step throws(ServiceError) in
                guard let text = step.text else {
                    api.minimumCompressionSize = nil
                    return
                }
                api.minimumCompressionSize = try RestApiRules.compressionSize(Int(text))
            },
            .text("/policy", \.policy),
            .list("/binaryMediaTypes/<mediaType>", \.binaryMediaTypes),
            PatchRule("/endpointConfiguration/types/<index>", [.replace], wrongOp: wrongTypeOp) {
                api, step throws(ServiceError) in
                guard let type = step.value, RestApiRules.endpointTypes.contains(type) else {
                    throw RESTError.badRequest(
                        "Invalid EndpointTypes specified. Valid options are REGIONAL,EDGE,PRIVATE")
                }
                api.endpointConfiguration.types = [type]
                if type == "PRIVATE" { api.endpointConfiguration.ipAddressType = "dualstack" }
            },
            PatchRule("/endpointConfiguration/ipAddressType", [.replace]) { api, step throws(ServiceError) in
                guard let type = step.value, ["ipv4", "dualstack"].contains(type) else {
                    throw RESTError.badRequest("ipAddressType must be either ipv4 or dualstack.")
                }
                api.endpointConfiguration.ipAddressType = type
            },
            .values("/endpointConfiguration/vpcEndpointIds", \.endpointConfiguration.vpcEndpointIds),
            PatchRule("/securityPolicy", [.replace]) { api, step throws(ServiceError) in
                guard let policy = step.value, RestApiRules.securityPolicies.contains(policy) else {
                    throw step.invalidValue
                }
                api.securityPolicy = policy
            },
            PatchRule("/endpointAccessMode", [.replace]) { api, step throws(ServiceError) in
                guard let mode = step.value, ["BASIC", "STRICT"].contains(mode) else { throw step.invalidValue }
                api.endpointAccessMode = mode
            },
        ])

    /// Recorded, although it takes none but `replace`.
    private static let wrongTypeOp = "Invalid patch operation specified. Must be 'add'|'remove'|'replace'"
}
