import EntityStore
import GatewayModel
import JSON
import Shapes
import Testing

@testable import ControlPlane

@Suite("Secrets")
struct SecretTests {
    private let plane = LambdaPlane()

    private static func token(_ number: Int) -> JSONValue { .string("00000000-0000-0000-0000-00000000000\(number)") }

    private func call(_ operation: String, _ members: JSONObject, in plane: LambdaPlane? = nil) async -> Answer {
        await (plane ?? self.plane).target("secretsmanager.\(operation)", members)
    }

    private func put(_ value: String, _ number: Int, _ members: JSONObject = [:]) async -> Answer {
        var body: JSONObject = [
            "SecretId": "s", "SecretString": .string(value), "ClientRequestToken": Self.token(number),
        ]
        for (key, value) in members { body[key] = value }
        return await call("PutSecretValue", body)
    }

    private func value(_ stage: String) async -> String? {
        await call("GetSecretValue", ["SecretId": "s", "VersionStage": .string(stage)]).string("SecretString")
    }

    @Test("move the stage of the current version, and the previous one follows")
    func stages() async {
        await plane.target("secretsmanager.CreateSecret", ["Name": "s"])
        #expect(await put("a", 1).status == 200)
        #expect(await put("b", 2).status == 200)
        #expect(await value("AWSCURRENT") == "b")
        #expect(await value("AWSPREVIOUS") == "a")
        #expect(await put("c", 3, ["VersionStages": ["AWSPENDING"]]).status == 200)
        #expect(await value("AWSCURRENT") == "b")
        let moved = await call(
            "UpdateSecretVersionStage",
            [
                "SecretId": "s", "VersionStage": "AWSCURRENT", "RemoveFromVersionId": Self.token(2),
                "MoveToVersionId": Self.token(3),
            ])
        #expect(moved.status == 200)
        #expect(await value("AWSCURRENT") == "c")
        #expect(await value("AWSPREVIOUS") == "b")
        let unnamed = await call(
            "UpdateSecretVersionStage",
            ["SecretId": "s", "VersionStage": "AWSCURRENT", "MoveToVersionId": Self.token(2)])
        #expect(unnamed.message?.contains("RemoveFromVersionId can't be empty") == true)
    }

    @Test("take a call that comes twice once")
    func tokens() async {
        await plane.target("secretsmanager.CreateSecret", ["Name": "s"])
        _ = await put("a", 1)
        #expect(await put("a", 1).status == 200)
        let other = await put("b", 1)
        #expect(other.string("__type") == "ResourceExistsException")
        #expect(other.message?.contains("b ") == false || other.message?.contains("SecretString") == false)
        #expect(plane.plane.world[Secret.self, "s"]?.versions.count == 1)
    }

    @Test("are sealed in the store, and there after a restart")
    func kept() async throws {
        await plane.target("secretsmanager.CreateSecret", ["Name": "s"])
        _ = await put("hidden away", 1)
        let stored = try await plane.store.memory.load(["secretsmanager.secret"]).roots.flatMap(\.entities)
        #expect(stored.contains(where: ControlPlane.isSealed))
        #expect(!stored.contains { String(decoding: $0.document, as: UTF8.self).contains("hidden") })
        let restarted = try await plane.restarted()
        let described = await call("DescribeSecret", ["SecretId": "s"], in: restarted)
        #expect(described.string("Name") == "s")
    }

    @Test("are gone when their time is over, and their names are free")
    func deletion() async throws {
        await plane.target("secretsmanager.CreateSecret", ["Name": "s"])
        _ = await call("DeleteSecret", ["SecretId": "s", "RecoveryWindowInDays": 7])
        let secret = try #require(plane.plane.world[Secret.self, "s"])
        let due = try #require(secret.facts.deletion?.due)
        #expect(!secret.isGone(at: Timestamp(milliseconds: due - 1)))
        try await plane.plane.forgetSecrets(at: Timestamp(milliseconds: due - 1))
        #expect(plane.plane.world[Secret.self, "s"] != nil)
        try await plane.plane.forgetSecrets(at: Timestamp(milliseconds: due))
        #expect(plane.plane.world[Secret.self, "s"] == nil)
    }

    @Test(
        "are told of by their ARN, or by what it will be",
        arguments: [
            ("GetSecretValue", #"{"SecretId":"none"}"#, ["GetSecretValue secret:none-??????"]),
            ("CreateSecret", #"{"Name":"none"}"#, ["CreateSecret secret:none-??????"]),
            (
                "CreateSecret", #"{"Name":"none","Tags":[{"Key":"k"}]}"#,
                ["CreateSecret secret:none-??????", "TagResource secret:none-??????"]
            ),
            ("ListSecrets", "{}", ["ListSecrets *"]), ("GetRandomPassword", "{}", ["GetRandomPassword *"]),
        ])
    func permissions(operation: String, body: String, expected: [String]) throws {
        let found = SecretPermissions(operation: operation, call: try .of(body), world: World()).all
        let prefix = "arn:aws:secretsmanager:eu-central-1:123456789012:"
        #expect(
            found.map {
                "\($0.action.replacing("secretsmanager:", with: "")) \($0.resource.replacing(prefix, with: ""))"
            } == expected)
    }

    @Test(
        "are found by words, case and exclamation marks",
        arguments: [
            ("name", "Ab", true), ("name", "ab", false), ("description", "WORD", true), ("description", "ord", false),
            ("tag-key", "k", true), ("tag-value", "v", true), ("tag-value", "!v", false), ("name", "!x", true),
            ("all", "second ab", true), ("all", "second none", false), ("owning-service", "x", false),
        ])
    func filters(key: String, value: String, isFound: Bool) {
        let secret = Secret(
            facts: Secret.Facts(
                name: "Abc", suffix: "aaaaaa", description: "a word, Second", tags: ["key": "value"], created: 0,
                changed: 0))
        let filter = SecretFilter(["Key": .string(key), "Values": [.string(value)]])
        #expect(filter.matches(secret) == isFound)
    }
}

@Suite("Random passwords")
struct RandomPasswordTests {
    private func make(_ members: JSONObject, length: Int? = nil) throws(ServiceError) -> String {
        try RandomPassword(Input(members: members), length: length).text
    }

    @Test("have every kind of character that is wanted")
    func kinds() throws {
        for _ in 0..<50 {
            let password = try make([:], length: 4)
            #expect(password.count == 4)
            #expect(password.contains { $0.isLowercase } && password.contains { $0.isUppercase })
            #expect(password.contains { $0.isNumber })
        }
        #expect(try make([:]).count == 32)
    }

    @Test("have nothing that is excluded")
    func exclusions() throws {
        let members: JSONObject = [
            "ExcludeLowercase": true, "ExcludeUppercase": true, "ExcludePunctuation": true,
            "ExcludeCharacters": "0123456",
        ]
        #expect(Set(try make(members, length: 200)).isSubset(of: Set("789")))
        #expect(throws: ServiceError.self) {
            var none = members
            none["ExcludeNumbers"] = true
            _ = try make(none)
        }
        #expect(throws: ServiceError.self) { _ = try make([:], length: 3) }
    }
}
