import JSON
import JSONWebToken
import Synchronization
import Testing

@testable import UserPools

@Suite struct TriggerTests {
    /// Functions by their names, as closures.
    private final class Functions: TriggerHost {
        let events = Mutex<[JSONValue]>([])
        let answer: @Sendable (String, JSONValue) -> TriggerResult

        init(_ answer: @escaping @Sendable (String, JSONValue) -> TriggerResult) { self.answer = answer }

        func invoke(_ function: String, _ event: JSONValue, sourceArn: String) async -> TriggerResult {
            events.withLock { $0.append(event) }
            return answer(String(function.split(separator: ":").last ?? ""), event)
        }

        var sources: [String] { events.withLock { $0.compactMap { $0["triggerSource"]?.string } } }
    }

    private static func arn(_ name: String) -> JSONValue {
        .string("arn:aws:lambda:us-east-1:123456789012:function:\(name)")
    }

    private static func response(_ members: JSONValue) -> TriggerResult { .answer(["response": members]) }

    static func claims(_ token: JSONValue?) throws -> JSONValue {
        let part = try #require(token?.string).split(separator: ".")[1]
        return try JSONValue(parsing: try #require(Base64URL.decode(String(part))))
    }

    @Test func aFunctionMayConfirmWhoSignsUp() async throws {
        let functions = Functions { name, _ in
            name == "pre" ? Self.response(["autoConfirmUser": true, "autoVerifyEmail": true]) : Self.response([:])
        }
        let test = TestPools(triggers: functions)
        let (pool, client) = try await test.pool([
            "LambdaConfig": ["PreSignUp": Self.arn("pre"), "PostConfirmation": Self.arn("post")]
        ])
        let made = try await test.call(
            "SignUp",
            [
                "ClientId": client, "Username": "ada", "Password": TestPools.password,
                "UserAttributes": [["Name": "email", "Value": "ada@example.com"]],
                "ClientMetadata": ["from": "test"],
            ])
        #expect(made["UserConfirmed"] == true)
        #expect(functions.sources == ["PreSignUp_SignUp", "PostConfirmation_ConfirmSignUp"])
        let event = functions.events.withLock { $0[0] }
        #expect(event["userPoolId"] == pool)
        #expect(event["callerContext"]?["clientId"] == client)
        #expect(event["request"]?["clientMetadata"] == ["from": "test"])
        let user = try await test.call("AdminGetUser", ["UserPoolId": pool, "Username": "ada"])
        #expect(user["UserStatus"] == "CONFIRMED")
        #expect(user["UserAttributes"]?.array?.contains(["Name": "email_verified", "Value": "true"]) == true)
    }

    private static let noAnswers: [(JSONValue, String)] = [
        (.null, "Invalid lambda function output : Invalid JSON"),
        ("text", "Invalid lambda function output : Invalid JSON"),
        ([], "Invalid lambda function output : Invalid JSON"),
        ([:], "Unrecognizable lambda output"), (["response": 7], "Unrecognizable lambda output"),
    ]

    @Test(arguments: noAnswers)
    func anAnswerThatIsNoneRefuses(answer: JSONValue, message: String) async throws {
        let test = TestPools(triggers: Functions { _, _ in .answer(answer) })
        let (_, client) = try await test.pool(["LambdaConfig": ["PreSignUp": Self.arn("pre")]])
        let call: JSONValue = ["ClientId": client, "Username": "ada", "Password": TestPools.password]
        #expect(await test.fault("SignUp", call) == "InvalidLambdaResponseException: \(message)")
    }

    @Test func aFunctionThatFailsRefuses() async throws {
        let test = TestPools(triggers: Functions { _, _ in .failed("not you") })
        let (_, client) = try await test.pool(["LambdaConfig": ["PreSignUp": Self.arn("pre")]])
        let call: JSONValue = ["ClientId": client, "Username": "ada", "Password": TestPools.password]
        #expect(
            await test.fault("SignUp", call)
                == "UserLambdaValidationException: PreSignUp failed with error not you.")
    }

    @Test func aLateFunctionIsAskedThreeTimes() async throws {
        let functions = Functions { _, _ in .late }
        let test = TestPools(triggers: functions)
        let (_, client) = try await test.pool(["LambdaConfig": ["PreSignUp": Self.arn("pre")]])
        let call: JSONValue = ["ClientId": client, "Username": "ada", "Password": TestPools.password]
        #expect(await test.fault("SignUp", call).hasPrefix("UnexpectedLambdaException"))
        #expect(functions.sources.count == 3)
    }

