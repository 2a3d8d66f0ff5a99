import Callers
import GatewayModel
import IAMPolicy
import Testing

@testable import ControlPlane

@Suite("Roles that API Gateway assumes")
struct GatewayRolesTests {
    private static let arn = "arn:aws:iam::123456789012:role/team/calls"

    private static func trust(_ service: String) -> String {
        #"{"Statement": {"Effect": "Allow", "Principal": {"Service": "\#(service)"}, "Action": "sts:AssumeRole"}}"#
    }

    /// What the role's policies say of a function; nil when it cannot be assumed or is not here.
    private func mayInvoke(_ plane: LambdaPlane) -> Bool? {
        guard case .assumed(let caller) = plane.plane.callers.gatewayRole(Self.arn, now: Timestamp(milliseconds: 0))
        else { return nil }
        let refusal = caller.refusal("lambda:InvokeFunction", on: "arn:f") { _ in .absent }
        return refusal == nil
    }

    @Test("are what they are at the moment: made, changed, deleted")
    func upkeep() async throws {
        let plane = LambdaPlane()
        #expect(mayInvoke(plane) == nil)
        let made = await plane.form(
            "CreateRole",
            [
                "RoleName": "calls", "Path": "/team/",
                "AssumeRolePolicyDocument": Self.trust("apigateway.amazonaws.com"),
            ])
        #expect(made.status == 200)
        #expect(mayInvoke(plane) == false)
        let policy = #"{"Statement": {"Effect": "Allow", "Action": "lambda:*", "Resource": "*"}}"#
        let put = ["RoleName": "calls", "PolicyName": "p", "PolicyDocument": policy]
        #expect(await plane.form("PutRolePolicy", put).status == 200)
        #expect(mayInvoke(plane) == true)
        let distrust = ["RoleName": "calls", "PolicyDocument": Self.trust("lambda.amazonaws.com")]
        #expect(await plane.form("UpdateAssumeRolePolicy", distrust).status == 200)
        guard case .refused = plane.plane.callers.gatewayRole(Self.arn, now: Timestamp(milliseconds: 0)) else {
            Issue.record("not refused")
            return
        }
        #expect(await plane.form("DeleteRolePolicy", ["RoleName": "calls", "PolicyName": "p"]).status == 200)
        #expect(await plane.form("DeleteRole", ["RoleName": "calls"]).status == 200)
        guard case .madeUp = plane.plane.callers.gatewayRole(Self.arn, now: Timestamp(milliseconds: 0)) else {
            Issue.record("still there")
            return
        }
    }
}
