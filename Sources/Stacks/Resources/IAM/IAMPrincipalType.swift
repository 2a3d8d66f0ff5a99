import GatewayModel
import JSON

extension ResourceType {
    private static let inlinePolicies = PropertyRules.Kind.listOfMembers(
        PropertyRules(
            type: "AWS::IAM::Role.Policy", supported: ["PolicyDocument": .any, "PolicyName": .text],
            required: ["PolicyDocument", "PolicyName"]))

    static let iamRole = ResourceType(
        name: "AWS::IAM::Role", attributes: ["Arn", "RoleId"],
        rules: PropertyRules(
            type: "AWS::IAM::Role",
            supported: [
                "AssumeRolePolicyDocument": .any, "Description": .text, "ManagedPolicyArns": .list,
                "MaxSessionDuration": .integer, "Path": .text, "PermissionsBoundary": .text,
                "Policies": inlinePolicies, "RoleName": .text, "Tags": .list,
            ], required: ["AssumeRolePolicyDocument"]),
        replacedBy: ["Path", "RoleName"], behaviour: IAMPrincipalType(principal: .role, nameLimit: 64))

    static let iamUser = ResourceType(
        name: "AWS::IAM::User", attributes: ["Arn"],
        rules: PropertyRules(
            type: "AWS::IAM::User",
            supported: [
                "Groups": .list, "ManagedPolicyArns": .list, "Path": .text, "PermissionsBoundary": .text,
                "Policies": inlinePolicies, "Tags": .list, "UserName": .text,
            ], known: ["LoginProfile"]),
        replacedBy: ["UserName"], behaviour: IAMPrincipalType(principal: .user, nameLimit: 64))

    static let iamGroup = ResourceType(
        name: "AWS::IAM::Group", attributes: ["Arn"],
        rules: PropertyRules(
            type: "AWS::IAM::Group",
            supported: [
                "GroupName": .text, "ManagedPolicyArns": .list, "Path": .text, "Policies": inlinePolicies,
            ]),
        replacedBy: ["GroupName"], behaviour: IAMPrincipalType(principal: .group, nameLimit: 128))
}

/// AWS::IAM::Role, User and Group: who has policies, written out or attached.
private struct IAMPrincipalType: ResourceBehaviour {
    let principal: IAMPrincipal
    let nameLimit: Int

    private var noun: String { principal.rawValue }

    func prepare(_ request: ResourceRequest) async throws(ResourceFailure) -> ResourcePreparation {
        try await request.named("\(noun)Name", limit: nameLimit) { name async throws(ResourceFailure) in
            try await request.iamIfPresent("Get\(noun)", principal.parameters(name)) != nil
        }
    }

    func find(_ request: ResourceRequest) async throws(ResourceFailure) -> [ProvisionedResource] {
        let name = request.preparation.physicalId
        guard !request.preparation.present.contains(name),
            let answer = try await request.iamIfPresent("Get\(noun)", principal.parameters(name))
        else { return [] }
        return [request.provisioned(name, attributes(answer))]
    }

    private func attributes(_ answer: QueryAnswer) -> [String: String] {
        var attributes = ["Arn": answer["Arn"] ?? ""]
        if principal == .role { attributes["RoleId"] = answer["RoleId"] }
        return attributes
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        let (name, properties) = (request.preparation.physicalId, request.properties)
        var parameters = principal.parameters(name)
        parameters.set("Path", try properties.text("Path")?.string)
        if principal == .role {
            parameters.set("AssumeRolePolicyDocument", try properties.policyDocument("AssumeRolePolicyDocument"))
            parameters.set("Description", try properties.text("Description")?.string)
            parameters.set("MaxSessionDuration", try properties.text("MaxSessionDuration")?.string)
        }
        if principal != .group {
            parameters.set("PermissionsBoundary", try properties.text("PermissionsBoundary")?.string)
            parameters.set(tags: try properties.tagList("Tags")?.object ?? [:])
        }
        let answer = try await request.iam("Create\(noun)", parameters)
        do throws(ResourceFailure) {
            try await bring(name, from: PropertyReader(properties: TemplateMap()), to: properties, request)
        } catch {
            try await remove(name, properties, request)
            throw error
        }
        return request.provisioned(name, attributes(answer))
    }