    @Test func claimsAndScopesAreChanged() async throws {
        let functions = Functions { _, _ in
            Self.response([
                "claimsAndScopeOverrideDetails": [
                    "idTokenGeneration": [
                        "claimsToAddOrOverride": ["tenant": "a", "sub": "forged"], "claimsToSuppress": ["email"],
                    ],
                    "accessTokenGeneration": [
                        "claimsToAddOrOverride": ["level": 3], "scopesToAdd": ["items/read", "two words"],
                    ],
                    "groupOverrideDetails": ["groupsToOverride": ["made"]],
                ]
            ])
        }
        let test = TestPools(triggers: functions)
        let (pool, client) = try await test.pool([
            "LambdaConfig": ["PreTokenGenerationConfig": ["LambdaVersion": "V2_0", "LambdaArn": Self.arn("token")]]
        ])
        try await test.user("ada", in: pool, ["email": "ada@example.com"])
        let result = try await test.signIn("ada", client)["AuthenticationResult"]
        let (id, access) = (try Self.claims(result?["IdToken"]), try Self.claims(result?["AccessToken"]))
        #expect(id["tenant"] == "a")
        #expect(id["sub"] != "forged")
        #expect(id["email"] == nil)
        #expect(id["cognito:groups"] == ["made"])
        #expect(access["level"] == 3)
        #expect(access["scope"] == "aws.cognito.signin.user.admin items/read")
        #expect(functions.events.withLock { $0.first?["version"] } == "2")
    }

