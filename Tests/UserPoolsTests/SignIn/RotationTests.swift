import JSON
import Testing

@testable import UserPools

@Suite struct RotationTests {
    private let test = TestPools()

    private func rotating(grace: Int) async throws -> (pool: JSONValue, client: JSONValue, token: JSONValue) {
        let (pool, client) = try await test.pool(
            client: [
                "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"],
                "RefreshTokenRotation": ["Feature": "ENABLED", "RetryGracePeriodSeconds": .number(grace)],
            ])
        try await test.user("ada", in: pool)
        let token = try #require(try await test.signIn("ada", client)["AuthenticationResult"]?["RefreshToken"])
        return (pool, client, token)
    }

    private func renew(_ token: JSONValue, _ client: JSONValue) async throws -> JSONValue {
        let answer = try await test.call("GetTokensFromRefreshToken", ["ClientId": client, "RefreshToken": token])
        return try #require(answer["AuthenticationResult"]?["RefreshToken"])
    }

    @Test func aUsedTokenIsGoodInTheTimeOfGraceOnly() async throws {
        let (_, client, first) = try await rotating(grace: 10)
        let second = try await renew(first, client)
        test.pass(seconds: 5)
        // The answer was lost: what comes now is the one token, which counts once.
        let again = try await renew(first, client)
        let third = try await renew(again, client)
        let used: [JSONValue] = [first, second, again]
        test.pass(seconds: 10)
        for token in used {
            let call: JSONValue = ["ClientId": client, "RefreshToken": token]
            #expect(
                await test.fault("GetTokensFromRefreshToken", call)
                    == "RefreshTokenReuseException: Refresh Token has been revoked")
        }
        _ = try await renew(third, client)
    }

    @Test func aSessionThatGoesOnForLongIsRememberedInOnePlace() async throws {
        let (pool, client, first) = try await rotating(grace: 0)
        var token = first
        for _ in 0..<100 { token = try await renew(token, client) }
        let user = try test.pools.content(try #require(pool.string)).user("ada")
        #expect(user?.rotated.count == 1)
        #expect(user?.revoked.isEmpty == true)
        #expect(await test.fault("RevokeToken", ["ClientId": client, "Token": first]) == "no fault: ")
        #expect(
            await test.fault("GetTokensFromRefreshToken", ["ClientId": client, "RefreshToken": token])
                == "NotAuthorizedException: Refresh Token has been revoked")
    }
}
