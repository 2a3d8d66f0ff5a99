import GatewayModel
package import JSONWebToken

/// The operations on Authorizer.
extension V2Operations {
    static var authorizers: [Operation] {
        let kit = PartOperations<V2.Authorizer>()
        return [
            asking(
                kit.create("CreateAuthorizer") { api, call throws(ServiceError) in
                    var authorizer = V2.Authorizer(
                        authorizerId: api.freshId(of: V2.Authorizer.self, call), name: "", authorizerType: "",
                        identitySource: [])
                    try AuthorizerMembers.apply(try RequestMembers(call), to: &authorizer, of: api)
                    return authorizer
                }),
            kit.get("GetAuthorizer"), kit.list("GetAuthorizers"),
            asking(
                kit.update("UpdateAuthorizer") { authorizer, api, call throws(ServiceError) in
                    try AuthorizerMembers.apply(try RequestMembers(call), to: &authorizer, of: api)
                }),
            kit.delete("DeleteAuthorizer"),
            // What functions have said; of a JWT authorizer nothing is kept but that a token is well signed.
            Operation(
                "ResetAuthorizersCache", .apigateway, .delete,
                "/v2/apis/{apiId}/stages/{stageName}/cache/authorizers", success: 204
            ) { control, call throws(ServiceError) in
                let api = try control.httpAPI(call)
                let stage = try api.find(V2.Stage.self, call)
                await control.restExecution?.flushAuthorizersCache(
                    of: StageKey(apiId: api.id, stageName: stage.stageName))
                return .empty
            },
        ]
    }

    /// The operation, once the issuer that the call names has shown a discovery document. One that cannot be reached is
    /// taken all the same, and its authorizer refuses everybody until it can: a machine without network is no reason to
    /// build nothing. (AWS refuses it.)
    private static func asking(_ operation: Operation) -> Operation {
        operation.after { control, call throws(ServiceError) in
            guard let issuers = control.issuers, let members = try? RequestMembers(call),
                let issuer = try members.object("jwtConfiguration")?.string("issuer"),
                AuthorizerMembers.isIssuer(issuer)
            else { return }
            guard case .invalid(let reason) = await issuers.check(issuer) else { return }
            throw V2Error.badRequest(
                "Caught exception when connecting to \(DiscoveryAddress.of(issuer)) for issuer \(issuer): \(reason). "
                    + "Please try again later. Issuer must have a valid discovery endpoint ended with "
                    + "'\(DiscoveryAddress.path)'")
        }
    }
}

/// Whether issuers of tokens are what they say, asked when an authorizer is made, and what their tokens say.
package protocol IssuerCheck: Sendable {
    func check(_ issuer: String) async -> IssuerFinding
    /// The claims of a token, once a key of the issuer's has signed them; the claims themselves are not looked at.
    func claims(of token: CompactToken, by issuer: String) async throws(TokenCheckFault) -> TokenClaims
    /// Another name of the same issuer.
    func otherName(of issuer: String) -> String?
}

package enum IssuerFinding: Sendable {
    case valid
    /// It answered, but with no discovery document of its own.
    case invalid(String)
    case unreachable(String)
}

/// Where an issuer's discovery document lies (OpenID Connect Discovery 1.0, section 4).
package enum DiscoveryAddress {
    package static let path = "/.well-known/openid-configuration"

    package static func of(_ issuer: String) -> String {
        (issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer) + path
    }
}

extension V2.Authorizer: APIPart {
    static let kind = "v2.authorizer"
    static var list: any WritableKeyPath<HTTPAPI, PartList<V2.Authorizer>> & Sendable { \.authorizers }
    static var quota: Int? { V2Quotas.authorizers }
    static let collection = "authorizers"
    static let parameter = "authorizerId"

    static func notFound(_ key: String) -> ServiceError {
        V2Error.notFound("Invalid Authorizer identifier specified \(key)")
    }

    /// The service's words for integrations; those for authorizers are not known.
    func checkDeletion(from api: HTTPAPI) throws(ServiceError) {
        let routes = api.routes.filter { $0.authorizerId == authorizerId }.map(\.routeId)
        guard routes.isEmpty else {
            throw V2Error.conflict(
                "Cannot delete Authorizer because it is referenced by the following Routes with Ids: "
                    + "[\(routes.joined(separator: ", "))]")
        }
    }
}
