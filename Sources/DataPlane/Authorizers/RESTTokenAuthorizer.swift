import BoundedRegex
import GatewayModel
import JSONWebToken

/// The authorizers of REST APIs that look at tokens: of user pools (COGNITO_USER_POOLS) and of any issuer (JWT).
extension AuthorizerCompiler {
    func authorizer(of method: REST.Method, _ definition: REST.Authorizer?) -> (any Authorizer)? {
        guard let definition, definition.type == method.authorizationType,
            let source = Self.source(definition.identitySource)
        else { return nil }
        let scopes = method.authorizationScopes ?? []
        let rules: [TokenRules]
        let kind: TokenGate.Kind
        switch definition.type {
        case "COGNITO_USER_POOLS":
            kind = .userPool
            rules = (definition.providerARNs ?? []).compactMap { Self.rules(ofPool: $0, hasScopes: !scopes.isEmpty) }
            // One that cannot be read must not be one that is not asked for.
            guard rules.count == definition.providerARNs?.count else { return nil }
        case "JWT":
            kind = .rest
            rules = Self.rules(definition.jwtConfiguration)
        default: return nil
        }
        guard !rules.isEmpty else { return nil }
        var audience: Pattern?
        if kind == .userPool, let text = definition.identityValidationExpression, !text.isEmpty {
            guard let pattern = try? Pattern(text, dialect: .java) else { return nil }
            audience = pattern
        }
        let name = definition.identitySource ?? Self.standardSource
        let gates = rules.map { gate(TokenGate.Definition(rules: $0, source: name, kind: kind), source) }
        return JWTAuthorizer(gates: gates, scopes: scopes, audience: audience)
    }

    private static let standardSource = "method.request.header.Authorization"

    private static func source(_ text: String?) -> IdentitySource? {
        let text = text.flatMap { $0.isEmpty ? nil : $0 } ?? standardSource
        let prefix = "method.request.header."
        guard text.hasPrefix(prefix), text.utf8.count > prefix.utf8.count else { return nil }
        return .header(text.dropFirst(prefix.utf8.count).lowercased())
    }

    /// Tokens of all clients of the pool pass: ID tokens where the method asks for no scopes, else access tokens.
    ///
    /// - Parameter arn: `arn:aws:cognito-idp:REGION:ACCOUNT:userpool/ID`.
    private static func rules(ofPool arn: String, hasScopes: Bool) -> TokenRules? {
        let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[2] == "cognito-idp", parts[5].hasPrefix("userpool/") else { return nil }
        let domain = parts[1] == "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com"
        return TokenRules(
            issuer: "https://cognito-idp.\(parts[3]).\(domain)/\(parts[5].dropFirst("userpool/".count))",
            audiences: nil, algorithms: [.rs256], takesClientId: true,
            claims: [
                TokenRules.ClaimRule(name: "token_use", isRequired: true, expected: [hasScopes ? "access" : "id"])
            ])
    }

    private static func rules(_ configuration: REST.JwtConfiguration?) -> [TokenRules] {
        let algorithms = Set((configuration?.defaultAlgorithms ?? []).compactMap(SigningAlgorithm.init))
        return (configuration?.issuers ?? []).map { issuer in
            TokenRules(
                issuer: issuer.issuer, audiences: issuer.audiences, algorithms: algorithms, takesClientId: false,
                claims: (issuer.additionalClaims ?? []).map { claim in
                    TokenRules.ClaimRule(
                        name: claim.claimName, isRequired: claim.required ?? false,
                        expected: claim.expectedValues ?? [])
                })
        }
    }
}
