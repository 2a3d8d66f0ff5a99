import Crypto
import GatewayModel
import JSON
import Testing

@testable import UserPools

@Suite struct SRPTests {
    private let test = TestPools()

    /// A client's half of an exchange.
    private struct Client {
        let secret = [UInt8](repeating: 7, count: 32)
        var publicKey: SRPNumber { SRPNumber.generator.power(secret) }
    }

    private func begin(_ client: JSONValue, _ key: String) -> JSONValue {
        [
            "ClientId": client, "AuthFlow": "USER_SRP_AUTH",
            "AuthParameters": ["USERNAME": "ada", "SRP_A": .string(key)],
        ]
    }

    /// Each of these would settle the key without a password.
    @Test(arguments: ["0", "00", SRPNumber.primeHex, "1" + SRPNumber.primeHex, "xyz"])
    func numbersThatAreNoKeysAreRefused(key: String) async throws {
        let (pool, client) = try await test.pool()
        try await test.user("ada", in: pool)
        #expect(
            await test.fault("InitiateAuth", begin(client, key)) == "InvalidParameterException: Invalid SRP_A")
    }

    @Test func aProofIsOfThePasswordAndCountsOnce() async throws {
        let (pool, client) = try await test.pool()
        try await test.user("ada", in: pool)
        let own = Client()
        let asked = try await test.call("InitiateAuth", begin(client, Hexadecimal.encode(own.publicKey.bytes)))
        let parameters = try #require(asked["ChallengeParameters"])
        func text(_ name: String) throws -> String { try #require(parameters[name]?.string) }
        let short = try #require(pool.string).split(separator: "_")[1]
        let salt = try #require(Hexadecimal.decode(try text("SALT")))
        let serverBytes = try #require(Hexadecimal.decode(try text("SRP_B")))
        let serverKey = try #require(SRPNumber(serverBytes))
        func hash(_ bytes: [UInt8]) -> [UInt8] { Array(SHA256.hash(data: bytes)) }
        let u = hash(SRP.pad(own.publicKey.bytes) + SRP.pad(serverKey.bytes))
        let x = hash(SRP.pad(salt) + hash(Array("\(short)ada:Correct-horse-1".utf8)))
        let prime = try #require(Hexadecimal.decode(SRPNumber.primeHex))
        let k = try #require(SRPNumber(hash([0] + prime + [2])))
        // (B - k g^x)^(a + u x), as two powers of one base.
        let minusOne = SRPNumber(prime.dropLast() + [prime[prime.count - 1] - 1])
        let minus = try #require(minusOne)
        let base = serverKey + minus * k * SRPNumber.generator.power(x)
        let shared = base.power(own.secret) * base.power(u).power(x)
        let key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: SRP.pad(shared.bytes)), salt: SRP.pad(u),
            info: Array("Caldera Derived Key".utf8), outputByteCount: 16)
        let block = try #require(Base64.decode(try text("SECRET_BLOCK")))
        let time = "Sun Nov 1 06:04:05 UTC 2026"
        let proof = HMAC<SHA256>.authenticationCode(
            for: Array("\(short)ada".utf8) + block + Array(time.utf8), using: key)
        let answer: JSONValue = [
            "ClientId": client, "ChallengeName": "PASSWORD_VERIFIER",
            "ChallengeResponses": [
                "USERNAME": "ada", "TIMESTAMP": .string(time),
                "PASSWORD_CLAIM_SECRET_BLOCK": .string(try text("SECRET_BLOCK")),
                "PASSWORD_CLAIM_SIGNATURE": .string(Base64.encode(Array(proof))),
            ],
        ]
        let done = try await test.call("RespondToAuthChallenge", answer)
        #expect(done["AuthenticationResult"]?["AccessToken"] != nil)
        #expect(await test.fault("RespondToAuthChallenge", answer).hasPrefix("NotAuthorizedException"))
    }

    private struct Definition: TriggerHost {
        let response: JSONValue
        func invoke(_ function: String, _ event: JSONValue, sourceArn: String) async -> TriggerResult {
            let isFirst = event["request"]?["session"] == [["challengeName": "SRP_A", "challengeResult": true]]
            return isFirst ? .answer(["response": response]) : .failed("asked too late")
        }
    }

    private static let definitions: [(JSONValue, String)] = [
        (["challengeName": "PASSWORD_VERIFIER"], "no fault: "),
        (["failAuthentication": true], "NotAuthorizedException: Incorrect username or password."),
        (
            ["challengeName": "SMS_MFA"],
            "InvalidParameterException: Gatehouse does not serve the challenge SMS_MFA of a function."
        ),
    ]

    @Test(arguments: definitions)
    func aFunctionSaysWhetherThePasswordIsAskedFor(response: JSONValue, fault: String) async throws {
        let test = TestPools(triggers: Definition(response: response))
        let function: JSONValue = "arn:aws:lambda:us-east-1:123456789012:function:f"
        let (pool, client) = try await test.pool(["LambdaConfig": ["DefineAuthChallenge": function]])
        try await test.user("ada", in: pool)
        let key = Hexadecimal.encode(Client().publicKey.bytes)
        let call: JSONValue = [
            "ClientId": client, "AuthFlow": "CUSTOM_AUTH",
            "AuthParameters": ["USERNAME": "ada", "SRP_A": .string(key), "CHALLENGE_NAME": "SRP_A"],
        ]
        #expect(await test.fault("InitiateAuth", call) == fault)
    }

    @Test func strangersLookLikeUsers() async throws {
        let (_, client) = try await test.pool(client: ["PreventUserExistenceErrors": "ENABLED"])
        let key = Hexadecimal.encode(Client().publicKey.bytes)
        let first = try await test.call("InitiateAuth", begin(client, key))["ChallengeParameters"]
        let second = try await test.call("InitiateAuth", begin(client, key))["ChallengeParameters"]
        #expect(first?["SALT"] != nil)
        #expect(first?["SALT"] == second?["SALT"])
        #expect(first?["SRP_B"] != second?["SRP_B"])
    }
}
