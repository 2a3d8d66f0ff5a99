import GatewayModel
import JSON

/// Somebody who has signed in, and what his tokens are to say.
struct Grant: Sendable {
    let content: PoolContent
    let client: PoolClient
    let user: PoolUser
    /// `origin_jti`.
    let session: String
    /// Seconds since 1970.
    let signedInAt: Int64
    /// Of the access token.
    var scopes = [Grant.ownScope]
    var nonce: String?
    /// What a session goes on by.
    var refresh: RefreshToken?
    var changes = TokenChanges()
    let eventId: String

    /// What the pool's own operations ask of access tokens.
    static let ownScope = "aws.cognito.signin.user.admin"

    init(_ content: PoolContent, _ client: PoolClient, _ user: PoolUser, now: Int64) {
        self.init(
            content, client, user,
            // Behind a sign-out of all sessions in the same millisecond.
            session: SessionId.new(max(now, (user.signedOut ?? 0) + 1)), signedInAt: now / 1000)
    }

    init(_ content: PoolContent, _ client: PoolClient, _ user: PoolUser, session: String, signedInAt: Int64) {
        self.content = content
        self.client = client
        self.user = user
        self.session = session
        self.signedInAt = signedInAt
        eventId = SessionId.new(SessionId.milliseconds(session) ?? signedInAt * 1000)
    }

    /// The same after something has taken its time: of the user as he is by now, if he may still have tokens.
    func current(_ pools: UserPools, in state: PoolState) throws(PoolError) -> Grant {
        let (content, client) = try state.client(self.client.id)
        let user =
            if let refresh {
                try pools.holder(of: refresh, client, content)
            } else {
                try content.user(sub: self.user.sub, mark: self.user.mark)
            }
        var current = Grant(content, client, user, session: session, signedInAt: signedInAt)
        current.scopes = scopes
        current.nonce = nonce
        current.refresh = refresh
        return current
    }

    /// Those of the user that are still there, the most precedent first: a lower number first, none last.
    var groups: [PoolGroup] {
        user.groups.compactMap { content.groups[$0] }.sorted {
            ($0.precedence ?? .max, $0.name) < ($1.precedence ?? .max, $1.name)
        }
    }
}

/// What a function has changed about tokens.
struct TokenChanges: Sendable {
    var idClaims: JSONObject = [:]
    var accessClaims: JSONObject = [:]
    var suppressedIdClaims: Set<String> = []
    var suppressedAccessClaims: Set<String> = []
    var addedScopes: [String] = []
    var suppressedScopes: Set<String> = []
    /// In the place of the user's own.
    var groups: [String]?
    var roles: [String]?
    var preferredRole: String?

    /// What becomes of the scopes of an access token.
    func scopes(of scopes: [String]) -> [String] { scopes.filter { !suppressedScopes.contains($0) } + addedScopes }
}

/// The claims of tokens, in AWS's order.
struct TokenWriter: Sendable {
    let grant: Grant
    let issuer: String
    /// Seconds since 1970.
    let now: Int64
    /// That of the sign-in, in all tokens that come of it: those without `origin_jti` tell by it when the sign-in was.
    private var eventId: String { grant.eventId }

    private var groupNames: [String] { grant.changes.groups ?? grant.groups.map(\.name) }
    private var roles: [String] { grant.changes.roles ?? grant.groups.compactMap(\.roleArn) }

    /// Claims that no function may change. Source: Developer Guide, pre token generation.
    private static let fixedIdClaims: Set<String> = [
        "acr", "amr", "at_hash", "aud", "auth_time", "azp", "cognito:username", "exp", "iat", "identities", "iss",
        "jti", "nbf", "nonce", "origin_jti", "sub", "token_use",
    ]
    private static let fixedAccessClaims: Set<String> = [
        "acr", "amr", "at_hash", "auth_time", "azp", "client_id", "device_key", "event_id", "exp", "iat", "iss", "jti",
        "nbf", "nonce", "origin_jti", "scope", "sub", "token_use", "username", "version",
    ]

