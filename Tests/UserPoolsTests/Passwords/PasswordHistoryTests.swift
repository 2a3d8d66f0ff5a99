import JSON
import Testing

@testable import UserPools

/// Former passwords do not come again, whichever way they are set.
@Suite struct PasswordHistoryTests {
    private let test = TestPools()
    private let policy: JSONObject = [
        "Policies": ["PasswordPolicy": ["MinimumLength": 8, "PasswordHistorySize": 3]]
    ]
    private let used = "PasswordHistoryPolicyViolationException"

    private func set(_ password: JSONValue, in pool: JSONValue, isPermanent: Bool = true) -> JSONValue {
        ["UserPoolId": pool, "Username": "ada", "Password": password, "Permanent": .bool(isPermanent)]
    }

    @Test func anAdministratorSetsNoFormerOne() async throws {
        let (pool, _) = try await test.pool(policy)
        try await test.user("ada", in: pool)
        #expect(await test.fault("AdminSetUserPassword", set(TestPools.password, in: pool)).hasPrefix(used))
        for password: JSONValue in ["Second-horse-2", "Third-horse-3"] {
            try await test.call("AdminSetUserPassword", set(password, in: pool))
        }
        #expect(await test.fault("AdminSetUserPassword", set(TestPools.password, in: pool)).hasPrefix(used))
        try await test.call("AdminSetUserPassword", set("Fourth-horse-4", in: pool))
        // Three are remembered.
        try await test.call("AdminSetUserPassword", set(TestPools.password, in: pool))
    }

    @Test(arguments: [false, true]) func theFirstOneIsNotTheTemporaryOne(byAdministrator: Bool) async throws {
        let (pool, client) = try await test.pool(policy)
        try await test.user("ada", in: pool)
        try await test.call("AdminSetUserPassword", set("Temporary-horse-0", in: pool, isPermanent: false))
        let asked = try await test.signIn("ada", client, password: "Temporary-horse-0")
        func answer(_ password: JSONValue) -> JSONValue {
            var call: JSONObject = [
                "ClientId": client, "ChallengeName": "NEW_PASSWORD_REQUIRED", "Session": asked["Session"] ?? "",
                "ChallengeResponses": ["USERNAME": "ada", "NEW_PASSWORD": password],
            ]
            if byAdministrator { call["UserPoolId"] = pool }
            return .object(call)
        }
        let operation = byAdministrator ? "AdminRespondToAuthChallenge" : "RespondToAuthChallenge"
        for password: JSONValue in ["Temporary-horse-0", TestPools.password] {
            #expect(await test.fault(operation, answer(password)).hasPrefix(used))
        }
        // The session is still good for another answer.
        try await test.call(operation, answer("Second-horse-2"))
        #expect(await test.fault("AdminSetUserPassword", set("Temporary-horse-0", in: pool)).hasPrefix(used))
    }

    @Test func withoutAHistoryTheSameOneMayCome() async throws {
        let (pool, _) = try await test.pool()
        try await test.user("ada", in: pool)
        try await test.call("AdminSetUserPassword", set(TestPools.password, in: pool))
    }
}
