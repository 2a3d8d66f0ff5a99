import GatewayModel

/// What an authorizer of the type JWT may say. Source: botocore 1.44.8 and the Developer Guide, rest-api-jwt-authorizer;
/// the service's words are unknown.
enum JwtAuthorizerRules {
    private static let algorithms: Set<String> = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"]
    /// Those that are checked by themselves.
    private static let reserved: Set<String> = ["iss", "aud", "exp", "nbf", "iat", "scope", "scp"]

    static func check(_ authorizer: REST.Authorizer) throws(ServiceError) {
        guard let configuration = authorizer.jwtConfiguration, let issuers = configuration.issuers, !issuers.isEmpty
        else { throw RESTError.badRequest("A JWT configuration must be specified for the authorizer type JWT") }
        for (isSet, name) in [
            (authorizer.providerARNs?.isEmpty == false, "Provider ARNs"),
            (authorizer.authorizerUri != nil, "An authorizer URI"),
            (authorizer.authorizerCredentials != nil, "Authorizer credentials"),
            (authorizer.authorizerResultTtlInSeconds != nil, "An authorizer result TTL"),
        ] where isSet {
            throw RESTError.badRequest("\(name) cannot be specified for the authorizer type JWT")
        }
        let place = authorizer.identitySource.flatMap { MappingPlace($0, of: "method.request") }
        guard place?.kind == .header, place?.isMultivalue == false else {
            throw RESTError.badRequest("Invalid identity source specified: \(authorizer.identitySource ?? "null")")
        }
        let named = configuration.defaultAlgorithms ?? []
        guard !named.isEmpty, named.allSatisfy(algorithms.contains) else {
            throw invalid("defaultAlgorithms are some of \(algorithms.sorted().joined(separator: ", "))")
        }
        guard Set(issuers.map(\.issuer)).count == issuers.count else { throw invalid("an issuer stands twice") }
        for issuer in issuers { try check(issuer) }
    }

    private static func check(_ issuer: REST.JwtIssuer) throws(ServiceError) {
        let host = issuer.issuer.dropFirst("https://".utf8.count).prefix { $0 != "/" }
        guard issuer.issuer.hasPrefix("https://"), !host.isEmpty, !host.contains("@"),
            issuer.issuer.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x3F && $0 != 0x23 && $0 != 0x5C })
        else { throw invalid("the issuer '\(issuer.issuer)' is no https address without query and fragment") }
        guard !issuer.audiences.isEmpty, !issuer.audiences.contains("") else {
            throw invalid("the issuer '\(issuer.issuer)' has no audiences")
        }
        for claim in issuer.additionalClaims ?? [] {
            guard !claim.claimName.isEmpty, !reserved.contains(claim.claimName) else {
                throw invalid("the claim '\(claim.claimName)' is checked by itself")
            }
            guard claim.format == "SINGLE_STRING" else { throw invalid("the format of a claim is SINGLE_STRING") }
        }
    }

    private static func invalid(_ what: String) -> ServiceError {
        RESTError.badRequest("Invalid jwtConfiguration specified: \(what)")
    }
}
