import ControlPlane
import JSON

@testable import Stacks

extension World {
    /// Roles and policies with all that they have, without what is made anew with them.
    func identitiesDescribed() async throws -> [String] {
        var lines: [String] = []
        for role in try await iam("ListRoles", [:]).all("RoleName") {
            lines.append(try await described("role", ["RoleName": role], ["GetRole", "ListAttachedRolePolicies"]))
            lines += try await inlinePolicies("Role", role)
        }
        for policy in try await iam("ListPolicies", ["Scope": "Local"]).all("Arn") {
            let answer = try await iam("GetPolicy", ["PolicyArn": policy])
            let version = answer["DefaultVersionId"] ?? ""
            let document = try await iam("GetPolicyVersion", ["PolicyArn": policy, "VersionId": version])["Document"]
            lines.append("policy \(policy) \(answer["AttachmentCount"] ?? "") \(document ?? "")")
        }
        for profile in try await iam("ListInstanceProfiles", [:]).all("InstanceProfileName") {
            let answer = try await iam("GetInstanceProfile", ["InstanceProfileName": profile])
            lines.append("instance profile \(profile) \(answer.all("RoleName"))")
        }
        return lines
    }

    private func described(
        _ word: String, _ name: KeyValuePairs<String, String>, _ actions: [String]
    ) async throws -> String {
        var line = word
        for action in actions {
            let answer = try await iam(action, name)
            for member in [
                "RoleName", "UserName", "GroupName", "Path", "AssumeRolePolicyDocument", "Description",
                "MaxSessionDuration", "PermissionsBoundaryArn", "PolicyArn", "Key", "Value",
            ] where !answer.all(member).isEmpty { line += " \(member) \(answer.all(member).sorted())" }
        }
        return line
    }

    private func inlinePolicies(_ noun: String, _ name: String) async throws -> [String] {
        var lines: [String] = []
        for policy in try await iam("List\(noun)Policies", ["\(noun)Name": name]).all("member") {
            let answer = try await iam("Get\(noun)Policy", ["\(noun)Name": name, "PolicyName": policy])
            lines.append("policy of \(name) \(policy) \(answer["PolicyDocument"] ?? "")")
        }
        return lines
    }

    private func iam(_ action: String, _ parameters: KeyValuePairs<String, String>) async throws -> QueryAnswer {
        let calls = ManagementCalls(management: Reading(plane: plane))
        return try await calls.iam(action, parameters.map { ($0.key, $0.value) })
    }

    /// Calls that nobody counts.
    private struct Reading: Management {
        let plane: ControlPlane

        func call(_ request: WireRequest) async -> WireResponse { await plane.respond(to: request) }
        func draft() async -> any Management { self }
    }
}
