import EntityStore
import JSON
import JSONWebToken
import Sealing
import Synchronization
import Testing

@testable import UserPools

/// What happens to users while functions are asked, and between the steps of a sign-in.
@Suite struct InterruptedSignInTests {
    /// Does something when a function is called, once.
    private final class Meanwhile: TriggerHost {
        private let action = Mutex<(source: String, body: @Sendable () async throws -> Void)?>(nil)

        func on(_ source: String, _ body: @escaping @Sendable () async throws -> Void) {
            action.withLock { $0 = (source, body) }
        }

        func invoke(_ function: String, _ event: JSONValue, sourceArn: String) async -> TriggerResult {
            let body = action.withLock { action -> (@Sendable () async throws -> Void)? in
                guard let now = action, event["triggerSource"] == .string(now.source) else { return nil }
                action = nil
                return now.body
            }
            do { try await body?() } catch { return .failed("\(error)") }
            if event["triggerSource"] == "DefineAuthChallenge_Authentication" {
                return .answer(["response": ["issueTokens": true]])
            }
            return .answer(["response": [:]])
        }
    }

    private static let function = JSONValue.string("arn:aws:lambda:us-east-1:123456789012:function:f")
    private static let triggers: JSONObject = [
        "PreAuthentication": function, "PostAuthentication": function, "PreTokenGeneration": function,
        "DefineAuthChallenge": function, "CreateAuthChallenge": function, "VerifyAuthChallengeResponse": function,
    ]

    private static let changes: [(name: String, input: JSONObject)] = [
        ("AdminDisableUser", [:]), ("AdminDeleteUser", [:]), ("AdminUserGlobalSignOut", [:]),
        ("AdminSetUserPassword", ["Password": "Another-horse-2", "Permanent": true]), ("AdminResetUserPassword", [:]),
    ]
    private static let sources = [
        "PreAuthentication_Authentication", "TokenGeneration_Authentication", "PostAuthentication_Authentication",
    ]

    @Test(arguments: changes.map(\.name), sources)
    func whoIsChangedMeanwhileIsNotSignedIn(change: String, source: String) async throws {
        let meanwhile = Meanwhile()
        let test = TestPools(triggers: meanwhile)
        let (pool, client) = try await test.pool(["LambdaConfig": .object(Self.triggers)])
        try await test.user("ada", in: pool, ["email": "a@example.com", "email_verified": "true"])
        let more = try #require(Self.changes.first { $0.name == change }).input
        let input = JSONValue.object(JSONObject([("UserPoolId", pool), ("Username", "ada")]).merged(more))
        meanwhile.on(source) { try await test.call(change, input) }
        let answer = await test.fault("InitiateAuth", TestPools.passwordCall("ada", client))
        // A sign-out ends what has begun before: before the password was checked nothing has.
        if change == "AdminUserGlobalSignOut", source.hasPrefix("PreAuthentication") {
            #expect(answer == "no fault: ")
        } else {
            #expect(!answer.hasPrefix("no fault"), "\(answer)")
        }
        guard change == "AdminSetUserPassword" else { return }
        _ = try await test.signIn("ada", client, password: "Another-horse-2")
    }

    @Test func aFunctionThatIssuesTokensIssuesNoneForWhoIsGone() async throws {
        let meanwhile = Meanwhile()
        let test = TestPools(triggers: meanwhile)
        let (pool, client) = try await test.pool(["LambdaConfig": .object(Self.triggers)])
        try await test.user("ada", in: pool)
        let call: JSONValue = ["ClientId": client, "AuthFlow": "CUSTOM_AUTH", "AuthParameters": ["USERNAME": "ada"]]
        try await test.call("InitiateAuth", call)
        meanwhile.on("DefineAuthChallenge_Authentication") {
            try await test.call("AdminDisableUser", ["UserPoolId": pool, "Username": "ada"])
        }
        #expect(await test.fault("InitiateAuth", call) == "NotAuthorizedException: User is disabled.")
    }

    @Test func tokensTellTheGroupsOfTheirTime() async throws {
        let meanwhile = Meanwhile()
        let test = TestPools(triggers: meanwhile)
        let (pool, client) = try await test.pool(["LambdaConfig": .object(Self.triggers)])
        try await test.user("ada", in: pool)
        try await test.call("CreateGroup", ["UserPoolId": pool, "GroupName": "staff"])
        let join: JSONValue = ["UserPoolId": pool, "Username": "ada", "GroupName": "staff"]
        try await test.call("AdminAddUserToGroup", join)
        meanwhile.on("TokenGeneration_Authentication") { try await test.call("AdminRemoveUserFromGroup", join) }
        let tokens = try await test.signIn("ada", client)["AuthenticationResult"]
        #expect(try TriggerTests.claims(tokens?["IdToken"])["cognito:groups"] == nil)
    }

