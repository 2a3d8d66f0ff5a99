import EntityStore
import GatewayModel
import JSON
import Shapes
import Testing

@testable import ControlPlane

@Suite("Parameters")
struct ParameterTests {
    private let plane = LambdaPlane()

    private func put(_ name: String, _ members: JSONObject = [:]) async -> Answer {
        var body: JSONObject = ["Name": .string(name), "Value": "v", "Type": "String"]
        for (key, value) in members { body[key] = value }
        return await plane.target("AmazonSSM.PutParameter", body)
    }

    private func value(_ name: String, in plane: LambdaPlane) async -> String? {
        await plane.target("AmazonSSM.GetParameter", ["Name": .string(name), "WithDecryption": true])
            .string("Parameter.Value")
    }

    @Test(
        "lie under a path directly or at any depth",
        arguments: [
            ("/a/b", "/a", true, true), ("/a/b/c", "/a", false, true), ("/a/b", "/a/", true, true),
            ("/ab/c", "/a", false, false), ("/a", "/a", false, false), ("a", "/", true, true), ("/a", "/", true, true),
        ])
    func paths(name: String, path: String, isDirect: Bool, isBelow: Bool) {
        #expect(ParameterName.lies(name, under: path, isRecursive: false) == isDirect)
        #expect(ParameterName.lies(name, under: path, isRecursive: true) == isBelow)
    }

    @Test("are there after a restart, a secret one sealed in the store")
    func kept() async throws {
        #expect(await put("/plain").status == 200)
        #expect(await put("/secret", ["Type": "SecureString", "Value": "hidden away"]).status == 200)
        #expect(await put("/plain", ["Value": "w", "Overwrite": true])["Version"]?.integer == 2)
        let stored = try await plane.store.memory.load(["ssm.parameter"]).roots.flatMap(\.entities)
        #expect(stored.filter(ControlPlane.isSealed).map(\.id.root.id) == ["/secret"])
        #expect(!stored.contains { String(decoding: $0.document, as: UTF8.self).contains("hidden") })
        let restarted = try await plane.restarted()
        #expect(await value("/plain", in: restarted) == "w")
        #expect(await value("/plain:1", in: restarted) == "v")
    }

    @Test("that are put again are written one version at a time")
    func writes() async {
        _ = await put("/a")
        _ = await put("/a", ["Value": "w", "Overwrite": true])
        #expect(plane.store.lastChanges.count == 1)
    }

    @Test("of a draft stay in the draft")
    func drafts() async {
        let draft = plane.plane.draft { _ in }
        let request = WireRequest(
            method: "POST", path: "/", headers: [("x-amz-target", "AmazonSSM.PutParameter")],
            body: Array(#"{"Name":"/a","Value":"v","Type":"String"}"#.utf8))
        #expect(await draft.respond(to: request).status == 200)
        #expect(await value("/a", in: plane) == nil)
    }

    @Test(
        "are told of as policies name them",
        arguments: [
            ("GetParameter", #"{"Name":"/a/b:3"}"#, ["ssm:GetParameter parameter/a/b"]),
            ("GetParameter", #"{"Name":"a"}"#, ["ssm:GetParameter parameter/a"]),
            (
                "GetParameter", #"{"Name":"arn:aws:ssm:eu-central-1:123456789012:parameter/a:prod"}"#,
                ["ssm:GetParameter parameter/a"]
            ),
            (
                "GetParameters", #"{"Names":["a","b"]}"#,
                ["ssm:GetParameters parameter/a", "ssm:GetParameters parameter/b"]
            ),
            (
                "GetParameter", #"{"Name":"/aws/reference/secretsmanager/s:AWSCURRENT"}"#,
                [
                    "ssm:GetParameter parameter/aws/reference/secretsmanager/s",
                    "secretsmanager:GetSecretValue arn:aws:secretsmanager:eu-central-1:123456789012:secret:s-??????",
                ]
            ),
            ("GetParametersByPath", #"{"Path":"/a"}"#, ["ssm:GetParametersByPath parameter/a"]),
            ("DescribeParameters", #"{"Name":"a"}"#, ["ssm:DescribeParameters *"]),
            (
                "PutParameter", #"{"Name":"a","Tags":[{"Key":"k","Value":"v"}]}"#,
                ["ssm:PutParameter parameter/a", "ssm:AddTagsToResource parameter/a"]
            ),
            ("ListTagsForResource", #"{"ResourceId":"/a"}"#, ["ssm:ListTagsForResource parameter/a"]),
        ])
    func permissions(operation: String, body: String, expected: [String]) throws {
        let call = try TargetCall.of(body)
        let prefix = "arn:aws:ssm:eu-central-1:123456789012:"
        let found = ParameterPermissions(operation: operation, call: call, world: World()).all
        #expect(found.map { "\($0.action) \($0.resource.replacing(prefix, with: ""))" } == expected)
    }
}

extension TargetCall {
    static func of(_ body: String) throws -> TargetCall {
        TargetCall(
            input: Input(members: try JSONValue(parsing: body).object ?? [:]),
            account: LambdaPlane.account, now: Timestamp(milliseconds: 0), caller: nil)
    }
}