    @Test func customChallengesGoInRounds() async throws {
        let functions = Functions { name, event in
            let rounds = event["request"]?["session"]?.array ?? []
            switch name {
            case "define":
                if rounds.last?["challengeResult"] == true { return Self.response(["issueTokens": true]) }
                if rounds.count >= 2 { return Self.response(["failAuthentication": true]) }
                return Self.response(["challengeName": "CUSTOM_CHALLENGE"])
            case "create":
                return Self.response([
                    "publicChallengeParameters": ["question": "6*7"], "privateChallengeParameters": ["answer": "42"],
                ])
            default:
                let asked = event["request"]
                return Self.response([
                    "answerCorrect": .bool(
                        asked?["challengeAnswer"] == asked?["privateChallengeParameters"]?["answer"])
                ])
            }
        }
        let test = TestPools(triggers: functions)
        let (pool, client) = try await test.pool([
            "LambdaConfig": [
                "DefineAuthChallenge": Self.arn("define"), "CreateAuthChallenge": Self.arn("create"),
                "VerifyAuthChallengeResponse": Self.arn("verify"),
            ]
        ])
        try await test.user("ada", in: pool)
        func begin() async throws -> JSONValue {
            try await test.call(
                "InitiateAuth", ["ClientId": client, "AuthFlow": "CUSTOM_AUTH", "AuthParameters": ["USERNAME": "ada"]])
        }
        func answer(_ text: JSONValue, _ asked: JSONValue) throws -> JSONValue {
            [
                "ClientId": client, "ChallengeName": "CUSTOM_CHALLENGE", "Session": try #require(asked["Session"]),
                "ChallengeResponses": ["USERNAME": "ada", "ANSWER": text],
            ]
        }
        let first = try await begin()
        #expect(first["ChallengeParameters"]?["question"] == "6*7")
        #expect(first["ChallengeParameters"]?["answer"] == nil)
        let second = try await test.call("RespondToAuthChallenge", try answer("41", first))
        let done = try await test.call("RespondToAuthChallenge", try answer("42", second))
        #expect(done["AuthenticationResult"]?["IdToken"] != nil)
        // A round's session counts once, and two wrong answers end it.
        #expect(await test.fault("RespondToAuthChallenge", try answer("42", second)).hasPrefix("NotAuthorized"))
        let again = try await test.call("RespondToAuthChallenge", try answer("1", try await begin()))
        #expect(
            await test.fault("RespondToAuthChallenge", try answer("2", again))
                == "NotAuthorizedException: Incorrect username or password.")
    }

    private static func machine(
        _ test: TestPools, _ version: JSONValue, flows: JSONValue = ["ALLOW_REFRESH_TOKEN_AUTH"]
    ) async throws -> (id: JSONValue, secret: JSONValue) {
        let (pool, _) = try await test.pool([
            "LambdaConfig": ["PreTokenGenerationConfig": ["LambdaVersion": version, "LambdaArn": arn("token")]]
        ])
        let scopes: JSONValue = [["ScopeName": "read", "ScopeDescription": "read"]]
        try await test.call(
            "CreateResourceServer", ["UserPoolId": pool, "Identifier": "items", "Name": "items", "Scopes": scopes])
        let made = try await test.call(
            "CreateUserPoolClient",
            [
                "UserPoolId": pool, "ClientName": "machine", "GenerateSecret": true, "ExplicitAuthFlows": flows,
                "AllowedOAuthFlowsUserPoolClient": true, "AllowedOAuthFlows": ["client_credentials"],
                "AllowedOAuthScopes": ["items/read"],
            ])
        return (
            try #require(made["UserPoolClient"]?["ClientId"]), try #require(made["UserPoolClient"]?["ClientSecret"])
        )
    }

    private static let machineChanges = response([
        "claimsAndScopeOverrideDetails": [
            "idTokenGeneration": ["claimsToAddOrOverride": ["lost": true]],
            "accessTokenGeneration": [
                "claimsToAddOrOverride": ["level": 3, "sub": "forged"], "scopesToAdd": ["items/write"],
            ],
        ]
    ])

    @Test func machinesTokensAreChangedByVersionThree() async throws {
        let functions = Functions { _, _ in Self.machineChanges }
        let test = TestPools(triggers: functions)
        let client = try await Self.machine(test, "V3_0")
        let answer = try await test.token([
            ("grant_type", "client_credentials"), ("client_id", client.id.string ?? ""),
            ("client_secret", client.secret.string ?? ""), ("aws_client_metadata", #"{"from": "test"}"#),
        ])
        let said = try Self.claims(answer["access_token"])
        #expect(said["level"] == 3)
        #expect(said["sub"] == client.id)
        #expect(said["scope"] == "items/read items/write")
        #expect(functions.sources == ["TokenGeneration_ClientCredentials"])
        let event = functions.events.withLock { $0[0] }
        #expect(event["version"] == "3")
        #expect(event["userName"] == nil)
        #expect(event["request"]?["scopes"] == ["items/read"])
        #expect(event["request"]?["clientMetadata"] == ["from": "test"])
    }

    @Test func machinesTokensAreChangedByTheirOwnOperationToo() async throws {
        let functions = Functions { _, _ in Self.machineChanges }
        let test = TestPools(triggers: functions)
        let client = try await Self.machine(test, "V3_0", flows: ["ALLOW_CLIENT_TOKEN_AUTH"])
        let answer = try await test.call(
            "GetClientToken",
            ["ClientId": client.id, "Secret": client.secret, "ClientMetadata": ["from": "test"]])
        #expect(try Self.claims(answer["ClientAuthenticationResult"]?["AccessToken"])["level"] == 3)
        #expect(functions.events.withLock { $0[0]["request"]?["clientMetadata"] } == ["from": "test"])
    }

    @Test func otherVersionsDoNotLearnOfMachines() async throws {
        let functions = Functions { _, _ in Self.machineChanges }
        let test = TestPools(triggers: functions)
        let client = try await Self.machine(test, "V2_0")
        let answer = try await test.token([
            ("grant_type", "client_credentials"), ("client_id", client.id.string ?? ""),
            ("client_secret", client.secret.string ?? ""),
        ])
        #expect(answer["access_token"] != nil)
        #expect(functions.sources.isEmpty)
    }

    /// Source: API Reference, InitiateAuth: of sign-in only PreAuthentication and UserMigration learn of it.
    @Test func whatBeginsASignInIsToldToTheFirstFunctionsOnly() async throws {
        let functions = Functions { name, _ in
            name == "define" ? Self.response(["challengeName": "CUSTOM_CHALLENGE"]) : Self.response([:])
        }
        let test = TestPools(triggers: functions)
        let (pool, client) = try await test.pool([
            "LambdaConfig": [
                "PreAuthentication": Self.arn("before"), "PostAuthentication": Self.arn("after"),
                "PreTokenGeneration": Self.arn("token"), "DefineAuthChallenge": Self.arn("define"),
                "CreateAuthChallenge": Self.arn("create"), "VerifyAuthChallengeResponse": Self.arn("verify"),
            ]
        ])
        try await test.user("ada", in: pool)
        var call = TestPools.passwordCall("ada", client).object ?? [:]
        call["ClientMetadata"] = ["from": "test"]
        try await test.call("InitiateAuth", .object(call))
        let asked = try await test.call(
            "InitiateAuth",
            [
                "ClientId": client, "AuthFlow": "CUSTOM_AUTH", "AuthParameters": ["USERNAME": "ada"],
                "ClientMetadata": ["from": "test"],
            ])
        func told() -> [JSONValue] {
            functions.events.withLock { events in
                defer { events = [] }
                return events.filter { $0["request"]?["clientMetadata"] != nil }.compactMap { $0["triggerSource"] }
            }
        }
        #expect(functions.events.withLock { $0[0]["request"]?["validationData"] } == ["from": "test"])
        #expect(told() == [])
        // An answer to a challenge is told to all.
        try await test.call(
            "RespondToAuthChallenge",
            [
                "ClientId": client, "ChallengeName": "CUSTOM_CHALLENGE", "Session": asked["Session"] ?? "",
                "ChallengeResponses": ["USERNAME": "ada", "ANSWER": "42"], "ClientMetadata": ["from": "test"],
            ])
        #expect(
            told() == [
                "VerifyAuthChallengeResponse_Authentication", "DefineAuthChallenge_Authentication",
                "CreateAuthChallenge_Authentication",
            ])
    }
}