    var idClaims: JSONObject {
        var claims = begin()
        for name in ["email_verified", "phone_number_verified"] where isReadable(name) {
            if let value = grant.user.attributes[name] { claims[name] = .bool(value == "true") }
        }
        claims["iss"] = .string(issuer)
        claims["cognito:username"] = .string(grant.user.username)
        if !roles.isEmpty {
            claims["cognito:roles"] = .array(roles.map { .string($0) })
            let preferred = grant.changes.preferredRole ?? grant.groups.first { $0.roleArn != nil }?.roleArn
            claims["cognito:preferred_role"] = preferred.map { .string($0) }
        }
        if grant.client.revokesTokens { claims["origin_jti"] = .string(grant.session) }
        claims["aud"] = .string(grant.client.id)
        claims["event_id"] = .string(eventId)
        claims["token_use"] = "id"
        claims["auth_time"] = .number(Int(grant.signedInAt))
        claims["nonce"] = grant.nonce.map { .string($0) }
        end(&claims, seconds: grant.client.idTokenSeconds)
        for (name, value) in grant.user.attributes where claims[name] == nil && isReadable(name) {
            switch name {
            // Source: Developer Guide, ID token: an object with the text in it.
            case "address": claims[name] = ["formatted": .string(value)]
            case "updated_at" where Int(value) != nil: claims[name] = .number(value)
            default: claims[name] = .string(value)
            }
        }
        for name in grant.changes.suppressedIdClaims.subtracting(Self.fixedIdClaims) { claims[name] = nil }
        for (name, value) in grant.changes.idClaims where !Self.fixedIdClaims.contains(name) { claims[name] = value }
        return claims
    }

    var accessClaims: JSONObject {
        var claims = begin()
        claims["iss"] = .string(issuer)
        if grant.nonce != nil || grant.scopes != [Grant.ownScope] { claims["version"] = 2 }
        claims["client_id"] = .string(grant.client.id)
        if grant.client.revokesTokens { claims["origin_jti"] = .string(grant.session) }
        claims["event_id"] = .string(eventId)
        claims["token_use"] = "access"
        claims["scope"] = .string(grant.changes.scopes(of: grant.scopes).joined(separator: " "))
        claims["auth_time"] = .number(Int(grant.signedInAt))
        end(&claims, seconds: grant.client.accessTokenSeconds)
        claims["username"] = .string(grant.user.username)
        Self.change(&claims, grant.changes)
        return claims
    }

    /// What a function has changed about an access token's claims.
    static func change(_ claims: inout JSONObject, _ changes: TokenChanges) {
        for name in changes.suppressedAccessClaims.subtracting(fixedAccessClaims) { claims[name] = nil }
        for (name, value) in changes.accessClaims where !fixedAccessClaims.contains(name) { claims[name] = value }
    }

    private func begin() -> JSONObject {
        var claims: JSONObject = ["sub": .string(grant.user.sub)]
        if !groupNames.isEmpty { claims["cognito:groups"] = .array(groupNames.map { .string($0) }) }
        return claims
    }

    private func end(_ claims: inout JSONObject, seconds: Int) {
        claims["exp"] = .number(Int(now) + seconds)
        claims["iat"] = .number(Int(now))
        if grant.client.revokesTokens { claims["jti"] = .string(Identifiers.uuid()) }
    }

    /// In sign-in by OAuth the scopes decide, too: `email` and `phone` give no more than they name, and without them
    /// `openid` gives all that the client may read. The pools' own scope decides nothing.
    ///
    /// Source: Developer Guide, the user attributes endpoint, and the scopes of `profile`.
    func isReadable(_ name: String) -> Bool {
        guard grant.client.readAttributes?.contains(name) ?? true, !name.hasPrefix("dev:") else { return false }
        let named = grant.scopes.filter { $0 == "email" || $0 == "phone" }
        guard !named.isEmpty, !grant.scopes.contains("profile") else { return true }
        switch name {
        case "email", "email_verified": return named.contains("email")
        case "phone_number", "phone_number_verified": return named.contains("phone")
        default: return false
        }
    }
}
