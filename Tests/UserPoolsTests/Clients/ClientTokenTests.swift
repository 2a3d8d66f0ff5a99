import JSON
import Testing

@testable import UserPools

/// Tokens of a client itself, by GetClientToken.
@Suite struct ClientTokenTests {
    private let test = TestPools()

    private func creation(_ pool: JSONValue, _ members: JSONObject) -> JSONValue {
        .object(JSONObject([("UserPoolId", pool), ("ClientName", "other")]).merged(members))
    }

    /// A client for GetClientToken, with its secret.
    private func machine(_ flows: JSONValue) async throws -> (id: JSONValue, secret: JSONValue) {
        let (pool, _) = try await test.pool()
        let scopes: JSONValue = [["ScopeName": "read", "ScopeDescription": "read"]]
        try await test.call(
            "CreateResourceServer", ["UserPoolId": pool, "Identifier": "items", "Name": "items", "Scopes": scopes])
        let made = try await test.call(
            "CreateUserPoolClient",
            creation(
                pool,
                [
                    "GenerateSecret": true, "ExplicitAuthFlows": flows, "AllowedOAuthFlowsUserPoolClient": true,
                    "AllowedOAuthFlows": ["client_credentials"], "AllowedOAuthScopes": ["items/read"],
                ]))
        return (
            try #require(made["UserPoolClient"]?["ClientId"]), try #require(made["UserPoolClient"]?["ClientSecret"])
        )
    }

    @Test func aClientsOwnTokenHasToBeAllowed() async throws {
        let other = try await machine(["ALLOW_REFRESH_TOKEN_AUTH"])
        let fault = await test.fault("GetClientToken", ["ClientId": other.id, "Secret": other.secret])
        #expect(fault.hasPrefix("NotAuthorizedException"))
        let client = try await machine(["ALLOW_CLIENT_TOKEN_AUTH"])
        let answer = try await test.call("GetClientToken", ["ClientId": client.id, "Secret": client.secret])
        let token = answer["ClientAuthenticationResult"]?["AccessToken"]
        #expect(try TriggerTests.claims(token)["scope"] == "items/read")
    }

    @Test func aClientsOwnTokenIsTheOnlyFlow() async throws {
        let (pool, _) = try await test.pool()
        let flows: JSONValue = ["ALLOW_CLIENT_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH"]
        let fault = await test.fault("CreateUserPoolClient", creation(pool, ["ExplicitAuthFlows": flows]))
        #expect(fault.hasPrefix("InvalidParameterException"))
    }
}
