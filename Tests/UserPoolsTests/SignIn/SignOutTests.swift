import JSON
import Testing

@testable import UserPools

@Suite struct SignOutTests {
    /// Their access tokens have no `origin_jti`, and `auth_time` is in whole seconds.
    @Test func withoutRevocationASignInBehindASignOutCounts() async throws {
        let test = TestPools()
        let (pool, client) = try await test.pool(client: ["EnableTokenRevocation": false])
        try await test.user("ada", in: pool)
        func token() async throws -> JSONValue {
            try #require(try await test.signIn("ada", client)["AuthenticationResult"]?["AccessToken"])
        }
        let former = try await token()
        try await test.call("GlobalSignOut", ["AccessToken": former])
        #expect(
            await test.fault("GetUser", ["AccessToken": former])
                == "NotAuthorizedException: Access Token has been revoked")
        try await test.call("GetUser", ["AccessToken": try await token()])
    }
}
