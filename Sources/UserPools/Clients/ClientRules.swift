import JSON
import Shapes

/// What the settings of a client may be.
enum ClientRules {
    static let members: [Shape.Member] = [
        .may("RefreshTokenValidity", .integer(0...315_360_000)), .may("AccessTokenValidity", .integer(1...86_400)),
        .may("IdTokenValidity", .integer(1...86_400)),
        .may(
            "TokenValidityUnits",
            .structure([
                .may("AccessToken", .choice(units)), .may("IdToken", .choice(units)),
                .may("RefreshToken", .choice(units)),
            ])), .may("ReadAttributes", .list(.text(1...2048))), .may("WriteAttributes", .list(.text(1...2048))),
        .may("ExplicitAuthFlows", .list(.choice(flows))),
        .may("SupportedIdentityProviders", .list(.text(1...32))),
        .may("CallbackURLs", .list(.text(1...1024), 0...100)), .may("LogoutURLs", .list(.text(1...1024), 0...100)),
        .may("DefaultRedirectURI", .text(1...1024)),
        .may("AllowedOAuthFlows", .list(.choice(["code", "implicit", "client_credentials"]), 0...3)),
        .may("AllowedOAuthScopes", .list(.text(1...256), 0...50)), .may("AllowedOAuthFlowsUserPoolClient", .boolean),
        .may("AnalyticsConfiguration", .structure([])),
        .may("PreventUserExistenceErrors", .choice(["LEGACY", "ENABLED"])), .may("EnableTokenRevocation", .boolean),
        .may("EnablePropagateAdditionalUserContextData", .boolean), .may("AuthSessionValidity", .integer(3...15)),
        .may(
            "RefreshTokenRotation",
            .structure([
                .need("Feature", .choice(["ENABLED", "DISABLED"])), .may("RetryGracePeriodSeconds", .integer(0...60)),
            ])),
    ]

    private static let units = ["seconds", "minutes", "hours", "days"]

    private static let flows = [
        "ADMIN_NO_SRP_AUTH", "CUSTOM_AUTH_FLOW_ONLY", "USER_PASSWORD_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH",
        "ALLOW_CUSTOM_AUTH", "ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH",
        "ALLOW_USER_AUTH", "ALLOW_CLIENT_TOKEN_AUTH", "ALLOW_TOKEN_EXCHANGE_DELEGATION",
        "ALLOW_TOKEN_EXCHANGE_IMPERSONATION",
    ]

    /// Scopes that every pool knows. Source: Developer Guide, scopes.
    static let standardScopes = ["phone", "email", "openid", "profile", "aws.cognito.signin.user.admin"]

