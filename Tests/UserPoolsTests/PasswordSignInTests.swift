import EntityStore
import JSON
import JSONWebToken
import Sealing
import Testing

@testable import UserPools

@Suite struct PasswordSignInTests {
    private let test = TestPools()

    @Test func tokensSayWhoHasSignedIn() async throws {
        let (pool, client) = try await test.pool()
        try await test.user("ada", in: pool, ["email": "ada@example.com", "email_verified": "true"])
        let result = try #require(try await test.signIn("ada", client)["AuthenticationResult"])
        #expect(result["TokenType"] == "Bearer")
        #expect(result["ExpiresIn"] == 3600)
        let issuer = "https://cognito-idp.us-east-1.amazonaws.com/\(pool.string ?? "")"
        let keys = try #require(test.pools.keySet(ofIssuer: issuer))
        func claims(_ name: String) throws -> JSONObject {
            let token = try CompactToken(try #require(result[name]?.string))
            return try token.verified(by: try keys.key(for: token)).all
        }
        let (id, access) = (try claims("IdToken"), try claims("AccessToken"))
        for token in [id, access] {
            #expect(token["iss"] == .string(issuer))
            #expect(token["exp"]?.integer == 1_800_003_600)
            #expect(token["auth_time"]?.integer == 1_800_000_000)
        }
        #expect(id["aud"] == client)
        #expect(id["token_use"] == "id")
        #expect(id["email_verified"] == true)
        #expect(id["email"] == "ada@example.com")
        #expect(id["cognito:username"] == "ada")
        #expect(access["aud"] == nil)
        #expect(access["client_id"] == client)
        #expect(access["scope"] == "aws.cognito.signin.user.admin")
        #expect(access["username"] == "ada")
        #expect(id["origin_jti"] == access["origin_jti"])
        #expect(id["jti"] != access["jti"])
        #expect(id["sub"] == access["sub"])
    }

    @Test func whoDoesNotKnowThePasswordLearnsNothing() async throws {
        let (pool, client) = try await test.pool(client: ["PreventUserExistenceErrors": "ENABLED"])
        try await test.user("ada", in: pool)
        let wrong = "NotAuthorizedException: Incorrect username or password."
        #expect(await test.fault("InitiateAuth", TestPools.passwordCall("ada", client, password: "wrong")) == wrong)
        #expect(await test.fault("InitiateAuth", TestPools.passwordCall("bob", client)) == wrong)
        let long = JSONValue.string(String(repeating: "x", count: 1 << 20))
        #expect(await test.fault("InitiateAuth", TestPools.passwordCall("ada", client, password: long)) == wrong)
    }

    @Test func fiveFailuresLockOutForAWhile() async throws {
        let (pool, client) = try await test.pool()
        try await test.user("ada", in: pool)
        for _ in 0..<5 {
            _ = await test.fault("InitiateAuth", TestPools.passwordCall("ada", client, password: "wrong"))
        }
        #expect(
            await test.fault("InitiateAuth", TestPools.passwordCall("ada", client))
                == "NotAuthorizedException: Password attempts exceeded")
        test.pass(seconds: 1)
        _ = try await test.signIn("ada", client)
    }

    @Test func aRefreshTokenGivesTokensOfTheSameSession() async throws {
        let (pool, client) = try await test.pool()
        try await test.user("ada", in: pool)
        let first = try #require(try await test.signIn("ada", client)["AuthenticationResult"])
        let refresh = try #require(first["RefreshToken"])
        let call: JSONValue = [
            "ClientId": client, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": ["REFRESH_TOKEN": refresh],
        ]
        let second = try #require(try await test.call("InitiateAuth", call)["AuthenticationResult"])
        #expect(second["RefreshToken"] == nil)
        #expect(try session(first) == session(second))
        test.pass(seconds: 30 * 86_400)
        #expect(await test.fault("InitiateAuth", call) == "NotAuthorizedException: Refresh Token has expired")
    }

    @Test func aRefreshTokenIsItsClientsOnly() async throws {
        let (pool, client) = try await test.pool()
        let (_, other) = try await test.pool()
        try await test.user("ada", in: pool)
        let result = try await test.signIn("ada", client)["AuthenticationResult"]
        let refresh = try #require(result?["RefreshToken"])
        for (client, token) in [
            (other, refresh), (client, .string((refresh.string ?? "") + "A")), (client, "a.b.c.d.e"),
        ] {
            #expect(
                await test.fault(
                    "InitiateAuth",
                    [
                        "ClientId": client, "AuthFlow": "REFRESH_TOKEN_AUTH",
                        "AuthParameters": ["REFRESH_TOKEN": token],
                    ]) == "NotAuthorizedException: Invalid Refresh Token")
        }
    }

    @Test func aNewServerKnowsWhatTheFormerOneStored() async throws {
        let (store, key) = (MemoryStore(), SealingKey())
        let former = TestPools(store: store, sealing: key)
        let (pool, client) = try await former.pool()
        try await former.user("ada", in: pool)
        let result = try #require(try await former.signIn("ada", client)["AuthenticationResult"])
        let next = TestPools(store: store, sealing: key)
        try await next.pools.load()
        _ = try await next.signIn("ada", client)
        let user = try await next.call("GetUser", ["AccessToken": try #require(result["AccessToken"])])
        #expect(user["Username"] == "ada")
        let stranger = TestPools(store: store)
        await #expect(throws: UserPools.LoadFailure.self) { try await stranger.pools.load() }
    }

    private func session(_ result: JSONValue) throws -> JSONValue? {
        let payload = try #require(result["AccessToken"]?.string).split(separator: ".")[1]
        return try JSONValue(parsing: try #require(Base64URL.decode(String(payload))))["origin_jti"]
    }
}
