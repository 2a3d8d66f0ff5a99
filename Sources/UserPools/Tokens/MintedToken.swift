package import JSON
import JSONWebToken

/// Tokens for tests, without a sign-in: whoever may manage the pool may have them.
extension UserPools {
    /// - Parameters:
    ///   - members: `user`; `client`, else the pool's only one; `scopes` of an access token; `kind`, which is `access` or
    ///     `id`; `seconds`, which may be negative.
    package func mint(pool id: String, _ members: JSONObject) async throws(PoolError) -> String {
        let content = try content(id)
        let name = members["user"]?.string ?? ""
        guard let user = content.user(name) else { throw .missing("The pool \(id) has no user '\(name)'.") }
        let clients = content.clients.values.sorted { $0.name < $1.name }
        let named = members["client"]?.string
        guard let client = clients.first(where: { named == nil || $0.id == named || $0.name == named }),
            named != nil || clients.count == 1
        else {
            throw .invalid(
                "Name a client of the pool with --client: \(clients.map { "\($0.name) (\($0.id))" }.joined(separator: ", "))."
            )
        }
        var grant = Grant(content, client, user, now: now)
        let scopes = members["scopes"]?.array?.compactMap(\.string) ?? []
        if !scopes.isEmpty { grant.scopes = scopes }
        let isId = members["kind"] == "id"
        let writer = TokenWriter(grant: grant, issuer: issuer(of: id), now: now / 1000)
        var claims = isId ? writer.idClaims : writer.accessClaims
        if let seconds = members["seconds"]?.integer,
            (-Self.longestMintedSeconds...Self.longestMintedSeconds).contains(seconds)
        {
            let seconds = now / 1000 + Int64(seconds)
            claims["exp"] = .number(Int(seconds))
            claims["iat"] = .number(Int(min(now / 1000, seconds)))
        }
        let key = isId ? content.keys.id : content.keys.access
        let signed = claims
        guard let token = try await work.run({ try? key.token(.object(signed)) }) else {
            throw .internalFailure("The token could not be signed.")
        }
        return token
    }

    private static let longestMintedSeconds = 1_000_000_000
}