    @Test func aRefreshTokenIsNoneAnyMoreWhenItsUserIsSignedOutMeanwhile() async throws {
        let meanwhile = Meanwhile()
        let test = TestPools(triggers: meanwhile)
        let (pool, client) = try await test.pool(["LambdaConfig": .object(Self.triggers)])
        try await test.user("ada", in: pool)
        let refresh = try #require(try await test.signIn("ada", client)["AuthenticationResult"]?["RefreshToken"])
        meanwhile.on("TokenGeneration_RefreshTokens") {
            try await test.call("AdminUserGlobalSignOut", ["UserPoolId": pool, "Username": "ada"])
        }
        let call: JSONValue = [
            "ClientId": client, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": ["REFRESH_TOKEN": refresh],
        ]
        #expect(await test.fault("InitiateAuth", call) == "NotAuthorizedException: Refresh Token has been revoked")
    }

    @Test(arguments: changes.map(\.name)) func aChallengeOfTheTimeBeforeIsOver(change: String) async throws {
        let test = TestPools()
        let (pool, client) = try await test.pool()
        let ada: JSONObject = ["UserPoolId": pool, "Username": "ada"]
        try await test.user("ada", in: pool, ["email": "a@example.com", "email_verified": "true"])
        try await test.call(
            "SetUserPoolMfaConfig",
            [
                "UserPoolId": pool, "MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": ["Enabled": true],
            ])
        let asked = try await test.signIn("ada", client)
        #expect(asked["ChallengeName"] == "MFA_SETUP")
        let session = try #require(asked["Session"])
        let begun = try await test.call("AssociateSoftwareToken", ["Session": session])
        let more = try #require(Self.changes.first { $0.name == change }).input
        try await test.call(change, .object(ada.merged(more)))
        // What is closed and opened again is not what it was.
        if change == "AdminDisableUser" { try await test.call("AdminEnableUser", .object(ada)) }
        let proof: JSONValue = ["Session": try #require(begun["Session"]), "UserCode": "123456"]
        #expect(await test.fault("VerifySoftwareToken", proof).hasSuffix("session is expired."))
        let answer: JSONValue = [
            "ClientId": client, "ChallengeName": "MFA_SETUP", "Session": try #require(begun["Session"]),
            "ChallengeResponses": ["USERNAME": "ada"],
        ]
        #expect(await test.fault("RespondToAuthChallenge", answer).hasPrefix("NotAuthorizedException: Invalid session"))
    }

    @Test func aRevocationIsKnownAsLongAsTheTokenLasts() async throws {
        let test = TestPools()
        let (pool, client) = try await test.pool()
        try await test.user("ada", in: pool)
        let refresh = try #require(try await test.signIn("ada", client)["AuthenticationResult"]?["RefreshToken"])
        try await test.call("RevokeToken", ["ClientId": client, "Token": refresh])
        let short: JSONValue = [
            "UserPoolId": pool, "ClientId": client, "RefreshTokenValidity": 1,
            "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        ]
        try await test.call("UpdateUserPoolClient", short)
        test.pass(seconds: 29 * 86_400)
        let other = try #require(try await test.signIn("ada", client)["AuthenticationResult"]?["RefreshToken"])
        // Whatever is forgotten is forgotten now.
        try await test.call("RevokeToken", ["ClientId": client, "Token": other])
        for token in [refresh, other] {
            let call: JSONValue = [
                "ClientId": client, "AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": ["REFRESH_TOKEN": token],
            ]
            #expect(await test.fault("InitiateAuth", call) == "NotAuthorizedException: Refresh Token has been revoked")
        }
    }

    @Test func aSecretThatCannotBeOpenedIsStillOne() async throws {
        let store = MemoryStore()
        let test = TestPools(store: store)
        let (pool, client) = try await test.pool(client: ["GenerateSecret": true])
        try await test.user("ada", in: pool)
        let id = try #require(client.string)
        let known = try test.pools.read { state throws(PoolError) in try state.client(id).1 }
        var broken = known
        broken.sealedSecret = "AAAA"
        let other = broken
        try await test.pools.change { _, steps in steps.append(.client(other)) }
        for operation in ["InitiateAuth", "DescribeUserPoolClient"] {
            let input: JSONValue =
                operation == "InitiateAuth"
                ? TestPools.passwordCall("ada", client) : ["UserPoolId": pool, "ClientId": client]
            #expect(await test.fault(operation, input).hasPrefix("InternalErrorException: The secret of the client"))
        }
    }
}
