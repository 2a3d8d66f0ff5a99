import GatewayModel
import IAMPolicy
import JSON
import Testing

@testable import ControlPlane

@Suite("Whom policies name")
struct IdentitiesTests {
    private static let account = LambdaPlane.account
    private static let ghost = "arn:aws:iam::123456789012:user/ghost"

    private let plane = LambdaPlane()

    private func trust(_ principal: String) -> String {
        #"{"Statement": {"Effect": "Allow", "Principal": \#(principal), "Action": "sts:AssumeRole"}}"#
    }

    private func createRole(_ principal: String, _ name: String = "r") async -> Answer {
        await plane.form("CreateRole", ["RoleName": name, "AssumeRolePolicyDocument": trust(principal)])
    }

    private var ghostsId: String { get throws { try #require(plane.plane.world[IAM.User.self, "ghost"]?.id) } }

    /// Makes the user, whose id this is; of whoever had the name nothing is left.
    private func makeGhost() async throws -> String {
        _ = await plane.form("DeleteUser", ["UserName": "ghost"])
        #expect(await plane.form("CreateUser", ["UserName": "ghost"]).status == 200)
        return try ghostsId
    }

    private func isTrusted(_ id: String) throws -> Bool {
        let policy = try #require(plane.plane.world[IAM.Role.self, "r"]?.trustPolicy)
        let request = PolicyRequest(
            action: "sts:AssumeRole", resource: "arn:r",
            principal: .user(arn: Self.ghost, account: Self.account.accountId, id: id))
        return policy.verdict(for: request) { _ in .absent }.isAllow
    }

    private func shownTrust() async throws -> String {
        let text = await plane.form("GetRole", ["RoleName": "r"]).text
        return try #require(PercentEncoding.decode(text))
    }

    @Test("are not those who have the name later, and then go by the id")
    func laterUser() async throws {
        let first = try await makeGhost()
        #expect(await createRole(#"{"AWS": "\#(Self.ghost)"}"#).status == 200)
        #expect(try isTrusted(first))
        #expect(try await shownTrust().contains(trust(#"{"AWS": "\#(Self.ghost)"}"#)))
        let second = try await makeGhost()
        #expect(try !isTrusted(second))
        #expect(try await shownTrust().contains(#""AWS":"\#(first)""#))
        let again = ["RoleName": "r", "PolicyDocument": trust(#"{"AWS": "\#(Self.ghost)"}"#)]
        #expect(await plane.form("UpdateAssumeRolePolicy", again).status == 200)
        #expect(try isTrusted(second))
    }

    @Test("stay who they are at another path")
    func moved() async throws {
        let id = try await makeGhost()
        #expect(await createRole(#"{"AWS": "\#(Self.ghost)"}"#).status == 200)
        #expect(await plane.form("UpdateUser", ["UserName": "ghost", "NewPath": "/a/"]).status == 200)
        #expect(try isTrusted(id))
        #expect(try await shownTrust().contains("user/a/ghost"))
    }

    @Test("have to be there in trust policies, and services have to be services")
    func unknown() async throws {
        for name in ["user/ghost", "role/none", "role/a/r"] {
            let arn = "arn:aws:iam::123456789012:\(name)"
            let answer = await createRole(#"{"AWS": ["123456789012", "\#(arn)"]}"#)
            #expect(answer.status == 400)
            #expect(
                answer.text.contains("<Code>MalformedPolicyDocument</Code>")
                    && answer.text.contains("Invalid principal in policy: &quot;AWS&quot;:&quot;\(arn)&quot;"))
        }
        let session = "arn:aws:sts::123456789012:assumed-role/none/s"
        #expect(await createRole(#"{"AWS": "\#(session)"}"#).status == 400)
        #expect(await createRole(#"{"AWS": "AIDAABCDEFGHIJKLMNOPQ"}"#).status == 400)
        #expect(await createRole(#"{"Service": "nope"}"#).status == 400)
        #expect(
            await createRole(
                #"{"AWS": ["123456789012", "arn:aws:iam::210987654321:user/u"], "Service": "ec2.amazonaws.com"}"#
            ).status == 200)
        #expect(await createRole(#"{"AWS": "arn:aws:iam::123456789012:role/r"}"#, "s").status == 200)
    }

    @Test("are not those who have the name later, of a REST API's policy and what was deployed of it neither")
    func restPolicy() async throws {
        let first = try await makeGhost()
        func policy(_ name: String) -> JSONValue {
            .string(
                #"{"Statement":{"Effect":"Allow","Principal":{"AWS":"\#(name)"},"Action":"*","Resource":"*"}}"#)
        }
        let made = await plane.call("POST", "/restapis", ["name": "x", "policy": policy(Self.ghost)])
        #expect(made.status == 201)
        let api = try #require(plane.plane.world[RESTAPI.self, made.string("id") ?? ""])
        #expect(try #require(api.api.policy).contains(first))
        #expect(made.text.contains(Self.ghost) && !made.text.contains(first))
        _ = try await makeGhost()
        let shown = await plane.call("GET", "/restapis/\(api.id)").text
        #expect(shown.contains(first) && !shown.contains(Self.ghost))
        #expect(await plane.call("POST", "/restapis", ["name": "x", "policy": policy(first)]).status == 400)
        #expect(await plane.call("POST", "/restapis", ["name": "x", "policy": policy(Self.ghost + "2")]).status == 201)
    }

    @Test("are not those who have the name later, of a function's policy")
    func functionPolicy() async throws {
        let first = try await makeGhost()
        #expect(await plane.create().status == 201)
        let added = await plane.call(
            "POST", "/2015-03-31/functions/hello/policy",
            ["StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": .string(Self.ghost)])
        #expect(added.status == 201)
        #expect(added.text.contains(Self.ghost))
        func policy() async -> String { await plane.call("GET", "/2015-03-31/functions/hello/policy").text }
        #expect(await policy().contains(Self.ghost))
        _ = try await makeGhost()
        let later = await policy()
        #expect(later.contains(#"\"AWS\":\"\#(first)\""#) && !later.contains(Self.ghost))
    }
}
