import GatewayModel
import JSON

/// The pages and endpoints of pools: by the host of a pool's domain, by `/POOL/.well-known/…`, and, for clients that
/// cannot set a host, all of these by `/_aws/cognito-idp/…`.
extension UserPools {
    package static let localPrefix = "/_aws/cognito-idp"
    /// Of a form that is posted to them.
    package static let formBytes = 65_536

    /// What a request asks of them; nil when it is none of theirs.
    ///
    /// - Parameters:
    ///   - path: as it was sent.
    ///   - host: with the port.
    package func endpoint(
        _ method: String, _ path: String, query: String, host: String, headers: [(name: String, value: String)] = [],
        body: [UInt8] = []
    ) -> OAuthRequest? {
        func request(_ path: Substring, _ prefix: String, _ pool: String?) -> OAuthRequest {
            OAuthRequest(
                method: method, path: String(path), prefix: prefix, query: PercentEncoding.query(query) ?? [],
                headers: headers, body: body, host: host, pool: pool)
        }
        let name = host.prefix { $0 != ":" }.lowercased()
        if let pool = pool(ofHost: name) { return request(path[...], "", pool) }
        let prefix = path.hasPrefix(Self.localPrefix + "/") ? Self.localPrefix : ""
        let rest = path.dropFirst(prefix.utf8.count)
        let parts = rest.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count == 4, parts[0].isEmpty, parts[2] == ".well-known", read({ $0.pools[String(parts[1])] }) != nil {
            return request(rest.dropFirst(parts[1].utf8.count + 1), "\(prefix)/\(parts[1])", String(parts[1]))
        }
        return prefix.isEmpty ? nil : request(rest, prefix, nil)
    }

    /// `PREFIX.auth.REGION.amazoncognito.com`, `PREFIX.auth.REGION.localhost`, or a domain of a pool's own.
    private func pool(ofHost name: String) -> String? {
        for suffix in ["amazoncognito.com", "localhost"] where name.hasSuffix(".auth.\(account.region).\(suffix)") {
            return read { $0.domains[String(name.prefix { $0 != "." })] ?? "" }
        }
        return PoolDomain.isOwn(name) ? read { $0.domains[name] } : nil
    }

    package func answer(_ request: OAuthRequest) async -> OAuthResponse {
        if request.method == "OPTIONS" { return OAuthResponse(200, [("allow", "GET, POST, OPTIONS")]) }
        if let pool = request.pool, read({ $0.pools[pool] }) == nil {
            return .page(404, Pages.message("There is no user pool of this domain."))
        }
        switch (request.method, request.path) {
        case ("GET", "/.well-known/jwks.json"), ("HEAD", "/.well-known/jwks.json"):
            guard let pool = request.pool, let keys = read({ $0.pools[pool]?.keys.document }) else { return .unknown }
            return OAuthResponse(200, [("content-type", "application/json")], keys)
        case ("GET", "/.well-known/openid-configuration"), ("HEAD", "/.well-known/openid-configuration"):
            guard let pool = request.pool else { return .unknown }
            return .json(200, discovery(of: pool, request))
        case ("GET", "/oauth2/authorize"): return await authorize(request)
        case ("GET", "/login"): return loginPage(request)
        case ("POST", "/login"): return await login(request)
        case ("GET", "/logout"): return logout(request)
        case ("GET", "/error"):
            return .page(400, Pages.message("The sign-in cannot go on: \(request.parameter("error") ?? "an error")."))
        case ("POST", "/oauth2/token"): return await token(request)
        case ("GET", "/oauth2/userInfo"), ("POST", "/oauth2/userInfo"): return await userInfo(request)
        case ("POST", "/oauth2/revoke"): return await revoke(request)
        default: return .unknown
        }
    }

    private func discovery(of pool: String, _ request: OAuthRequest) -> JSONValue {
        let prefixDomain = read { $0.pools[pool]?.pool.domains.first?.name }
        let isLocal = !request.host.lowercased().hasSuffix(".com")
        let own = "\(isSecure ? "https" : "http")://\(request.host)"
        let endpoints =
            isLocal || prefixDomain == nil
            ? "\(own)\(Self.localPrefix)"
            : "https://\(prefixDomain ?? "").auth.\(account.region).amazoncognito.com"
        let issuer = issuer(of: pool)
        let keys = isLocal ? "\(own)/\(pool)" : issuer
        func at(_ path: String) -> JSONValue { .string(endpoints + path) }
        return [
            "authorization_endpoint": at("/oauth2/authorize"), "end_session_endpoint": at("/logout"),
            "id_token_signing_alg_values_supported": ["RS256"], "issuer": .string(issuer),
            "jwks_uri": .string(keys + "/.well-known/jwks.json"), "response_types_supported": ["code", "token"],
            "revocation_endpoint": at("/oauth2/revoke"), "scopes_supported": ["openid", "email", "phone", "profile"],
            "subject_types_supported": ["public"], "token_endpoint": at("/oauth2/token"),
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "userinfo_endpoint": at("/oauth2/userInfo"),
        ]
    }

    /// The client of that name, in the pool that the host names, if it names one.
    func client(_ id: String?, of request: OAuthRequest) -> (PoolContent, PoolClient)? {
        guard let id else { return nil }
        let found = read { state in try? state.client(id) }
        guard let found, request.pool == nil || found.1.poolId == request.pool else { return nil }
        return found
    }
}

extension OAuthResponse {
    fileprivate static var unknown: OAuthResponse { .page(404, Pages.message("There is no such page.")) }
}
