import GatewayModel
import JSON

/// The operations on Authorizer.
extension RESTOperations {
    static var authorizers: [Operation] {
        let kit = RESTPartOperations<REST.Authorizer>()
        return [
            // Recorded: an API that is not there is told as a concurrent modification.
            kit.create("CreateAuthorizer", unknown: modified, checking: checkModel) {
                api, members, call throws(ServiceError) in
                var authorizer = REST.Authorizer(
                    id: api.freshId(of: REST.Authorizer.self, call), name: try members.string("name") ?? "",
                    type: try members.string("type") ?? "")
                authorizer.providerARNs = try members.strings("providerARNs")
                authorizer.authType = try members.string("authType")
                authorizer.authorizerUri = try members.string("authorizerUri")
                authorizer.authorizerCredentials = try members.string("authorizerCredentials")
                authorizer.identitySource = try members.string("identitySource")
                authorizer.identityValidationExpression = try members.string("identityValidationExpression")
                authorizer.authorizerResultTtlInSeconds = try members.integer("authorizerResultTtlInSeconds")
                if let value = members.value("jwtConfiguration") {
                    guard let configuration = try? value.decode(REST.JwtConfiguration.self) else {
                        throw RESTError.badRequest("Invalid jwtConfiguration specified")
                    }
                    authorizer.jwtConfiguration = configuration
                }
                try AuthorizerRules.check(&authorizer)
                try AuthorizerRules.checkName(authorizer, in: api)
                return authorizer
            },
            kit.get("GetAuthorizer"), kit.list("GetAuthorizers"),
            kit.update("UpdateAuthorizer", authorizerPatches) { authorizer, api, _ throws(ServiceError) in
                try AuthorizerRules.check(&authorizer)
                try AuthorizerRules.checkName(authorizer, in: api)
            },
            kit.delete("DeleteAuthorizer"),
        ]
    }

    @Sendable private static func modified(_: Call) -> ServiceError {
        RESTError.conflict("Unable to complete operation due to concurrent modification. Please try again later.")
    }

    private static func checkModel(_ constraints: inout Constraints, _ call: Call) throws(ServiceError) {
        let members = try RestMembers(call)
        constraints.present(try members.string("name"), "createAuthorizerInput.name")
        constraints.present(try members.string("type"), "createAuthorizerInput.type")
        constraints.oneOf(try members.string("type"), "createAuthorizerInput.type", AuthorizerRules.types)
    }

    private static let authorizerPatches = PatchTable<REST.Authorizer>(
        .listed,
        [
            PatchRule("/name", [.replace]) { authorizer, step throws(ServiceError) in
                authorizer.name = step.value ?? ""
            },
            PatchRule("/type", [.replace]) { authorizer, step throws(ServiceError) in
                guard let type = step.value, AuthorizerRules.types.contains(type) else { throw step.invalidValue }
                authorizer.type = type
            },
            .text("/authType", \.authType),
            .text("/authorizerUri", \.authorizerUri),
            .text("/authorizerCredentials", \.authorizerCredentials),
            .text("/identitySource", \.identitySource, [.add, .replace, .remove]),
            .text("/identityValidationExpression", \.identityValidationExpression),
            PatchRule("/authorizerResultTtlInSeconds", [.replace]) { authorizer, step throws(ServiceError) in
                authorizer.authorizerResultTtlInSeconds = step.text == nil ? nil : try step.integer()
            },
            .values("/providerARNs", \.providerARNs),
        ])
}

enum AuthorizerRules {
    static let types = ["TOKEN", "REQUEST", "COGNITO_USER_POOLS", "JWT"]

    /// The service's words are unknown where no recording has them.
    static func check(_ authorizer: inout REST.Authorizer) throws(ServiceError) {
        guard !authorizer.name.isEmpty else { throw RESTError.badRequest("Authorizer name cannot be empty") }
        if let seconds = authorizer.authorizerResultTtlInSeconds, !RESTQuotas.authorizerTTLSeconds.contains(seconds) {
            throw RESTError.badRequest("Authorizer result TTL must be between 0 and 3600 seconds")
        }
        switch authorizer.type {
        case "COGNITO_USER_POOLS":
            guard authorizer.providerARNs?.isEmpty == false else {
                throw RESTError.badRequest("Provider ARNs must be specified for the authorizer type COGNITO_USER_POOLS")
            }
            authorizer.authType = authorizer.authType ?? "cognito_user_pools"
        case "JWT":
            try JwtAuthorizerRules.check(authorizer)
        default:
            guard let uri = authorizer.authorizerUri, LambdaURI(uri, isREST: true) != nil else {
                throw FunctionAuthorizerRules.invalidURI(authorizer.authorizerUri ?? "null")
            }
            try checkIdentity(authorizer)
            authorizer.authType = authorizer.authType ?? "custom"
        }
    }

    /// A TOKEN authorizer reads one header; a REQUEST authorizer needs a source only when it caches.
    private static func checkIdentity(_ authorizer: REST.Authorizer) throws(ServiceError) {
        let sources = (authorizer.identitySource ?? "").split(separator: ",").map {
            String($0.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        }
        if authorizer.type == "TOKEN" {
            let place = sources.first.flatMap { MappingPlace($0, of: "method.request") }
            guard sources.count == 1, place?.kind == .header, place?.isMultivalue == false else {
                throw RESTError.badRequest(
                    "Invalid identity source specified: \(authorizer.identitySource ?? "null")")
            }
            return
        }
        guard !sources.isEmpty || authorizer.authorizerResultTtlInSeconds == 0 else {
            throw RESTError.badRequest("Identity source must be specified when authorization caching is enabled")
        }
        for source in sources {
            let kind = MappingPlace(source, of: "method.request")?.kind
            guard
                kind == .header || kind == .querystring || source.hasPrefix("stageVariables.")
                    || source.hasPrefix("context.")
            else { throw RESTError.badRequest("Invalid identity source specified: \(source)") }
        }
    }

    static func checkName(_ authorizer: REST.Authorizer, in api: RESTAPI) throws(ServiceError) {
        guard !api.authorizers.contains(where: { $0.name == authorizer.name && $0.id != authorizer.id }) else {
            throw RESTError.conflict("Authorizer name must be unique within a RestApi")
        }
    }
}

extension REST.Authorizer: RESTPart {
    static let kind = "rest.authorizer"
    static var list: any WritableKeyPath<RESTAPI, PartList<REST.Authorizer>> & Sendable { \.authorizers }
    static var quota: Int? { RESTQuotas.authorizers }
    static let collection = "authorizers"
    static let parameter = "authorizer_id"

    static func notFound(_ key: String) -> ServiceError {
        RESTError.notFound("Invalid Authorizer identifier specified")
    }

    func checkDeletion(from api: RESTAPI) throws(ServiceError) {
        for resource in api.resources {
            for (verb, method) in resource.resourceMethods ?? [:] where method.authorizerId == id {
                throw RESTError.conflict(
                    "Cannot delete authorizer '\(name)', is referenced in method: \(verb)/\(resource.path)")
            }
        }
    }
}
