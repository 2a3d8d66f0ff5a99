import JSON
import Synchronization
import Testing

@testable import UserPools

@Suite struct UserMigrationTests {
    private final class Directory: TriggerHost {
        let response = Mutex<JSONValue>([:])
        let events = Mutex<[JSONValue]>([])

        func invoke(_ function: String, _ event: JSONValue, sourceArn: String) async -> TriggerResult {
            events.withLock { $0.append(event) }
            guard event["request"]?["password"] != "wrong" else { return .failed("Bad password") }
            return .answer(["response": response.withLock(\.self)])
        }
    }

    private let directory = Directory()
    private let test: TestPools

    init() { test = TestPools(triggers: directory) }

    private func pool(_ client: JSONObject = [:], _ more: JSONObject = [:]) async throws -> (
        pool: JSONValue, client: JSONValue
    ) {
        let function: JSONValue = "arn:aws:lambda:us-east-1:123456789012:function:f"
        let triggers: JSONObject = ["LambdaConfig": ["UserMigration": function]]
        return try await test.pool(triggers.merged(more), client: client)
    }

    @Test func whoIsUnknownThereLearnsWhatStrangersLearn() async throws {
        let (_, client) = try await pool()
        let id = client.string ?? ""
        #expect(
            await test.fault("InitiateAuth", TestPools.passwordCall("ada", client, password: "wrong"))
                == "UserNotFoundException: Exception migrating user in app client \(id)")
        let (_, hiding) = try await pool(["PreventUserExistenceErrors": "ENABLED"])
        for _ in 0..<5 {
            #expect(
                await test.fault("InitiateAuth", TestPools.passwordCall("ada", hiding, password: "wrong"))
                    == "NotAuthorizedException: Incorrect username or password.")
        }
        // The function is nobody's oracle.
        #expect(
            await test.fault("InitiateAuth", TestPools.passwordCall("ada", hiding, password: "wrong"))
                == "NotAuthorizedException: Password attempts exceeded")
        let event = directory.events.withLock { $0[0] }
        #expect(event["triggerSource"] == "UserMigration_Authentication")
        #expect(event["request"] == ["password": "wrong"])
    }

    private static let noUsers: [JSONValue] = [
        [:], ["userAttributes": [:]], ["userAttributes": ["email": "a@example.com"], "finalUserStatus": "UNCONFIRMED"],
        ["userAttributes": ["custom:none": "x"]], ["userAttributes": ["sub": "forged"]],
        ["userAttributes": ["email": "a@example.com"], "enableSMSMFA": true],
    ]

    @Test(arguments: noUsers)
    func whatIsNoUserIsNotTakenIn(response: JSONValue) async throws {
        let (pool, client) = try await pool()
        directory.response.withLock { $0 = response }
        #expect(
            await test.fault("InitiateAuth", TestPools.passwordCall("ada", client)).hasPrefix("UserNotFoundException"))
        #expect(try await test.call("ListUsers", ["UserPoolId": pool])["Users"] == [])
    }

    @Test func whoHasToResetThePasswordComesOverWithoutOne() async throws {
        let (pool, client) = try await pool()
        directory.response.withLock { $0 = ["userAttributes": ["email": "a@example.com", "email_verified": true]] }
        let fault = await test.fault("InitiateAuth", TestPools.passwordCall("ada", client))
        #expect(fault == "PasswordResetRequiredException: Password reset required for the user")
        let user = try await test.call("AdminGetUser", ["UserPoolId": pool, "Username": "ada"])
        #expect(user["UserStatus"] == "RESET_REQUIRED")
        try await test.call("ForgotPassword", ["ClientId": client, "Username": "ada"])
    }

    @Test func whoComesTwiceAtOnceComesOverOnce() async throws {
        let (pool, client) = try await pool([:], ["UsernameAttributes": ["email"]])
        directory.response.withLock { $0 = ["userAttributes": ["name": "Ada"], "finalUserStatus": "CONFIRMED"] }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { _ = try await test.signIn("ada@example.com", client) } }
            try await group.waitForAll()
        }
        let users = try await test.call("ListUsers", ["UserPoolId": pool])["Users"]?.array
        #expect(users?.count == 1)
    }
}
