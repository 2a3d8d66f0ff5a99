import GatewayModel
import JSON
import Testing

@testable import UserPools

/// What clients may have of the pages and of the token endpoint.
@Suite struct TokenEndpointTests {
    private let test = TestPools()
    private static let callback = "http://localhost:3000/callback"
    private static let oauth: JSONObject = [
        "AllowedOAuthFlowsUserPoolClient": true, "AllowedOAuthFlows": ["code"],
        "AllowedOAuthScopes": ["openid", "email"], "CallbackURLs": [.string(callback)],
        "SupportedIdentityProviders": ["COGNITO"],
    ]

    private func authorize(_ client: JSONValue, _ more: [(String, String)] = []) async throws -> OAuthResponse {
        try await test.page(
            "GET", "/_aws/cognito-idp/oauth2/authorize",
            [("response_type", "code"), ("client_id", client.string ?? "")] + more)
    }

    private func location(_ response: OAuthResponse) -> String? {
        response.headers.first { $0.name == "location" }?.value
    }

    /// A code of somebody who has signed in on the page.
    private func code(_ client: JSONValue, in pool: JSONValue) async throws -> String {
        let content = try test.pools.content(pool.string ?? "")
        let found = try #require(content.clients[client.string ?? ""])
        let wanted = AuthorizationRequest(
            client: found.id, redirect: Self.callback, isCode: true, state: nil, scopes: ["openid"], nonce: nil,
            challenge: nil)
        let user = try #require(content.user("ada"))
        let response = await test.pools.granted(wanted, content, found, user, nil, cookies: [])
        let place = try #require(location(response))
        return String(try #require(place.split(separator: "code=").last))
    }

    private func exchange(_ code: String, _ client: JSONValue) async throws -> JSONValue {
        try await test.token([
            ("grant_type", "authorization_code"), ("client_id", client.string ?? ""),
            ("code", try #require(PercentEncoding.decode(code[...]))), ("redirect_uri", Self.callback),
        ])
    }

    private func refresh(_ token: JSONValue?, _ client: JSONValue) async throws -> JSONValue {
        try await test.token([
            ("grant_type", "refresh_token"), ("client_id", client.string ?? ""),
            ("refresh_token", token?.string ?? ""),
        ])
    }

    @Test func aClientWithoutOAuthHasNothingOfTheTokenEndpoint() async throws {
        let (pool, client) = try await test.pool(client: Self.oauth)
        try await test.user("ada", in: pool)
        let told = try await code(client, in: pool)
        let tokens = try await exchange(try await code(client, in: pool), client)
        #expect(try await refresh(tokens["refresh_token"], client)["access_token"] != nil)
        try await test.call("UpdateUserPoolClient", ["UserPoolId": pool, "ClientId": client])
        #expect(try await exchange(told, client) == ["error": "unauthorized_client"])
        #expect(try await refresh(tokens["refresh_token"], client) == ["error": "unauthorized_client"])
    }

    @Test func aClientThatMayNotRefreshDoesNot() async throws {
        let (pool, client) = try await test.pool(client: Self.oauth)
        try await test.user("ada", in: pool)
        let tokens = try await exchange(try await code(client, in: pool), client)
        try await test.call(
            "UpdateUserPoolClient",
            .object(
                Self.oauth.merged([
                    "UserPoolId": pool, "ClientId": client, "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH"],
                ])))
        #expect(try await refresh(tokens["refresh_token"], client) == ["error": "unauthorized_client"])
    }

    /// Other than ALLOW_REFRESH_TOKEN_AUTH, which it excludes, the rotation of refresh tokens lets a client refresh.
    @Test func aClientThatRotatesRefreshes() async throws {
        let (pool, client) = try await test.pool(
            client: Self.oauth.merged([
                "ExplicitAuthFlows": ["ALLOW_USER_SRP_AUTH"],
                "RefreshTokenRotation": ["Feature": "ENABLED", "RetryGracePeriodSeconds": 10],
            ]))
        try await test.user("ada", in: pool)
        let tokens = try await exchange(try await code(client, in: pool), client)
        #expect(try await refresh(tokens["refresh_token"], client)["refresh_token"] != nil)
    }

    @Test(arguments: [nil, []] as [JSONValue?])
    func whereTheClientNamesNoUsersOfThePoolNobodySignsIn(providers: JSONValue?) async throws {
        var settings = Self.oauth
        settings["SupportedIdentityProviders"] = providers
        let (_, client) = try await test.pool(client: settings)
        #expect(try await authorize(client).status == 400)
        let page = try await test.page(
            "GET", "/_aws/cognito-idp/login", [("response_type", "code"), ("client_id", client.string ?? "")])
        #expect(page.status == 400)
    }

    @Test(arguments: ["email", "profile email", "phone"])
    func whatIsToldOfPeopleNeedsOpenid(scope: String) async throws {
        let (_, client) = try await test.pool(
            client: Self.oauth.merged(["AllowedOAuthScopes": ["openid", "email", "profile", "phone"]]))
        let refused = try await authorize(client, [("scope", scope)])
        #expect(location(refused) == Self.callback + "?error=invalid_scope")
        let page = try await authorize(client, [("scope", "openid \(scope)")])
        #expect(location(page)?.hasPrefix("/_aws/cognito-idp/login?") == true)
    }

    @Test func whoMayNotBeAskedHasToBeSignedInAlready() async throws {
        let (_, client) = try await test.pool(client: Self.oauth)
        let response = try await authorize(client, [("prompt", "none"), ("state", "x")])
        #expect(location(response) == Self.callback + "?error=login_required&state=x")
    }

    @Test(arguments: ["openid-configuration", "jwks.json"]) func headsOfDocumentsAreTold(name: String) async throws {
        let (pool, _) = try await test.pool()
        let head = try await test.page("HEAD", "/\(pool.string ?? "")/.well-known/\(name)")
        #expect(head.status == 200)
    }
}
