import GatewayModel
import JSON
import Testing

@testable import ControlPlane

@Suite("Roles of functions")
struct ExecutionRolesTests {
    private static let trust = trust("lambda.amazonaws.com")

    private static func trust(_ service: String, condition: String = "{}") -> String {
        """
        {"Statement": {"Effect": "Allow", "Principal": {"Service": "\(service)"}, "Action": "sts:AssumeRole",
         "Condition": \(condition)}}
        """
    }

    private func role(_ plane: LambdaPlane, trust: String = trust) async throws -> String {
        let answer = await plane.form("CreateRole", ["RoleName": "functions", "AssumeRolePolicyDocument": trust])
        #expect(answer.status == 200)
        return try #require(plane.plane.world[IAM.Role.self, "functions"]?.id)
    }

    private func roleId(_ plane: LambdaPlane, version: Int = 0) async -> String? {
        await plane.host.latest()?.versions[version].roleId
    }

    @Test("environments are told of the role's id; a role that is not here is nobody's")
    func known() async throws {
        let plane = LambdaPlane()
        #expect(await plane.create().status == 201)
        #expect(await roleId(plane) == nil)
        let id = try await role(plane)
        // The role has come: those that ran without an identity are retired.
        #expect(await roleId(plane) == id)
        let revisions = await plane.host.published.map { $0.versions[0].revisionId }
        #expect(revisions.count == 2 && revisions[0] != revisions[1])
    }

    @Test("a role that Lambda may not assume is refused")
    func untrusting() async throws {
        let plane = LambdaPlane()
        _ = try await role(plane, trust: Self.trust("apigateway.amazonaws.com"))
        let refused = await plane.create()
        #expect(refused.status == 400 && refused.errorType == "InvalidParameterValueException")
        #expect(refused.message == "The role defined for the function cannot be assumed by Lambda.")
        #expect(await plane.create("other", ["Role": "arn:aws:iam::123456789012:role/made-up"]).status == 201)
        let update = await plane.update("other", ["Role": .string(LambdaPlane.role)])
        #expect(update.status == 400 && update.message == refused.message)
        #expect(await plane.get("other").string("Configuration.Role") == "arn:aws:iam::123456789012:role/made-up")
        // By another path it is another role, which is not here.
        #expect(await plane.create("pathed", ["Role": "arn:aws:iam::123456789012:role/a/functions"]).status == 201)
    }

    @Test(
        "a condition of the trust policy is about the function and its account",
        arguments: [
            (#"{"StringEquals": {"aws:SourceAccount": "123456789012"}}"#, 201),
            (#"{"StringEquals": {"aws:SourceAccount": "000000000000"}}"#, 400),
            (#"{"ArnLike": {"aws:SourceArn": "arn:aws:lambda:*:123456789012:function:hell?"}}"#, 201),
            (#"{"ArnLike": {"aws:SourceArn": "arn:aws:lambda:*:123456789012:function:other"}}"#, 400),
            (#"{"StringEquals": {"aws:Unheard": "of"}}"#, 400),
        ])
    func conditions(condition: String, status: Int) async throws {
        let plane = LambdaPlane()
        _ = try await role(plane, trust: Self.trust("lambda.amazonaws.com", condition: condition))
        #expect(await plane.create().status == status)
    }

    @Test("a role that is deleted leaves its functions without an identity that counts, until it is made again")
    func deleted() async throws {
        let plane = LambdaPlane()
        let first = try await role(plane)
        await plane.create()
        #expect(await plane.form("DeleteRole", ["RoleName": "functions"]).status == 200)
        #expect(await roleId(plane) == first)
        let second = try await role(plane)
        #expect(second != first)
        #expect(await roleId(plane) == second)
        #expect(await plane.form("DeleteRole", ["RoleName": "functions"]).status == 200)
        #expect(try await plane.restarted().host.latest()?.versions[0].roleId == first)
    }

    @Test("nothing of the role before stays behind one that is not here")
    func otherRole() async throws {
        let plane = LambdaPlane()
        let id = try await role(plane)
        await plane.create()
        #expect(await roleId(plane) == id)
        #expect(await plane.update("hello", ["Role": "arn:aws:iam::123456789012:role/made-up"]).status == 200)
        #expect(await roleId(plane) == nil)
    }

    @Test("a trust policy that Lambda is taken out of leaves new environments with nobody's credentials")
    func distrust() async throws {
        let plane = LambdaPlane()
        let id = try await role(plane)
        await plane.create()
        #expect(await plane.publish().status == 201)
        #expect(await roleId(plane, version: 1) == id)
        let before = await plane.host.published.count
        #expect(
            await plane.form(
                "PutRolePolicy",
                [
                    "RoleName": "functions", "PolicyName": "p",
                    "PolicyDocument": #"{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#,
                ]
            ).status == 200)
        // Policies are asked at each call; no environment ends for them.
        #expect(await plane.host.published.count == before)
        let nobody = ["RoleName": "functions", "PolicyDocument": Self.trust("ec2.amazonaws.com")]
        #expect(await plane.form("UpdateAssumeRolePolicy", nobody).status == 200)
        for version in 0...1 {
            let holder = await roleId(plane, version: version)
            #expect(holder != nil && holder != id)
        }
        #expect(
            await plane.form("UpdateAssumeRolePolicy", ["RoleName": "functions", "PolicyDocument": Self.trust]).status
                == 200)
        #expect(await roleId(plane) == id)
    }
}

extension LambdaPlane {
    /// An operation of IAM.
    func form(_ action: String, _ members: [String: String]) async -> Answer {
        let pairs = (["Action": action] as [String: String]).merging(members) { first, _ in first }
        let body = pairs.map { "\($0.key)=\(PercentEncoding.encode($0.value))" }.joined(separator: "&")
        return await call(
            "POST", "/", headers: [("content-type", "application/x-www-form-urlencoded")], payload: Array(body.utf8))
    }
}
