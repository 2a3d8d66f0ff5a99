import GatewayModel
import JSON

/// What a method must look like.
enum MethodRules {
    static let verbs = ["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD", "ANY"]

    static func make(_ members: RestMembers, in api: RESTAPI, _ call: Call) throws(ServiceError) -> REST.Method {
        let verb = call.path("http_method")
        guard verbs.contains(verb) else {
            throw RESTError.badRequest(
                "Invalid HttpMethod specified. Valid options are \(verbs.joined(separator: ","))")
        }
        var method = REST.Method(httpMethod: verb)
        method.authorizationType = try members.string("authorizationType") ?? ""
        method.authorizerId = try members.string("authorizerId")
        method.authorizationScopes = try members.strings("authorizationScopes")
        method.apiKeyRequired = try members.bool("apiKeyRequired") ?? false
        method.operationName = try members.string("operationName")
        method.requestParameters = try members.boolMap("requestParameters")
        method.requestModels = try members.map("requestModels")
        method.requestValidatorId = try members.string("requestValidatorId")
        try check(&method, changed: nil, in: api)
        return method
    }

    /// Checks what differs from `old`, and puts it in its stored form.
    static func check(
        _ method: inout REST.Method, changed old: REST.Method?, in api: RESTAPI
    ) throws(ServiceError) {
        try checkAuthorization(&method, in: api)
        if let id = method.requestValidatorId, id != old?.requestValidatorId, api.requestValidators[id] == nil {
            throw RESTError.badRequest("Invalid Request Validator identifier specified")
        }
        if method.requestModels != old?.requestModels {
            try checkModels(method.requestModels, in: api)
        }
        if method.requestParameters != old?.requestParameters { try checkParameters(method.requestParameters ?? [:]) }
    }

    private static func checkAuthorization(_ method: inout REST.Method, in api: RESTAPI) throws(ServiceError) {
        // Recorded: the type is read in any case of letters.
        method.authorizationType = method.authorizationType.uppercased()
        let types: [String]
        switch method.authorizationType {
        case "NONE", "AWS_IAM":
            method.authorizerId = nil
            types = []
        case "CUSTOM": types = ["TOKEN", "REQUEST"]
        case "COGNITO_USER_POOLS", "JWT": types = [method.authorizationType]
        default:
            throw RESTError.badRequest(
                "Invalid Authorization Type specified. Valid options are NONE,AWS_IAM,CUSTOM,COGNITO_USER_POOLS,JWT")
        }
        // Nobody would look at them.
        guard method.authorizationScopes?.isEmpty ?? true || types == [method.authorizationType] else {
            throw RESTError.badRequest(
                "Invalid Method authorization type specified. Authorization Scopes are only valid for "
                    + "COGNITO_USER_POOLS authorization type")
        }
        if types.isEmpty { return }
        guard let id = method.authorizerId, let authorizer = api.authorizers[id], types.contains(authorizer.type) else {
            throw RESTError.badRequest(
                "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS "
                    + "requires a valid authorizer.")
        }
    }

    static func checkModels(_ models: OrderedMap<String>?, in api: RESTAPI) throws(ServiceError) {
        for (mediaType, name) in models ?? [:] {
            try MediaTypes.check(mediaType)
            guard api.models[name] != nil else {
                throw RESTError.badRequest("Invalid model identifier specified: \(name)")
            }
        }
    }

    private static func checkParameters(_ parameters: OrderedMap<Bool>) throws(ServiceError) {
        var names: Set<String> = []
        for (key, _) in parameters {
            guard let place = MappingPlace(key, of: "method.request"), place.kind != .body, !place.isMultivalue else {
                throw RESTError.invalidMapping("Invalid mapping expression specified: \(key)")
            }
            guard names.insert(place.name).inserted else {
                throw RESTError.badRequest("Parameter names must be unique across querystring, header and path")
            }
        }
    }
}

/// What UpdateMethod may change.
enum MethodPatches {
    static let table = PatchTable<REST.Method>(
        .plain,
        [
            PatchRule("/authorizationType", [.replace]) { method, step throws(ServiceError) in
                method.authorizationType = step.value ?? ""
            },
            .text("/authorizerId", \.authorizerId),
            .values("/authorizationScopes", \.authorizationScopes),
            .bool("/apiKeyRequired", \.apiKeyRequired),
            .text("/operationName", \.operationName),
            .text("/requestValidatorId", \.requestValidatorId),
            .entries("/requestParameters/<name>", \.requestParameters, missing: RESTError.noParameter) { $0.bool },
            .entries("/requestModels/<mediaType>", \.requestModels, missing: RESTError.noContentType) {
                step throws(ServiceError) in step.value ?? ""
            },
        ])
}
