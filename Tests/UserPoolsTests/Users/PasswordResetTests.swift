import JSON
import Testing

@testable import UserPools

@Suite struct PasswordResetTests {
    private let test = TestPools()

    @Test(arguments: [("LEGACY", "NotAuthorizedException"), ("ENABLED", "CodeMismatchException")])
    func aDisabledUserSetsNoPassword(existence: String, expected: String) async throws {
        let (pool, client) = try await test.pool(client: ["PreventUserExistenceErrors": .string(existence)])
        try await test.user("ada", in: pool, ["email": "one@example.com", "email_verified": "true"])
        try await test.call("ForgotPassword", ["ClientId": client, "Username": "ada"])
        let code = try test.lastCode()
        try await test.call("AdminDisableUser", ["UserPoolId": pool, "Username": "ada"])
        let fault = await test.fault(
            "ConfirmForgotPassword",
            ["ClientId": client, "Username": "ada", "ConfirmationCode": code, "Password": "Another-horse-2"])
        #expect(fault.hasPrefix(expected))
    }
}
