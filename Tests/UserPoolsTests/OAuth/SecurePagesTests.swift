import EntityStore
import GatewayModel
import JSON
import Sealing
import Testing

@testable import UserPools

@Suite struct SecurePagesTests {
    private func pages(isSecure: Bool) async throws -> (cookie: String, discovery: JSONValue) {
        let pools = UserPools(
            account: AccountIdentity(accountId: "123456789012"), store: MemoryStore(), sealing: SealingKey(),
            isSecure: isSecure, now: { Timestamp(milliseconds: 1_800_000_000_000) })
        func call(_ operation: String, _ input: JSONValue) async throws -> JSONObject {
            let answer = await pools.respond(to: operation, input.bytes)
            try #require(answer.status == 200)
            return answer.body
        }
        let pool = try #require(try await call("CreateUserPool", ["PoolName": "people"])["UserPool"]?["Id"]?.string)
        let client = try await call(
            "CreateUserPoolClient",
            [
                "UserPoolId": .string(pool), "ClientName": "web", "AllowedOAuthFlowsUserPoolClient": true,
                "AllowedOAuthFlows": ["code"], "AllowedOAuthScopes": ["openid"], "CallbackURLs": ["https://a.example"],
                "SupportedIdentityProviders": ["COGNITO"],
            ])["UserPoolClient"]?["ClientId"]?.string
        func get(_ path: String, _ query: String) async throws -> OAuthResponse {
            let request = try #require(pools.endpoint("GET", path, query: query, host: "gate.example:4566"))
            return await pools.answer(request)
        }
        let page = try await get(
            "/_aws/cognito-idp/login", "response_type=code&client_id=\(try #require(client))&scope=openid")
        try #require(page.status == 200)
        let found = try await get("/\(pool)/.well-known/openid-configuration", "")
        return (
            try #require(page.headers.first { $0.name == "set-cookie" }?.value), try JSONValue(parsing: found.body)
        )
    }

    @Test(arguments: [false, true]) func whatIsReachedByTLSSaysSo(isSecure: Bool) async throws {
        let (cookie, discovery) = try await pages(isSecure: isSecure)
        #expect(cookie.hasSuffix("; Secure") == isSecure)
        #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"))
        let scheme = isSecure ? "https" : "http"
        #expect(
            discovery["token_endpoint"] == .string("\(scheme)://gate.example:4566/_aws/cognito-idp/oauth2/token"))
        #expect(discovery["jwks_uri"]?.string?.hasPrefix("\(scheme)://gate.example:4566/") == true)
    }
}
