import JSON
import Testing

@testable import UserPools

@Suite struct TOTPTests {
    /// RFC 6238 appendix B, cut to six digits.
    @Test(arguments: [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")])
    func codesAreThoseOfTheRFC(seconds: Int64, code: String) {
        #expect(TOTP.code(Array("12345678901234567890".utf8), step: seconds / 30) == code)
    }

    @Test func eachCodeIsTakenOnceAndInItsTime() throws {
        let secret = Array("12345678901234567890".utf8)
        let step = try #require(TOTP.step(of: "287082", secret, now: 59_000, after: nil))
        #expect(TOTP.step(of: "287082", secret, now: 59_000, after: step) == nil)
        #expect(TOTP.step(of: "287082", secret, now: 89_000, after: nil) == step)
        #expect(TOTP.step(of: "287082", secret, now: 150_000, after: nil) == nil)
        #expect(TOTP.step(of: "28708", secret, now: 59_000, after: nil) == nil)
    }

    @Test func secretsAreBase32() {
        #expect(TOTP.text(Array("foobar".utf8)) == "MZXW6YTBOI")
    }

    @Test func anAppIsSetUpProvedAndAskedFor() async throws {
        let test = TestPools()
        let (pool, client) = try await test.pool()
        try await test.call(
            "SetUserPoolMfaConfig",
            ["UserPoolId": pool, "MfaConfiguration": "ON", "SoftwareTokenMfaConfiguration": ["Enabled": true]])
        try await test.user("ada", in: pool)
        let asked = try await test.signIn("ada", client)
        #expect(asked["ChallengeName"] == "MFA_SETUP")
        let begun = try await test.call("AssociateSoftwareToken", ["Session": try #require(asked["Session"])])
        let secret = try #require(begun["SecretCode"]?.string)
        func code(after steps: Int64) throws -> JSONValue {
            .string(TOTP.code(try #require(Self.bytes(secret)), step: 1_800_000_000 / 30 + steps))
        }
        let session = try #require(begun["Session"])
        #expect(
            await test.fault("VerifySoftwareToken", ["Session": session, "UserCode": "000000"])
                .hasPrefix("EnableSoftwareTokenMFAException"))
        let proved = try await test.call("VerifySoftwareToken", ["Session": session, "UserCode": try code(after: 0)])
        let done = try await test.call(
            "RespondToAuthChallenge",
            [
                "ClientId": client, "ChallengeName": "MFA_SETUP", "Session": try #require(proved["Session"]),
                "ChallengeResponses": ["USERNAME": "ada"],
            ])
        #expect(done["AuthenticationResult"]?["AccessToken"] != nil)
        test.pass(seconds: 60)
        let next = try await test.signIn("ada", client)
        #expect(next["ChallengeName"] == "SOFTWARE_TOKEN_MFA")
        func answer(_ code: JSONValue) throws -> JSONValue {
            [
                "ClientId": client, "ChallengeName": "SOFTWARE_TOKEN_MFA", "Session": try #require(next["Session"]),
                "ChallengeResponses": ["USERNAME": "ada", "SOFTWARE_TOKEN_MFA_CODE": code],
            ]
        }
        // The one that proved the app was taken.
        #expect(await test.fault("RespondToAuthChallenge", try answer(code(after: 0))).hasPrefix("CodeMismatch"))
        try await test.call("RespondToAuthChallenge", try answer(code(after: 2)))
        #expect(await test.fault("RespondToAuthChallenge", try answer(code(after: 3))).hasPrefix("NotAuthorized"))
    }

    private static func bytes(_ text: String) -> [UInt8]? {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)
        var bytes: [UInt8] = []
        var (group, bits) = (0, 0)
        for symbol in text.utf8 {
            guard let value = alphabet.firstIndex(of: symbol) else { return nil }
            group = (group << 5 | value) & 0xFFFF
            bits += 5
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(group >> bits & 0xFF))
            }
        }
        return bytes
    }
}
