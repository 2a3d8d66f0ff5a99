import JSON
import Testing

@testable import UserPools

/// A code that went to an address proves that one, and no other.
@Suite struct ReplacedAddressTests {
    private let test = TestPools()

    private func address(_ value: JSONValue, in pool: JSONValue, isVerified: Bool = false) -> JSONValue {
        var attributes: [JSONValue] = [["Name": "email", "Value": value]]
        if isVerified { attributes.append(["Name": "email_verified", "Value": "true"]) }
        return ["UserPoolId": pool, "Username": "ada", "UserAttributes": .array(attributes)]
    }

    @Test func theCodeOfASignUpEndsWithItsAddress() async throws {
        let (pool, client) = try await test.pool(["AutoVerifiedAttributes": ["email"]])
        try await test.call(
            "SignUp",
            [
                "ClientId": client, "Username": "ada", "Password": TestPools.password,
                "UserAttributes": [["Name": "email", "Value": "old@example.com"]],
            ])
        let code = try test.lastCode()
        try await test.call("AdminUpdateUserAttributes", address("new@example.com", in: pool))
        let fault = await test.fault(
            "ConfirmSignUp", ["ClientId": client, "Username": "ada", "ConfirmationCode": code])
        #expect(fault.hasPrefix("ExpiredCodeException"))
    }

    @Test(arguments: [false, true]) func theCodeOfARecoveryEndsWithItsAddress(isVerified: Bool) async throws {
        let (pool, client) = try await test.pool()
        try await test.user("ada", in: pool, ["email": "old@example.com", "email_verified": "true"])
        try await test.call("ForgotPassword", ["ClientId": client, "Username": "ada"])
        let code = try test.lastCode()
        try await test.call("AdminUpdateUserAttributes", address("new@example.com", in: pool, isVerified: isVerified))
        let fault = await test.fault(
            "ConfirmForgotPassword",
            ["ClientId": client, "Username": "ada", "ConfirmationCode": code, "Password": "Another-horse-2"])
        #expect(fault.hasPrefix("ExpiredCodeException"))
    }

    @Test func aCodeOfAnotherAddressStays() async throws {
        let (pool, client) = try await test.pool()
        try await test.user("ada", in: pool, ["email": "old@example.com", "email_verified": "true"])
        try await test.call("ForgotPassword", ["ClientId": client, "Username": "ada"])
        let code = try test.lastCode()
        try await test.call(
            "AdminUpdateUserAttributes",
            [
                "UserPoolId": pool, "Username": "ada",
                "UserAttributes": [["Name": "phone_number", "Value": "+15551234567"]],
            ])
        try await test.call(
            "ConfirmForgotPassword",
            ["ClientId": client, "Username": "ada", "ConfirmationCode": code, "Password": "Another-horse-2"])
    }
}
