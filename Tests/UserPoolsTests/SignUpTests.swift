import JSON
import Testing

@testable import UserPools

@Suite struct SignUpTests {
    private let test = TestPools()

    private func code(_ place: Int = -1) -> String {
        let list = test.pools.outbox.list().array ?? []
        return (place < 0 ? list.last : list[place])?["code"]?.string ?? ""
    }

    private func signUp(_ name: String, _ client: JSONValue, email: String? = nil) -> JSONValue {
        [
            "ClientId": client, "Username": .string(name), "Password": TestPools.password,
            "UserAttributes": .array(email.map { [["Name": "email", "Value": .string($0)]] } ?? []),
        ]
    }

    @Test func whoSignsUpConfirmsWithTheCodeAndSignsIn() async throws {
        let (_, client) = try await test.pool(["AutoVerifiedAttributes": ["email"]])
        let made = try await test.call("SignUp", signUp("ada", client, email: "ada@example.com"))
        #expect(made["UserConfirmed"] == false)
        #expect(
            made["CodeDeliveryDetails"]
                == ["Destination": "a***@e***", "DeliveryMedium": "EMAIL", "AttributeName": "email"])
        #expect(
            await test.fault("InitiateAuth", TestPools.passwordCall("ada", client))
                == "UserNotConfirmedException: User is not confirmed.")
        let wrong = code() == "000000" ? "000001" : "000000"
        #expect(
            await test.fault(
                "ConfirmSignUp", ["ClientId": client, "Username": "ada", "ConfirmationCode": .string(wrong)])
                == "CodeMismatchException: Invalid verification code provided, please try again.")
        try await test.call(
            "ConfirmSignUp", ["ClientId": client, "Username": "ada", "ConfirmationCode": .string(code())])
        let result = try await test.signIn("ada", client)["AuthenticationResult"]
        let user = try await test.call("GetUser", ["AccessToken": try #require(result?["AccessToken"])])
        #expect(
            user["UserAttributes"]?.array?.contains(["Name": "email_verified", "Value": "true"]) == true)
    }

    @Test func aCodeBearsFewGuesses() async throws {
        let (_, client) = try await test.pool(["AutoVerifiedAttributes": ["email"]])
        try await test.call("SignUp", signUp("ada", client, email: "ada@example.com"))
        let wrong = code() == "000000" ? "000001" : "000000"
        for _ in 0..<5 {
            _ = await test.fault(
                "ConfirmSignUp", ["ClientId": client, "Username": "ada", "ConfirmationCode": .string(wrong)])
        }
        #expect(
            await test.fault(
                "ConfirmSignUp", ["ClientId": client, "Username": "ada", "ConfirmationCode": .string(code())])
                == "LimitExceededException: Attempt limit exceeded, please try after some time.")
    }

    @Test func aPoolWithoutVerificationSendsNothing() async throws {
        let (_, client) = try await test.pool()
        let made = try await test.call("SignUp", signUp("ada", client, email: "ada@example.com"))
        #expect(made["CodeDeliveryDetails"] == nil)
        #expect(test.pools.outbox.list() == [])
    }

    @Test func namesAreTakenOnce() async throws {
        let (_, client) = try await test.pool()
        try await test.call("SignUp", signUp("ada", client))
        #expect(await test.fault("SignUp", signUp("ada", client)) == "UsernameExistsException: User already exists")
    }

    @Test func anAddressMayStandForTheUsername() async throws {
        let (pool, client) = try await test.pool(["UsernameAttributes": ["email"]])
        let made = try await test.call("SignUp", signUp("ada@example.com", client))
        #expect(
            await test.fault("SignUp", signUp("ADA@example.com", client))
                == "UsernameExistsException: An account with the given email already exists.")
        #expect(
            await test.fault("SignUp", signUp("ada", client))
                == "InvalidParameterException: Username should be an email.")
        try await test.call("AdminConfirmSignUp", ["UserPoolId": pool, "Username": "ada@example.com"])
        _ = try await test.signIn("ada@example.com", client)
        let found = try await test.call("AdminGetUser", ["UserPoolId": pool, "Username": "ada@example.com"])
        #expect(found["Username"] == made["UserSub"])
    }

    @Test func nobodyTakesTheLookOfAnothersAddress() async throws {
        let (_, client) = try await test.pool(["AliasAttributes": ["email"]])
        #expect(
            await test.fault("SignUp", signUp("ada@example.com", client))
                == "InvalidParameterException: Username cannot be of email format, since user pool is configured for email alias."
        )
    }

    @Test(arguments: [
        ("short", "Password not long enough"), ("lower-case-1", "Password must have uppercase characters"),
        ("UPPER-CASE-1", "Password must have lowercase characters"),
        ("No-numbers", "Password must have numeric characters"),
        ("NoSymbols1", "Password must have symbol characters"),
    ])
    func passwordsConform(password: String, fault: String) async throws {
        let (_, client) = try await test.pool()
        let call: JSONValue = ["ClientId": client, "Username": "ada", "Password": .string(password)]
        #expect(
            await test.fault("SignUp", call)
                == "InvalidPasswordException: Password did not conform with policy: \(fault)")
    }

    @Test(arguments: [
        ("nosuch", "x", "nosuch: Attribute does not exist in the schema."),
        ("custom:tenant", "x", "custom:tenant: Attribute does not exist in the schema."),
        ("birthdate", "1815", "birthdate: String must be greater than 10 characters"),
    ])
    func attributesConform(name: String, value: String, fault: String) async throws {
        let (_, client) = try await test.pool()
        let call: JSONValue = [
            "ClientId": client, "Username": "ada", "Password": TestPools.password,
            "UserAttributes": [["Name": .string(name), "Value": .string(value)]],
        ]
        #expect(
            await test.fault("SignUp", call)
                == "InvalidParameterException: Attributes did not conform to the schema: \(fault)")
    }

    @Test(arguments: [#"{"ClientId":1}"#, "[]", "{", #"{"ClientId":"a","Username":["x"]}"#])
    func whatIsNoCallIsRefused(body: String) async {
        let answer = await test.pools.respond(to: "SignUp", Array(body.utf8))
        #expect(answer.body["__type"] == "SerializationException")
    }

    @Test func missingMembersAreToldAllAtOnce() async {
        #expect(
            await test.fault("SignUp", ["Password": "x"])
                == "InvalidParameterException: 2 validation errors detected: Value null at 'clientId' failed to satisfy constraint: Member must not be null; Value null at 'username' failed to satisfy constraint: Member must not be null"
        )
    }
}