    /// Gives it the policies and groups that it is to have, and takes those that it is not to have any more.
    private func bring(
        _ name: String, from old: PropertyReader, to new: PropertyReader, _ calls: some ResourceCalls
    ) async throws(ResourceFailure) {
        let (attached, wanted) = (try old.textList("ManagedPolicyArns"), try new.textList("ManagedPolicyArns"))
        for arn in wanted where !attached.contains(arn) {
            try await calls.iam("Attach\(noun)Policy", principal.parameters(name, policyARN: arn))
        }
        for arn in attached where !wanted.contains(arn) {
            try await calls.iamIfPresent("Detach\(noun)Policy", principal.parameters(name, policyARN: arn))
        }
        let (before, after) = (try old.inlinePolicies(), try new.inlinePolicies())
        for policy in after where !before.contains(where: { $0 == policy }) {
            try await calls.iam(
                "Put\(noun)Policy",
                principal.parameters(name, policyName: policy.name, document: policy.document))
        }
        for policy in before where !after.contains(where: { $0.name == policy.name }) {
            try await calls.iamIfPresent(
                "Delete\(noun)Policy", principal.parameters(name, policyName: policy.name))
        }
        guard principal == .user else { return }
        let (had, groups) = (try old.textList("Groups"), try new.textList("Groups"))
        for group in groups where !had.contains(group) {
            try await calls.iam("AddUserToGroup", QueryParameters(["GroupName": group, "UserName": name]))
        }
        for group in had where !groups.contains(group) {
            try await calls.iamIfPresent(
                "RemoveUserFromGroup", QueryParameters(["GroupName": group, "UserName": name]))
        }
    }

    func update(_ update: ResourceUpdate) async throws(ResourceFailure) -> ProvisionedResource {
        var request = update.request
        let (name, properties) = (update.existing.physicalId, request.properties)
        // Stacks of earlier versions have principals that were written down only.
        guard try await request.iamIfPresent("Get\(noun)", principal.parameters(name)) != nil else {
            request.preparation = ResourcePreparation(physicalId: name)
            return try await create(request)
        }
        if principal == .role, update.changes("AssumeRolePolicyDocument") {
            var parameters = principal.parameters(name)
            parameters.set("PolicyDocument", try properties.policyDocument("AssumeRolePolicyDocument"))
            try await request.iam("UpdateAssumeRolePolicy", parameters)
        }
        if update.changes("Description", "MaxSessionDuration") {
            var parameters = principal.parameters(name)
            parameters.set("Description", try properties.text("Description")?.string ?? "")
            parameters.set("MaxSessionDuration", try properties.text("MaxSessionDuration")?.string ?? "3600")
            try await request.iam("UpdateRole", parameters)
        }
        if principal != .role, update.changes("Path") {
            var parameters = principal.parameters(name)
            parameters.set("NewPath", try properties.text("Path")?.string ?? "/")
            try await request.iam("Update\(noun)", parameters)
        }
        if update.changes("PermissionsBoundary") { try await setBoundary(name, properties, request) }
        try await bring(name, from: update.old, to: properties, request)
        if update.changes("Tags") {
            try await retag(name, from: update.old, to: properties, request)
        }
        guard let answer = try await request.iamIfPresent("Get\(noun)", principal.parameters(name)) else {
            return update.existing
        }
        request.preparation.attributes = update.existing.attributes
        return request.provisioned(name, attributes(answer))
    }

    private func setBoundary(
        _ name: String, _ properties: PropertyReader, _ calls: some ResourceCalls
    ) async throws(ResourceFailure) {
        var parameters = principal.parameters(name)
        guard let boundary = try properties.text("PermissionsBoundary")?.string else {
            try await calls.iamIfPresent("Delete\(noun)PermissionsBoundary", parameters)
            return
        }
        parameters.set("PermissionsBoundary", boundary)
        try await calls.iam("Put\(noun)PermissionsBoundary", parameters)
    }

    private func retag(
        _ name: String, from old: PropertyReader, to new: PropertyReader, _ calls: some ResourceCalls
    ) async throws(ResourceFailure) {
        let change = TagChange(from: try old.tagList("Tags"), to: try new.tagList("Tags"))
        if !change.set.isEmpty {
            var parameters = principal.parameters(name)
            parameters.set(tags: change.set)
            try await calls.iam("Tag\(noun)", parameters)
        }
        if !change.removed.isEmpty {
            var parameters = principal.parameters(name)
            parameters.set("TagKeys", list: change.removed)
            try await calls.iam("Untag\(noun)", parameters)
        }
    }

    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        try await remove(deletion.physicalId, deletion.properties, deletion)
    }

    /// With the policies that the template gave it; what others gave it stops the deletion, as in AWS.
    private func remove(
        _ name: String, _ properties: PropertyReader, _ calls: some ResourceCalls
    ) async throws(ResourceFailure) {
        guard try await calls.iamIfPresent("Get\(noun)", principal.parameters(name)) != nil else { return }
        // One that is no ARN was never attached: the role could not be made because of it.
        for arn in try properties.textList("ManagedPolicyArns") where arn.hasPrefix("arn:") {
            try await calls.iamIfPresent("Detach\(noun)Policy", principal.parameters(name, policyARN: arn))
        }
        for policy in try properties.inlinePolicies() {
            try await calls.iamIfPresent("Delete\(noun)Policy", principal.parameters(name, policyName: policy.name))
        }
        if principal == .user {
            for group in try properties.textList("Groups") {
                try await calls.iamIfPresent(
                    "RemoveUserFromGroup", QueryParameters(["GroupName": group, "UserName": name]))
            }
        }
        try await calls.iamIfPresent("Delete\(noun)", principal.parameters(name))
    }
}
