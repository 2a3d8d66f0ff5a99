import JSON
import Testing

@testable import UserPools

/// Where the client hides it, nobody learns who is there.
@Suite struct StrangerTests {
    private let test = TestPools()
    private let hiding: JSONObject = ["PreventUserExistenceErrors": "ENABLED"]

    private func srp(_ name: String, _ client: JSONValue) -> JSONValue {
        [
            "ClientId": client, "AuthFlow": "USER_SRP_AUTH",
            "AuthParameters": ["USERNAME": .string(name), "SRP_A": "0123456789ABCDEF"],
        ]
    }

    @Test(arguments: ["UsernameAttributes", "AliasAttributes"])
    func whoeverSignsInByAnAddressHasAnIdOfTheSameShape(member: String) async throws {
        let (_, client) = try await test.pool([member: ["email"]], client: hiding)
        func id(_ name: String) async throws -> JSONValue? {
            try await test.call("InitiateAuth", srp(name, client))["ChallengeParameters"]?["USER_ID_FOR_SRP"]
        }
        let first = try #require(try await id("nobody@example.com")?.string)
        #expect(first.utf8.count == 36 && first.split(separator: "-").count == 5)
        #expect(try await id("nobody@example.com") == .string(first))
        #expect(try await id("other@example.com") != .string(first))
        #expect(try await id("Nobody@EXAMPLE.com") == .string(first))
        let (_, elsewhere) = try await test.pool([member: ["email"]], client: hiding)
        let second = try await test.call("InitiateAuth", srp("nobody@example.com", elsewhere))
        #expect(second["ChallengeParameters"]?["USER_ID_FOR_SRP"] != .string(first))
    }

    @Test func whoCannotResetIsToldWhatAStrangerIs() async throws {
        let (pool, client) = try await test.pool(client: hiding)
        try await test.user("disabled", in: pool, ["email": "a@example.com", "email_verified": "true"])
        try await test.call("AdminDisableUser", ["UserPoolId": pool, "Username": "disabled"])
        try await test.user("nowhere", in: pool, ["email": "b@example.com"])
        try await test.call(
            "AdminCreateUser", ["UserPoolId": pool, "Username": "invited", "MessageAction": "SUPPRESS"])
        for name: JSONValue in ["nobody", "disabled", "nowhere", "invited"] {
            let answer = try await test.call("ForgotPassword", ["ClientId": client, "Username": name])
            #expect(answer["CodeDeliveryDetails"]?["DeliveryMedium"] == "EMAIL", "\(name)")
        }
        #expect(test.pools.outbox.list() == [])
    }

    /// An address that is the name itself is shown as its owner's would be.
    @Test func anInventedPlaceIsThatOfTheName() async throws {
        let (_, client) = try await test.pool(["UsernameAttributes": ["email", "phone_number"]], client: hiding)
        func place(_ name: String) async throws -> JSONValue? {
            try await test.call("ForgotPassword", ["ClientId": client, "Username": .string(name)])[
                "CodeDeliveryDetails"]
        }
        let mail = try await place("nobody@example.com")
        #expect(mail?["Destination"] == "n***@e***")
        let phone = try await place("+15551234567")
        #expect(phone?["DeliveryMedium"] == "SMS")
        #expect(phone?["Destination"] == "+*******4567")
    }

    private static let guesses = [
        ("ConfirmForgotPassword", "password", "CodeMismatchException"),
        ("ConfirmSignUp", "signup", "CodeMismatchException"),
    ]

    @Test(arguments: guesses)
    func guessesOfCodesAreCountedForAll(operation: String, purpose: String, first: String) async throws {
        let (pool, client) = try await test.pool(["AutoVerifiedAttributes": ["email"]], client: hiding)
        if purpose == "signup" {
            try await test.call(
                "SignUp",
                [
                    "ClientId": client, "Username": "ada", "Password": TestPools.password,
                    "UserAttributes": [["Name": "email", "Value": "ada@example.com"]],
                ])
        } else {
            try await test.user("ada", in: pool, ["email": "ada@example.com", "email_verified": "true"])
            try await test.call("ForgotPassword", ["ClientId": client, "Username": "ada"])
        }
        func guess(_ name: JSONValue) async -> String {
            var call: JSONObject = ["ClientId": client, "Username": name, "ConfirmationCode": "no"]
            if purpose == "password" { call["Password"] = "Another-horse-2" }
            return await test.fault(operation, .object(call))
        }
        for round in 0..<8 {
            let (known, stranger) = (await guess("ada"), await guess("nobody"))
            #expect(known == stranger, "\(round)")
            #expect(known.hasPrefix(round < 5 ? first : "LimitExceededException"), "\(round): \(known)")
            // Waiting is no way to tell them apart.
            test.pass(seconds: 60)
        }
    }

    @Test func aWeakPasswordIsToldBeforeAnybodyIsLookedFor() async throws {
        let (pool, client) = try await test.pool(client: hiding)
        try await test.user("ada", in: pool, ["email": "ada@example.com", "email_verified": "true"])
        for name: JSONValue in ["ada", "nobody"] {
            let call: JSONValue = [
                "ClientId": client, "Username": name, "ConfirmationCode": "123456", "Password": "weak",
            ]
            #expect(await test.fault("ConfirmForgotPassword", call).hasPrefix("InvalidPasswordException"))
        }
    }

