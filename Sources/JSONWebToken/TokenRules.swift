internal import JSON

/// What an authorizer asks of the claims of a token.
package struct TokenRules: Sendable, Hashable {
    /// A claim that has to be a text, and maybe one of some.
    package struct ClaimRule: Sendable, Hashable {
        package let name: String
        let isRequired: Bool
        /// Compared with case; empty: every text will do.
        package let expected: [String]

        package init(name: String, isRequired: Bool, expected: [String]) {
            self.name = name
            self.isRequired = isRequired
            self.expected = expected
        }
    }

    package let issuer: String
    /// nil: a token of the issuer will do, whomever it is for.
    package let audiences: [String]?
    package let algorithms: Set<SigningAlgorithm>
    /// Whether `client_id` is looked at where a token has no `aud`, as Cognito's access tokens have none.
    package let takesClientId: Bool
    package let claims: [ClaimRule]

    package init(
        issuer: String, audiences: [String]?, algorithms: Set<SigningAlgorithm>, takesClientId: Bool,
        claims: [ClaimRule] = []
    ) {
        self.issuer = issuer
        self.audiences = audiences
        self.algorithms = algorithms
        self.takesClientId = takesClientId
        self.claims = claims
    }

    /// Checks all but the times, in AWS's order: these do not change while a token lasts.
    ///
    /// - Parameter otherName: another name of the same issuer.
    package func check(_ token: TokenClaims, otherName: String? = nil) throws(TokenFault) {
        guard let named = token.issuer, named == issuer || named == otherName else { throw .issuer(token.issuer) }
        let isMeant =
            if audiences == nil {
                true
            } else if token.audiences.isEmpty, token.all["aud"] == nil, takesClientId {
                token.clientId.map(isAudience) ?? false
            } else {
                token.audiences.contains(where: isAudience)
            }
        guard isMeant else { throw .audience(token.audiences) }
        guard token.expiry != nil else { throw .noExpiry }
        for rule in claims {
            switch token.all[rule.name] {
            case nil: if rule.isRequired { throw .claim(rule.name) }
            case .string(let text)?:
                guard rule.expected.isEmpty || rule.expected.contains(text) else { throw .claim(rule.name) }
            default: throw .claim(rule.name)
            }
        }
    }

    private func isAudience(_ name: String) -> Bool { audiences?.contains(name) ?? true }

    /// Checks the times, without any leeway, as AWS states none.
    ///
    /// - Parameter now: seconds since 1970.
    package static func checkTimes(_ token: TokenClaims, now: Double) throws(TokenFault) {
        if let expiry = token.expiry, expiry <= now { throw .expired(at: expiry) }
        if let notBefore = token.notBefore, notBefore > now { throw .notYetValid(from: notBefore) }
        if let issuedAt = token.issuedAt, issuedAt > now { throw .issuedInFuture(at: issuedAt) }
    }

    /// Whether the token has one of the scopes that a route asks for; a route that asks for none lets all in.
    package static func checkScopes(_ token: TokenClaims, _ wanted: [String]) throws(TokenFault) {
        guard wanted.isEmpty || token.scopes.contains(where: wanted.contains) else { throw .scope(token.scopes) }
    }
}
