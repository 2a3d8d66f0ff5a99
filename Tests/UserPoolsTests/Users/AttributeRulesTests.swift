import JSON
import Testing

@testable import UserPools

@Suite struct AttributeRulesTests {
    private let test = TestPools()
    private static let schema: JSONValue = [
        ["Name": "tenant", "AttributeDataType": "String", "Mutable": false],
        ["Name": "level", "AttributeDataType": "String", "Mutable": true],
        ["Name": "email", "AttributeDataType": "String", "Mutable": false, "Required": true],
    ]

    private func change(_ name: JSONValue, _ value: JSONValue, _ pool: JSONValue) -> JSONValue {
        ["UserPoolId": pool, "Username": "ada", "UserAttributes": [["Name": name, "Value": value]]]
    }

    @Test func whatIsNotMutableHasTheValueItWasMadeWithOrNone() async throws {
        let (pool, _) = try await test.pool(["Schema": Self.schema])
        try await test.user("ada", in: pool, ["email": "ada@example.com"])
        try await test.call("AdminUpdateUserAttributes", change("custom:level", "3", pool))
        for value in ["a", ""] {
            #expect(
                await test.fault("AdminUpdateUserAttributes", change("custom:tenant", .string(value), pool))
                    == "InvalidParameterException: user.custom:tenant: Attribute cannot be updated.")
        }
        #expect(
            await test.fault("AdminUpdateUserAttributes", change("email", "ada@example.com", pool))
                == "InvalidParameterException: user.email: Attribute cannot be updated.")
    }

    @Test func whatAnAdministratorLeftOutIsToldWithTheFirstPassword() async throws {
        let (pool, client) = try await test.pool(["Schema": Self.schema])
        try await test.call(
            "AdminCreateUser",
            [
                "UserPoolId": pool, "Username": "ada", "TemporaryPassword": "Temp-orary-1",
                "MessageAction": "SUPPRESS",
            ])
        let asked = try await test.signIn("ada", client, password: "Temp-orary-1")
        #expect(asked["ChallengeParameters"]?["requiredAttributes"] == "[\"userAttributes.email\"]")
        func answer(_ more: JSONObject) throws -> JSONValue {
            let told: JSONObject = ["USERNAME": "ada", "NEW_PASSWORD": TestPools.password]
            return [
                "ClientId": client, "ChallengeName": "NEW_PASSWORD_REQUIRED",
                "Session": try #require(asked["Session"]), "ChallengeResponses": .object(told.merged(more)),
            ]
        }
        #expect(
            await test.fault("RespondToAuthChallenge", try answer([:])).hasSuffix("email: The attribute is required"))
        #expect(
            await test.fault(
                "RespondToAuthChallenge",
                try answer(["userAttributes.email": "a@example.com", "userAttributes.custom:tenant": "b"])
            ).hasSuffix("user.custom:tenant: Attribute cannot be updated."))
        try await test.call("RespondToAuthChallenge", try answer(["userAttributes.email": "a@example.com"]))
        // From now on it is one that cannot be changed.
        #expect(
            await test.fault("AdminUpdateUserAttributes", change("email", "b@example.com", pool))
                .hasSuffix("Attribute cannot be updated."))
    }

    private static let dates: [(name: JSONValue, value: JSONValue, isGood: Bool)] = [
        ("birthdate", "1815-12-10", true), ("birthdate", "10-12-1815", false), ("birthdate", "1815-13-10", false),
        ("birthdate", "1815-02-30", false), ("birthdate", "2000-02-29", true), ("birthdate", "1900-02-29", false),
        ("birthdate", "0123456789", false), ("custom:since", "hello", false), ("custom:since", "2026-11-29", true),
        ("custom:since", "2026-11-29T08:30:00Z", true), ("custom:since", "2026-11-29T08:30:00.123+01:00", true),
        ("custom:since", "2026-11-29T25:00:00Z", false), ("custom:since", "2026-11-29Tnoon", false),
        ("custom:since", "1800000000", true),
    ]

    @Test(arguments: dates) func datesAreDates(name: JSONValue, value: JSONValue, isGood: Bool) async throws {
        let since: JSONValue = ["Name": "since", "AttributeDataType": "DateTime", "Mutable": true]
        let (pool, _) = try await test.pool(["Schema": [since]])
        try await test.user("ada", in: pool)
        let fault = await test.fault("AdminUpdateUserAttributes", change(name, value, pool))
        #expect(fault.hasPrefix(isGood ? "no fault" : "InvalidParameterException"), "\(fault)")
    }
}
