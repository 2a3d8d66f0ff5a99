import JSON

/// An app client of a pool, as it is stored.
struct PoolClient: Codable, Sendable {
    let id: String
    let poolId: String
    var name: String
    /// Sealed; nil for clients that can keep none.
    var sealedSecret: String?
    /// The members of CreateUserPoolClient and UpdateUserPoolClient, with AWS's defaults.
    var settings: JSONValue
    let created: Int64
    var modified: Int64

    private func texts(_ name: String) -> [String]? { settings[name]?.array?.compactMap(\.string) }

    var hasSecret: Bool { sealedSecret != nil }
    var flows: [String] { texts("ExplicitAuthFlows") ?? [] }
    var callbackURLs: [String] { texts("CallbackURLs") ?? [] }
    var logoutURLs: [String] { texts("LogoutURLs") ?? [] }
    /// What lets a client have tokens by GetClientToken.
    static let ownTokenFlow = "ALLOW_CLIENT_TOKEN_AUTH"
    var hasOwnTokens: Bool { hasSecret && flows.contains(Self.ownTokenFlow) }
    /// Whether users of the pool sign in on its pages.
    var showsLogin: Bool { texts("SupportedIdentityProviders")?.contains("COGNITO") ?? false }
    /// Where refresh tokens rotate, the flow cannot be named.
    var refreshes: Bool { rotates || allows("REFRESH_TOKEN_AUTH") }
    var allowsOAuth: Bool { settings["AllowedOAuthFlowsUserPoolClient"]?.bool ?? false }
    var oauthFlows: [String] { texts("AllowedOAuthFlows") ?? [] }
    var oauthScopes: [String] { texts("AllowedOAuthScopes") ?? [] }
    /// Those of resource servers.
    var customScopes: [String] { oauthScopes.filter { !ClientRules.standardScopes.contains($0) } }
    var hidesUnknownUsers: Bool { settings["PreventUserExistenceErrors"] == "ENABLED" }
    var revokesTokens: Bool { settings["EnableTokenRevocation"]?.bool ?? true }
    var readAttributes: Set<String>? { texts("ReadAttributes").flatMap { $0.isEmpty ? nil : Set($0) } }
    var writeAttributes: Set<String>? { texts("WriteAttributes").flatMap { $0.isEmpty ? nil : Set($0) } }
    var rotates: Bool { settings["RefreshTokenRotation"]?["Feature"] == "ENABLED" }
    var rotationGraceSeconds: Int { settings["RefreshTokenRotation"]?["RetryGracePeriodSeconds"]?.integer ?? 0 }
    var sessionSeconds: Int { (settings["AuthSessionValidity"]?.integer ?? 3) * 60 }

    var accessTokenSeconds: Int { seconds("AccessTokenValidity", "AccessToken", unit: "hours", 1) }
    var idTokenSeconds: Int { seconds("IdTokenValidity", "IdToken", unit: "hours", 1) }
    var refreshTokenSeconds: Int { seconds("RefreshTokenValidity", "RefreshToken", unit: "days", 30) }

    private func seconds(_ member: String, _ unitMember: String, unit: String, _ standard: Int) -> Int {
        let number = settings[member]?.integer ?? standard
        let units = ["seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400]
        let unit = settings["TokenValidityUnits"]?[unitMember]?.string ?? unit
        return (number == 0 ? standard : number) * (units[unit] ?? 3600)
    }

    /// Whether it may sign in that way. The names without ALLOW_ are the former ones.
    func allows(_ flow: String) -> Bool {
        switch flow {
        case "USER_PASSWORD_AUTH": flows.contains("ALLOW_USER_PASSWORD_AUTH") || flows.contains("USER_PASSWORD_AUTH")
        case "ADMIN_USER_PASSWORD_AUTH", "ADMIN_NO_SRP_AUTH":
            flows.contains("ALLOW_ADMIN_USER_PASSWORD_AUTH") || flows.contains("ADMIN_NO_SRP_AUTH")
        case "USER_SRP_AUTH":
            // Of the former names each only adds a way.
            flows.contains("ALLOW_USER_SRP_AUTH") || !flows.contains { $0.hasPrefix("ALLOW_") }
        case "CUSTOM_AUTH": flows.contains("ALLOW_CUSTOM_AUTH") || flows.contains("CUSTOM_AUTH_FLOW_ONLY")
        case "REFRESH_TOKEN_AUTH", "REFRESH_TOKEN":
            flows.contains("ALLOW_REFRESH_TOKEN_AUTH") || !flows.contains { $0.hasPrefix("ALLOW_") }
        default: false
        }
    }
}
