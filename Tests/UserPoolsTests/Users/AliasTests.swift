import JSON
import Testing

@testable import UserPools

/// Names by which users sign in besides their usernames mean one user each.
@Suite struct AliasTests {
    private let test = TestPools()
    private let aliases: JSONObject = ["AliasAttributes": ["preferred_username", "email"]]

    private func set(_ name: String, _ value: String, of user: String, in pool: JSONValue) -> JSONValue {
        [
            "UserPoolId": pool, "Username": .string(user),
            "UserAttributes": [["Name": .string(name), "Value": .string(value)]],
        ]
    }

    private func owner(_ name: String, in pool: JSONValue) async throws -> JSONValue? {
        try await test.call("AdminGetUser", ["UserPoolId": pool, "Username": .string(name)])["Username"]
    }

    @Test(arguments: ["boss@example.com", "BOSS@example.com"])
    func anotherUsersAddressIsNobodysPreferredName(name: String) async throws {
        let (pool, _) = try await test.pool(aliases)
        try await test.user("boss", in: pool, ["email": "boss@example.com", "email_verified": "true"])
        try await test.user("mallory", in: pool)
        let fault = await test.fault(
            "AdminUpdateUserAttributes", set("preferred_username", name, of: "mallory", in: pool))
        #expect(fault.hasPrefix("AliasExistsException"))
        #expect(try await owner("boss@example.com", in: pool) == "boss")
    }

    @Test func aPreferredNameIsNobodyElsesVerifiedAddress() async throws {
        let (pool, _) = try await test.pool(aliases)
        try await test.user("mallory", in: pool, ["preferred_username": "Boss@example.com"])
        try await test.user("boss", in: pool, ["email": "boss@example.com"])
        let fault = await test.fault(
            "AdminUpdateUserAttributes", set("email_verified", "true", of: "boss", in: pool))
        #expect(fault.hasPrefix("AliasExistsException"))
    }

    @Test func aPreferredNameCannotBeTakenOverAsAnAddressCan() async throws {
        let (pool, _) = try await test.pool(aliases)
        try await test.user("ada", in: pool, ["preferred_username": "countess"])
        let fault = await test.fault(
            "AdminCreateUser",
            [
                "UserPoolId": pool, "Username": "mallory", "MessageAction": "SUPPRESS", "ForceAliasCreation": true,
                "UserAttributes": [["Name": "preferred_username", "Value": "countess"]],
            ])
        #expect(fault.hasPrefix("AliasExistsException"))
        #expect(try await owner("countess", in: pool) == "ada")
    }

    @Test func aUsernameIsNobodysAlias() async throws {
        let (pool, _) = try await test.pool(aliases)
        try await test.user("boss", in: pool)
        try await test.user("mallory", in: pool)
        let fault = await test.fault(
            "AdminUpdateUserAttributes", set("preferred_username", "boss", of: "mallory", in: pool))
        #expect(fault.hasPrefix("AliasExistsException"))
    }

    @Test func aPreferredNameThatIsAnAliasComesAfterTheSignUp() async throws {
        let (_, client) = try await test.pool(aliases)
        let call: JSONValue = [
            "ClientId": client, "Username": "zed", "Password": TestPools.password,
            "UserAttributes": [["Name": "preferred_username", "Value": "zed2"]],
        ]
        #expect(await test.fault("SignUp", call).hasPrefix("InvalidParameterException"))
        let (_, other) = try await test.pool()
        var elsewhere = call.object ?? [:]
        elsewhere["ClientId"] = other
        try await test.call("SignUp", .object(elsewhere))
    }

    @Test func aPreferredNameIsNotBothRequiredAndAnAlias() async throws {
        let fault = await test.fault(
            "CreateUserPool",
            [
                "PoolName": "people", "AliasAttributes": ["preferred_username"],
                "Schema": [["Name": "preferred_username", "Required": true]],
            ])
        #expect(fault.hasPrefix("InvalidParameterException"))
    }

    @Test func whoseAddressIsTakenOverKeepsNoCodeOfIt() async throws {
        let (pool, client) = try await test.pool(["AliasAttributes": ["email"]])
        try await test.user("ada", in: pool, ["email": "one@example.com", "email_verified": "true"])
        try await test.call("ForgotPassword", ["ClientId": client, "Username": "ada"])
        let code = try test.lastCode()
        try await test.call(
            "AdminCreateUser",
            [
                "UserPoolId": pool, "Username": "bob", "MessageAction": "SUPPRESS", "ForceAliasCreation": true,
                "UserAttributes": [
                    ["Name": "email", "Value": "one@example.com"], ["Name": "email_verified", "Value": "true"],
                ],
            ])
        let fault = await test.fault(
            "ConfirmForgotPassword",
            ["ClientId": client, "Username": "ada", "ConfirmationCode": code, "Password": "Another-horse-2"])
        #expect(fault.hasPrefix("ExpiredCodeException"))
    }

    /// Of an earlier version's data: an administrator has to be able to put it right.
    @Test func whoHasAnothersNameCanStillBeChanged() async throws {
        let (pool, _) = try await test.pool(aliases)
        try await test.user("boss", in: pool, ["email": "boss@example.com", "email_verified": "true"])
        try await test.user("mallory", in: pool)
        let id = pool.string ?? ""
        try await test.pools.change { state, steps in
            guard var user = state.pools[id]?.user("mallory") else { return }
            user.attributes["preferred_username"] = "boss@example.com"
            steps.append(.user(user, pool: id))
        }
        #expect(try await owner("boss@example.com", in: pool) == "boss")
        try await test.call("AdminDisableUser", ["UserPoolId": pool, "Username": "mallory"])
        try await test.call("AdminUpdateUserAttributes", set("preferred_username", "mal", of: "mallory", in: pool))
    }
}
