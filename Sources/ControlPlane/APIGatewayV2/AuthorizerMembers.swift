import GatewayModel

/// The members of CreateAuthorizer and UpdateAuthorizer: read, checked and put on an authorizer. Only what is present
/// changes anything.
enum AuthorizerMembers {
    static func apply(
        _ members: RequestMembers, to authorizer: inout V2.Authorizer, of api: HTTPAPI
    ) throws(ServiceError) {
        if let type = try members.string("authorizerType") {
            guard ["JWT", "REQUEST"].contains(type) else {
                throw V2Error.badRequest("Invalid authorizer type specified. Must be one of [JWT, REQUEST]")
            }
            authorizer.authorizerType = type
        }
        guard !authorizer.authorizerType.isEmpty else { throw V2Error.badRequest("AuthorizerType is required") }
        if let name = try members.string("name", upTo: V2Quotas.authorizerNameLength) { authorizer.name = name }
        guard !authorizer.name.isEmpty else { throw V2Error.badRequest("Name is required") }
        if let sources = try members.strings("identitySource", upTo: 10) { authorizer.identitySource = sources }
        if api.isWebSocket { return try WebSocketAuthorizerMembers.apply(members, to: &authorizer) }
        guard authorizer.authorizerType == "JWT" else {
            return try FunctionAuthorizerRules.apply(members, to: &authorizer)
        }
        try checkIdentitySource(authorizer)
        for name in functionOnly where members.has(name) {
            throw V2Error.badRequest(
                "\(name.prefix(1).uppercased() + name.dropFirst()) is not valid for JWT authorizers")
        }
        if let configuration = try members.object("jwtConfiguration") {
            var changed = authorizer.jwtConfiguration ?? V2.JWTConfiguration(audience: [], issuer: "")
            if let audience = try configuration.strings("audience", upTo: V2Quotas.audiences) {
                changed.audience = audience
            }
            if let issuer = try configuration.string("issuer", upTo: V2Quotas.uriLength) { changed.issuer = issuer }
            authorizer.jwtConfiguration = changed
        }
        try check(authorizer)
    }

    private static let functionOnly = [
        "authorizerCredentialsArn", "authorizerPayloadFormatVersion", "authorizerResultTtlInSeconds", "authorizerUri",
        "enableSimpleResponses", "identityValidationExpression",
    ]

    /// Rules that hold for authorizers of calls and of documents alike.
    static func check(_ authorizer: V2.Authorizer) throws(ServiceError) {
        if authorizer.authorizerType == "REQUEST" { return try FunctionAuthorizerRules.check(authorizer) }
        try checkIdentitySource(authorizer)
        guard let configuration = authorizer.jwtConfiguration, isIssuer(configuration.issuer) else {
            throw V2Error.badRequest(
                "Invalid issuer specified. It must be an absolute URL whose scheme is https, without a query.")
        }
        guard !configuration.audience.isEmpty, !configuration.audience.contains("") else {
            throw V2Error.badRequest("Audience is required for JWT authorizers")
        }
    }

    private static func checkIdentitySource(_ authorizer: V2.Authorizer) throws(ServiceError) {
        guard authorizer.identitySource.count == 1, IdentitySource(authorizer.identitySource[0]) != nil else {
            throw V2Error.badRequest(
                "JWT authorizers need exactly one identity source: $request.header.name or $request.querystring.name")
        }
    }

    /// https; without TLS only on this machine, where nobody stands between.
    static func isIssuer(_ text: String) -> Bool {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !text.contains("?"), !text.contains("#"),
            let scheme = text.firstRange(of: "://")
        else { return false }
        let authority = text[scheme.upperBound...].prefix { $0 != "/" }
        guard !authority.isEmpty, !authority.contains("@") else { return false }
        switch text[..<scheme.lowerBound] {
        case "https": return true
        case "http":
            return ["localhost", "127.0.0.1", "[::1]"].contains { authority == $0 || authority.hasPrefix($0 + ":") }
        default: return false
        }
    }
}
