internal import Crypto
import JSON

/// New tokens for a session that goes on, and its end.
extension UserPools {
    /// What a refresh token gives, if its session goes on.
    func renewal(_ text: String, _ client: PoolClient, _ content: PoolContent) throws(PoolError) -> Grant {
        let token = try refreshToken(text, of: client)
        let user = try holder(of: token, client, content)
        var grant = Grant(content, client, user, session: token.session, signedInAt: token.signedInAt)
        grant.scopes = token.scopes
        grant.refresh = token
        return grant
    }

    /// Whose session goes on by a refresh token.
    func holder(
        of token: RefreshToken, _ client: PoolClient, _ content: PoolContent
    ) throws(PoolError) -> PoolUser {
        guard let user = content.user(sub: token.sub) else { throw .notAuthorized("Invalid Refresh Token") }
        let began = SessionId.milliseconds(token.session) ?? 0
        guard !isOver(session: token.session, began: began, user) else {
            throw .notAuthorized("Refresh Token has been revoked")
        }
        if let rotation = user.rotated[token.session], rotation.current != token.id {
            // The one before is good for the time in which an answer may have been lost.
            let grace = Int64(client.rotationGraceSeconds) * 1000
            guard rotation.former == token.id, now < rotation.since + grace else {
                throw PoolError("RefreshTokenReuseException", "Refresh Token has been revoked")
            }
        }
        guard user.isEnabled else { throw .notAuthorized("User is disabled.") }
        return user
    }

    /// The members of AuthenticationResult. Where the client rotates, there is another refresh token, which lasts no longer.
    func renew(_ grant: Grant, _ metadata: JSONObject) async throws(PoolError) -> JSONObject {
        let changes = try await changes(of: grant, "TokenGeneration_RefreshTokens", metadata)
        var next = try read { state throws(PoolError) in try grant.current(self, in: state) }
        if next.client.rotates, let token = grant.refresh {
            let now = now
            next = try await change { state, steps throws(PoolError) in
                // Of two who come at once with one token, the second is in the time of grace, or too late.
                var next = try grant.current(self, in: state)
                var user = next.user
                next.refresh?.id = user.rotate(token, now: now)
                steps.append(.user(user, pool: next.content.pool.id))
                return next
            }
        }
        next.changes = changes
        return try await tokens(next, withRefresh: next.client.rotates)
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
        try await end(token.session, of: token.sub, token.pool, until: token.sessionEnd)
    }

    /// Ends a session before its time.
    ///
    /// - Parameter until: when the last of its tokens would end.
    func end(_ session: String, of sub: String, _ pool: String, until: Int64) async throws(PoolError) {
        let now = now
        try await change { state, steps in
            guard var user = state.pools[pool]?.user(sub: sub) else { return }
            user.forgetEnded(now: now)
            user.revoked[session] = until
            user.rotated[session] = nil
            steps.append(.user(user, pool: pool))
        }
    }

    func checkSecret(_ secret: String?, _ client: PoolClient) throws(PoolError) {
        guard let own = try self.secret(of: client) else {
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

extension PoolUser {
    /// Sessions of one user that are remembered.
    private static let sessionLimit = 2_000

    /// Forgets of ended sessions that no token of them lasts any more.
    fileprivate mutating func forgetEnded(now: Int64) {
        revoked = revoked.filter { $0.value > now }
        guard revoked.count >= Self.sessionLimit else { return }
        // Of so many none can be told apart for ever: all sessions end instead.
        signedOut = now
        revoked = [:]
        rotated = [:]
    }

    /// Uses a refresh token up, and answers the id of the one in its place: for one that was used up just now, the same.
    fileprivate mutating func rotate(_ token: RefreshToken, now: Int64) -> String {
        if let rotation = rotated[token.session], rotation.former == token.id { return rotation.current }
        rotated = rotated.filter { $0.value.until > now }
        if rotated.count >= Self.sessionLimit, let oldest = rotated.min(by: { $0.value.since < $1.value.since }) {
            rotated[oldest.key] = nil
            revoked[oldest.key] = oldest.value.until
            forgetEnded(now: now)
        }
        let next = SessionId.new(now)
        rotated[token.session] = Rotation(current: next, former: token.id, since: now, until: token.sessionEnd)
        return next
    }
}