    /// The settings of a call with AWS's defaults. What a call does not name goes back to its default, as in AWS.
    ///
    /// - Parameter hasSecret: whether the client has one.
    static func settings(_ input: Input, in content: PoolContent, hasSecret: Bool) throws(PoolError) -> JSONObject {
        var settings: JSONObject = [
            "RefreshTokenValidity": 30, "TokenValidityUnits": [:],
            "ExplicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH"],
            "AllowedOAuthFlowsUserPoolClient": false, "EnableTokenRevocation": true,
            "EnablePropagateAdditionalUserContextData": false, "AuthSessionValidity": 3,
            // Source: the model's text; the console sets ENABLED.
            "PreventUserExistenceErrors": "LEGACY",
        ]
        for member in members { if let value = input[member.name] { settings[member.name] = value } }
        if settings["RefreshTokenValidity"] == 0 { settings["RefreshTokenValidity"] = 30 }
        try checkTimes(settings)
        try checkFlows(settings)
        try checkAddresses(settings)
        try checkScopes(settings, content, hasSecret: hasSecret)
        try checkAttributes(settings, content.pool)
        if let providers = settings["SupportedIdentityProviders"]?.array?.compactMap(\.string) {
            for provider in providers where provider != "COGNITO" {
                throw .invalid("The provider \(provider) does not exist for User Pool \(content.pool.id).")
            }
        }
        if settings["AnalyticsConfiguration"] != nil {
            throw .unserved("analytics by Pinpoint (AnalyticsConfiguration)")
        }
        return settings
    }

    /// A day, and ten years. Source: Developer Guide, limits of tokens' lives.
    static let (longestAccessSeconds, longestRefreshSeconds) = (86_400, 315_360_000)

    private static func checkTimes(_ settings: JSONObject) throws(PoolError) {
        let client = PoolClient(
            id: "", poolId: "", name: "", settings: .object(settings), created: 0, modified: 0)
        for (name, seconds) in [("access", client.accessTokenSeconds), ("id", client.idTokenSeconds)]
        where !(300...longestAccessSeconds).contains(seconds) {
            throw .invalid("Invalid range for token validity: the \(name) token lasts 5 minutes to 1 day.")
        }
        guard (3_600...longestRefreshSeconds).contains(client.refreshTokenSeconds) else {
            throw .invalid("Invalid range for token validity: the refresh token lasts 60 minutes to 10 years.")
        }
        guard client.refreshTokenSeconds >= max(client.accessTokenSeconds, client.idTokenSeconds) else {
            throw .invalid("Refresh token validity must not be shorter than that of the access and the ID token.")
        }
    }

    private static func checkFlows(_ settings: JSONObject) throws(PoolError) {
        let flows = settings["ExplicitAuthFlows"]?.array?.compactMap(\.string) ?? []
        for (name, what) in [
            ("ALLOW_USER_AUTH", "choice-based sign-in"), ("ALLOW_TOKEN_EXCHANGE_DELEGATION", "the exchange of tokens"),
            ("ALLOW_TOKEN_EXCHANGE_IMPERSONATION", "the exchange of tokens"),
        ] where flows.contains(name) {
            throw .unserved("\(what) (\(name))")
        }
        let new = flows.filter { $0.hasPrefix("ALLOW_") }
        guard new.isEmpty || new.count == flows.count else {
            throw .invalid("Invalid ExplicitAuthFlows: names with and without ALLOW_ exclude each other.")
        }
        // It excludes the flows of users. Source: API Reference, GetClientToken.
        guard !flows.contains(PoolClient.ownTokenFlow) || flows.count == 1 else {
            throw .invalid("\(PoolClient.ownTokenFlow) must be the only one of the ExplicitAuthFlows.")
        }
        if settings["RefreshTokenRotation"]?["Feature"] == "ENABLED", flows.contains("ALLOW_REFRESH_TOKEN_AUTH") {
            throw .invalid("ALLOW_REFRESH_TOKEN_AUTH cannot be set when refresh token rotation is enabled.")
        }
    }

    private static func checkAddresses(_ settings: JSONObject) throws(PoolError) {
        let callbacks = settings["CallbackURLs"]?.array?.compactMap(\.string) ?? []
        for url in callbacks + (settings["LogoutURLs"]?.array?.compactMap(\.string) ?? []) where !isAllowed(url) {
            throw .invalid("\(url) is not valid.")
        }
        if let standard = settings["DefaultRedirectURI"]?.string, !callbacks.contains(standard) {
            throw .invalid("DefaultRedirectURI must be one of the CallbackURLs.")
        }
    }

    /// https, http on this machine, or a scheme of an app; no fragment.
    private static func isAllowed(_ url: String) -> Bool {
        guard !url.contains("#"), url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !url.contains("\\"),
            let end = url.firstIndex(of: ":")
        else { return false }
        let scheme = url[..<end].lowercased()
        guard let first = scheme.utf8.first, (0x61...0x7A).contains(first),
            scheme.utf8.allSatisfy({ $0.isLetterOrDigit || "+-.".utf8.contains($0) })
        else { return false }
        let rest = url[url.index(after: end)...]
        switch scheme {
        case "javascript", "data", "file", "vbscript": return false
        case "https": return host(rest) != nil
        case "http": return host(rest).map { ["localhost", "127.0.0.1", "[::1]"].contains($0) } ?? false
        default: return !rest.isEmpty
        }
    }

    /// The host of `//HOST[:PORT]/…`; nil where something stands beside it that a reader might take for it.
    private static func host(_ rest: Substring) -> String? {
        guard rest.hasPrefix("//") else { return nil }
        let authority = rest.dropFirst(2).prefix { $0 != "/" && $0 != "?" }
        guard !authority.contains("@") else { return nil }
        var name = authority.prefix { $0 != ":" }
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            name = authority[...end]
        }
        let behind = authority[name.endIndex...]
        guard !name.isEmpty, behind.isEmpty || behind.first == ":" else { return nil }
        let port = behind.dropFirst()
        guard behind.isEmpty || port.utf8.allSatisfy(\.isDigit) && (1...65_535).contains(Int(port) ?? 0) else {
            return nil
        }
        return String(name)
    }

    private static func checkScopes(
        _ settings: JSONObject, _ content: PoolContent, hasSecret: Bool
    ) throws(PoolError) {
        let flows = settings["AllowedOAuthFlows"]?.array ?? []
        let scopes = settings["AllowedOAuthScopes"]?.array?.compactMap(\.string) ?? []
        if flows.contains("client_credentials") {
            guard flows.count == 1 else {
                throw PoolError(
                    "InvalidOAuthFlowException",
                    "client_credentials flow can not be selected along with code flow or implicit flow.")
            }
            guard hasSecret else {
                throw PoolError(
                    "InvalidOAuthFlowException",
                    "client_credentials flow can not be selected if client does not have a client secret.")
            }
            for scope in scopes where standardScopes.contains(scope) {
                throw PoolError(
                    "ScopeDoesNotExistException", "client_credentials flow takes custom scopes only, not \(scope).")
            }
        }
        let known = standardScopes + content.servers.values.flatMap(\.scopeNames)
        for scope in scopes where !known.contains(scope) {
            throw PoolError("ScopeDoesNotExistException", "\(scope) is not a valid scope.")
        }
        if settings["AllowedOAuthFlowsUserPoolClient"]?.bool == true, flows.isEmpty || scopes.isEmpty {
            throw PoolError(
                "InvalidOAuthFlowException",
                "AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows."
            )
        }
    }

    private static func checkAttributes(_ settings: JSONObject, _ pool: UserPool) throws(PoolError) {
        for member in ["ReadAttributes", "WriteAttributes"] {
            for name in settings[member]?.array?.compactMap(\.string) ?? [] {
                let isKnown = pool.schema.contains { $0.name == name }
                let isWritten = member == "WriteAttributes"
                let isOurs = ["sub", "email_verified", "phone_number_verified"].contains(name)
                guard isKnown, !(isWritten && isOurs) else {
                    throw .invalid(
                        "Invalid \(isWritten ? "write" : "read") attributes specified while creating a client")
                }
            }
        }
    }
}
