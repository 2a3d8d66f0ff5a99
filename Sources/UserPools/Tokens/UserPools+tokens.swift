import GatewayModel
import JSON
package import JSONWebToken

extension UserPools {
    /// What tokens of a pool have for `iss`.
    package func issuer(of pool: String) -> String {
        issuerBase().map { "\($0)/\(pool)" } ?? cloudIssuer(of: pool)
    }

    private func cloudIssuer(of pool: String) -> String { "https://cognito-idp.\(account.region).\(domain)/\(pool)" }

    var domain: String { account.partition == "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com" }

    /// The members of AuthenticationResult, when the pool's function has had its say. What tokens tell of the user is true
    /// when they are made.
    func issue(
        _ grant: Grant, _ source: String, _ metadata: JSONObject, withRefresh: Bool = true
    ) async throws(PoolError) -> JSONObject {
        let changes = try await changes(of: grant, source, metadata)
        var current = try read { state throws(PoolError) in try grant.current(self, in: state) }
        current.changes = changes
        return try await tokens(current, withRefresh: withRefresh)
    }

    func tokens(_ grant: Grant, withRefresh: Bool) async throws(PoolError) -> JSONObject {
        let writer = TokenWriter(grant: grant, issuer: issuer(of: grant.content.pool.id), now: now / 1000)
        let (id, access) = (writer.idClaims, writer.accessClaims)
        let keys = grant.content.keys
        // A signature takes about a millisecond.
        let signed = try await work.run(follows: true) {
            (try? keys.id.token(.object(id)), try? keys.access.token(.object(access)))
        }
        guard let idToken = signed.0, let accessToken = signed.1 else {
            throw .internalFailure("The tokens could not be signed.")
        }
        var result: JSONObject = [
            "AccessToken": .string(accessToken), "ExpiresIn": .number(grant.client.accessTokenSeconds),
            "TokenType": "Bearer",
        ]
        if withRefresh { result["RefreshToken"] = .string(try refreshToken(for: grant)) }
        result["IdToken"] = .string(idToken)
        return result
    }

    private func refreshToken(for grant: Grant) throws(PoolError) -> String {
        let token =
            grant.refresh
            ?? RefreshToken(
                pool: grant.content.pool.id, sub: grant.user.sub, client: grant.client.id, session: grant.session,
                id: SessionId.new(now), signedInAt: grant.signedInAt,
                expires: now / 1000 + Int64(grant.client.refreshTokenSeconds), scopes: grant.scopes)
        return RefreshToken.text(try seal(token, as: RefreshToken.purpose))
    }

    /// The keys of a pool of ours, by which authorizers check its tokens.
    package func keySet(ofIssuer issuer: String) -> KeySet? {
        guard let pool = pool(ofIssuer: issuer) else { return nil }
        return read { $0.pools[pool]?.keys.set }
    }

    /// The pool whose issuer has that name: AWS's own, or the one that tokens have here.
    private func pool(ofIssuer issuer: String) -> String? {
        guard let line = issuer.lastIndex(of: "/") else { return nil }
        let pool = String(issuer[issuer.index(after: line)...])
        return [self.issuer(of: pool), cloudIssuer(of: pool)].contains(issuer) ? pool : nil
    }

    /// The other name of a pool's issuer, where it has two.
    package func otherName(ofIssuer issuer: String) -> String? {
        guard let pool = pool(ofIssuer: issuer) else { return nil }
        let names = [self.issuer(of: pool), cloudIssuer(of: pool)]
        return names.first { $0 != issuer }
    }

    // MARK: Access tokens

    /// Who an access token is of, as the pool's own operations ask it: other than authorizers they know of revocations.
    func holder(
        of text: String, needs scope: String = Grant.ownScope
    ) async throws(PoolError) -> (PoolContent, PoolUser, TokenClaims) {
        guard let token = try? CompactToken(text), let keyId = token.keyId,
            let pool = read({ $0.keys[keyId] }), let key = try? self.content(pool).keys.set.key(for: token)
        else { throw .notAuthorized("Invalid Access Token") }
        let verified = try await work.run { try? token.verified(by: key) }
        // As everything is behind the work.
        let content = try self.content(pool)
        guard let claims = verified else { throw .notAuthorized("Could not verify signature for Access Token") }
        guard claims.all["token_use"] == "access", claims.clientId.map({ content.clients[$0] != nil }) ?? false else {
            throw .notAuthorized("Invalid Access Token")
        }
        guard let expiry = claims.expiry, Int64(expiry) > now / 1000 else {
            throw .notAuthorized("Access Token has expired")
        }
        guard let sub = claims.all["sub"]?.string, let user = content.user(sub: sub) else { throw .noUser }
        let session = claims.all["origin_jti"]?.string
        let began =
            (session ?? claims.all["event_id"]?.string).flatMap(SessionId.milliseconds)
            ?? (claims.all["auth_time"]?.integer).map { Int64($0) * 1000 }
        guard !isOver(session: session, began: began ?? 0, user) else {
            throw .notAuthorized("Access Token has been revoked")
        }
        guard user.isEnabled else { throw .notAuthorized("User is disabled.") }
        guard claims.scopes.contains(scope) else { throw .notAuthorized("Access Token does not have required scopes") }
        return (content, user, claims)
    }

    func isOver(session: String?, began: Int64, _ user: PoolUser) -> Bool {
        if let session, user.revoked[session] != nil { return true }
        return user.signedOut.map { began <= $0 } ?? false
    }
}