    @Test func codesAreSentAgainToStrangersAsOften() async throws {
        let (_, client) = try await test.pool(["AutoVerifiedAttributes": ["email"]], client: hiding)
        let call: JSONValue = ["ClientId": client, "Username": "nobody"]
        for _ in 0..<5 { try await test.call("ResendConfirmationCode", call) }
        #expect(await test.fault("ResendConfirmationCode", call).hasPrefix("LimitExceededException"))
    }

    @Test func whoHasToResetLearnsItByThePasswordOnly() async throws {
        let (pool, client) = try await test.pool(client: hiding)
        try await test.user("ada", in: pool, ["email": "ada@example.com", "email_verified": "true"])
        try await test.call("AdminResetUserPassword", ["UserPoolId": pool, "Username": "ada"])
        #expect(
            await test.fault("InitiateAuth", TestPools.passwordCall("ada", client, password: "Wrong-horse-1"))
                == "NotAuthorizedException: Incorrect username or password.")
        #expect(
            await test.fault("InitiateAuth", TestPools.passwordCall("ada", client))
                .hasPrefix("PasswordResetRequiredException"))
    }

    @Test func wrongProofsLockOutUsersAndStrangers() async throws {
        let (pool, client) = try await test.pool(["UsernameAttributes": ["email"]], client: hiding)
        try await test.user("ada@example.com", in: pool)
        for name in ["ada@example.com", "nobody@example.com"] {
            for _ in 0..<5 {
                let asked = try await test.call("InitiateAuth", srp(name, client))["ChallengeParameters"]
                let fault = await test.fault(
                    "RespondToAuthChallenge",
                    [
                        "ClientId": client, "ChallengeName": "PASSWORD_VERIFIER",
                        "ChallengeResponses": [
                            "USERNAME": asked?["USER_ID_FOR_SRP"] ?? "", "PASSWORD_CLAIM_SIGNATURE": "AAAA",
                            "PASSWORD_CLAIM_SECRET_BLOCK": asked?["SECRET_BLOCK"] ?? "",
                            "TIMESTAMP": "Sun Nov 29 08:30:00 UTC 2026",
                        ],
                    ])
                #expect(fault == "NotAuthorizedException: Incorrect username or password.", "\(name)")
            }
            let fault = await test.fault("InitiateAuth", srp(name, client))
            #expect(fault == "NotAuthorizedException: Password attempts exceeded", "\(name)")
        }
    }

    /// As of those that somebody has.
    @Test func allSpellingsOfAnAddressAreCountedAsOne() async throws {
        let (_, client) = try await test.pool(["UsernameAttributes": ["email"]], client: hiding)
        for name: JSONValue in ["a@x.example", "A@x.example", "a@X.example", "A@X.example", "a@x.Example"] {
            try await test.call("ForgotPassword", ["ClientId": client, "Username": name])
        }
        let fault = await test.fault("ForgotPassword", ["ClientId": client, "Username": "a@x.exAmple"])
        #expect(fault.hasPrefix("LimitExceededException"))
    }

    private struct Challenges: TriggerHost {
        func invoke(_ function: String, _ event: JSONValue, sourceArn: String) async -> TriggerResult {
            let isDone = !(event["request"]?["session"]?.array ?? []).isEmpty
            return .answer([
                "response": isDone
                    ? ["issueTokens": true] : ["challengeName": "CUSTOM_CHALLENGE", "answerCorrect": true]
            ])
        }
    }

    @Test func functionsChallengesTellNobodyApart() async throws {
        let test = TestPools(triggers: Challenges())
        func arn(_ name: String) -> JSONValue { .string("arn:aws:lambda:us-east-1:123456789012:function:\(name)") }
        let (pool, client) = try await test.pool(
            [
                "LambdaConfig": [
                    "DefineAuthChallenge": arn("define"), "CreateAuthChallenge": arn("create"),
                    "VerifyAuthChallengeResponse": arn("verify"),
                ]
            ], client: hiding)
        try await test.user("disabled", in: pool)
        try await test.call("AdminDisableUser", ["UserPoolId": pool, "Username": "disabled"])
        try await test.call(
            "SignUp", ["ClientId": client, "Username": "unconfirmed", "Password": TestPools.password])
        for (name, end): (JSONValue, String) in [
            ("nobody", "NotAuthorizedException: Incorrect username or password."),
            ("disabled", "NotAuthorizedException: Incorrect username or password."),
            // Behind the right answer.
            ("unconfirmed", "UserNotConfirmedException: User is not confirmed."),
        ] {
            let asked = try await test.call(
                "InitiateAuth",
                ["ClientId": client, "AuthFlow": "CUSTOM_AUTH", "AuthParameters": ["USERNAME": name]])
            #expect(asked["ChallengeParameters"] == ["USERNAME": name])
            let fault = await test.fault(
                "RespondToAuthChallenge",
                [
                    "ClientId": client, "ChallengeName": "CUSTOM_CHALLENGE", "Session": asked["Session"] ?? "",
                    "ChallengeResponses": ["USERNAME": name, "ANSWER": "42"],
                ])
            #expect(fault == end)
        }
    }
}
