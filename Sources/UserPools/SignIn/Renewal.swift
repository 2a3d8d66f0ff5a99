internal import Crypto
import JSON

/// New tokens for a session that goes on, and its end.
extension UserPools {
    /// What a refresh token gives, if its session goes on.
    func grant(_ text: String, _ client: PoolClient, _ content: PoolContent) throws(PoolError) -> Grant {
        let (token, user) = try session(of: text, client, content)
        var grant = Grant(content, client, user, session: token.session, signedInAt: token.signedInAt)
        grant.scopes = token.scopes
        return grant
    }

    private func session(
        of text: String, _ client: PoolClient, _ content: PoolContent
    ) throws(PoolError) -> (RefreshToken, PoolUser) {
        let token = try refreshToken(text, of: client)
        guard let user = content.user(sub: token.sub) else { throw .notAuthorized("Invalid Refresh Token") }
        let began = SessionId.milliseconds(token.session) ?? 0
        guard !isOver(session: token.session, began: began, user) else {
            throw .notAuthorized("Refresh Token has been revoked")
        }
        // One that was used up is good for the time in which an answer may have been lost.
        if let usedUp = user.revoked[token.id] {
            let grace = Int64(client.rotationGraceSeconds) * 1000
            guard now < usedUp + grace else {
                throw PoolError("RefreshTokenReuseException", "Refresh Token has been revoked")
            }
        }
        guard user.isEnabled else { throw .notAuthorized("User is disabled.") }
        return (token, user)
    }

    /// GetTokensFromRefreshToken. Where the client rotates, the answer has another refresh token, which lasts no longer.
    func renew(_ input: Input) async throws(PoolError) -> JSONObject {
        let (content, client) = try read { state throws(PoolError) in try state.client(input.needed("ClientId")) }
        try checkSecret(input.text("ClientSecret"), client)
        guard client.rotates || client.allows("REFRESH_TOKEN_AUTH") else {
            throw .notAuthorized("REFRESH_TOKEN_AUTH is not enabled for the client.")
        }
        let text = input.needed("RefreshToken")
        let (token, _) = try session(of: text, client, content)
        var grant = try grant(text, client, content)
        grant.refreshUntil = token.expires
        let changed = try await changed(grant, "TokenGeneration_RefreshTokens", input.metadata)
        if client.rotates {
            let now = now
            try await change { state, steps throws(PoolError) in
                let content = try state.content(content.pool.id)
                // Of two who come at once with one token, the second is in the time of grace, or too late.
                _ = try session(of: text, client, content)
                guard var user = content.user(sub: token.sub) else { throw .notAuthorized("Invalid Refresh Token") }
                user.forgetRevoked(now: now, longest: content.longestSession)
                if user.revoked[token.id] == nil {
                    user.revoked[token.id] = now
                    steps.append(.user(user, pool: content.pool.id))
                }
            }
        }
        return ["AuthenticationResult": .object(try await tokens(changed, withRefresh: client.rotates))]
    }

    /// Ends the session of a refresh token. One that is no token of the pool is told; one that has ended is not.
    func revoke(_ text: String, _ client: PoolClient) async throws(PoolError) {
        guard client.revokesTokens else {
            throw PoolError("UnsupportedOperationException", "Token revocation is not enabled for this client.")
        }
        guard let sealed = RefreshToken.sealed(text),
            let token = open(sealed, RefreshToken.self, as: RefreshToken.purpose)
        else { throw PoolError("UnsupportedTokenTypeException", "Unsupported token type") }
        guard token.client == client.id else {
            throw PoolError("UnauthorizedException", "Token was not issued to the client.")
        }
        let now = now
        try await change { state, steps throws(PoolError) in
            guard let content = state.pools[token.pool], var user = content.user(sub: token.sub) else { return }
            user.forgetRevoked(now: now, longest: content.longestSession)
            user.revoked[token.session] = now
            steps.append(.user(user, pool: token.pool))
        }
    }

    func checkSecret(_ secret: String?, _ client: PoolClient) throws(PoolError) {
        guard let own = self.secret(of: client) else {
            if secret != nil { throw .notAuthorized("Client \(client.id) has no secret") }
            return
        }
        guard let secret else {
            throw .notAuthorized("Client \(client.id) is configured with secret but it was not received")
        }
        guard Self.isSame(secret, own) else { throw .notAuthorized("Unable to verify secret for client \(client.id)") }
    }

    /// In a time that does not tell how much of it is right.
    static func isSame(_ one: String, _ other: String) -> Bool {
        SHA256.hash(data: Array(one.utf8)) == SHA256.hash(data: Array(other.utf8))
    }
}

extension PoolContent {
    /// Milliseconds for which a session of any client may last: what one client has ended, another may still hold.
    fileprivate var longestSession: Int64 {
        Int64(clients.values.map(\.refreshTokenSeconds).max() ?? 0) * 1000
    }
}

extension PoolUser {
    private static let revokedLimit = 2_000

    /// Forgets what ended so long ago that no token of it lasts.
    mutating func forgetRevoked(now: Int64, longest: Int64) {
        revoked = revoked.filter { $0.value + longest > now }
        guard revoked.count >= Self.revokedLimit else { return }
        // Of so many none can be told apart for ever: all sessions end instead.
        signedOut = now
        revoked = [:]
    }
}
