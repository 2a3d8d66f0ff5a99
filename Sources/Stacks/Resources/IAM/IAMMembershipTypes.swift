import GatewayModel
import JSON

extension ResourceType {
    static let iamUserToGroupAddition = ResourceType(
        name: "AWS::IAM::UserToGroupAddition", attributes: ["Id"],
        rules: PropertyRules(
            type: "AWS::IAM::UserToGroupAddition", supported: ["GroupName": .text, "Users": .list],
            required: ["GroupName", "Users"]),
        replacedBy: [], behaviour: IAMUserToGroupAdditionType())

    static let iamInstanceProfile = ResourceType(
        name: "AWS::IAM::InstanceProfile", attributes: ["Arn"],
        rules: PropertyRules(
            type: "AWS::IAM::InstanceProfile",
            supported: ["InstanceProfileName": .text, "Path": .text, "Roles": .list], required: ["Roles"]),
        replacedBy: ["InstanceProfileName", "Path"], behaviour: IAMInstanceProfileType())
}

/// AWS::IAM::UserToGroupAddition: users that a group has beside those that say so themselves.
private struct IAMUserToGroupAdditionType: ResourceBehaviour {
    private func pairs(_ properties: PropertyReader) throws(ResourceFailure) -> [[String]] {
        let group = try properties.required("GroupName")
        return try properties.textList("Users").map { [group, $0] }
    }

    private func parameters(_ pair: [String]) -> QueryParameters {
        QueryParameters(["GroupName": pair[0], "UserName": pair[1]])
    }

    func prepare(_ request: ResourceRequest) -> ResourcePreparation {
        ResourcePreparation(
            physicalId: PhysicalName.make(stackName: request.stackName, logicalId: request.logicalId, limit: 128))
    }

    /// Who is added twice is in the group once, and who is not there can be taken out.
    func find(_ request: ResourceRequest) -> [ProvisionedResource] { [provisioned(request)] }

    private func provisioned(_ request: ResourceRequest) -> ProvisionedResource {
        request.provisioned(request.preparation.physicalId, ["Id": request.preparation.physicalId])
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        let pairs = try pairs(request.properties)
        do throws(ResourceFailure) {
            for pair in pairs { try await request.iam("AddUserToGroup", parameters(pair)) }
        } catch {
            for pair in pairs { try await request.iamIfPresent("RemoveUserFromGroup", parameters(pair)) }
            throw error
        }
        return provisioned(request)
    }

    func update(_ update: ResourceUpdate) async throws(ResourceFailure) -> ProvisionedResource {
        let (old, new) = (try pairs(update.old), try pairs(update.request.properties))
        for pair in new { try await update.request.iam("AddUserToGroup", parameters(pair)) }
        for pair in old where !new.contains(pair) {
            try await update.request.iamIfPresent("RemoveUserFromGroup", parameters(pair))
        }
        return update.existing
    }

    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        for pair in try pairs(deletion.properties) {
            try await deletion.iamIfPresent("RemoveUserFromGroup", parameters(pair))
        }
    }
}

/// AWS::IAM::InstanceProfile: a name for a role, or for none.
private struct IAMInstanceProfileType: ResourceBehaviour {
    private func profile(_ name: String, role: String? = nil) -> QueryParameters {
        var parameters = QueryParameters(["InstanceProfileName": name])
        parameters.set("RoleName", role)
        return parameters
    }

    func prepare(_ request: ResourceRequest) async throws(ResourceFailure) -> ResourcePreparation {
        try await request.named("InstanceProfileName", limit: 128) { name async throws(ResourceFailure) in
            try await request.iamIfPresent("GetInstanceProfile", profile(name)) != nil
        }
    }

    func find(_ request: ResourceRequest) async throws(ResourceFailure) -> [ProvisionedResource] {
        let name = request.preparation.physicalId
        guard !request.preparation.present.contains(name),
            let answer = try await request.iamIfPresent("GetInstanceProfile", profile(name))
        else { return [] }
        return [request.provisioned(name, ["Arn": answer["Arn"] ?? ""])]
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        let name = request.preparation.physicalId
        var parameters = profile(name)
        parameters.set("Path", try request.properties.text("Path")?.string)
        let answer = try await request.iam("CreateInstanceProfile", parameters)
        do throws(ResourceFailure) {
            for role in try request.properties.textList("Roles") {
                try await request.iam("AddRoleToInstanceProfile", profile(name, role: role))
            }
        } catch {
            try await remove(name, request.properties, request)
            throw error
        }
        return request.provisioned(name, ["Arn": answer["Arn"] ?? ""])
    }

    /// The old role goes first: a profile has one at most. What is there is looked at, for an update may have been cut
    /// short.
    func update(_ update: ResourceUpdate) async throws(ResourceFailure) -> ProvisionedResource {
        let name = update.existing.physicalId
        let new = try update.request.properties.textList("Roles")
        let present = try await update.request.iam("GetInstanceProfile", profile(name)).all("RoleName")
        for role in present where !new.contains(role) {
            try await update.request.iamIfPresent("RemoveRoleFromInstanceProfile", profile(name, role: role))
        }
        for role in new where !present.contains(role) {
            try await update.request.iam("AddRoleToInstanceProfile", profile(name, role: role))
        }
        return update.existing
    }

    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        try await remove(deletion.physicalId, deletion.properties, deletion)
    }

    private func remove(
        _ name: String, _ properties: PropertyReader, _ calls: some ResourceCalls
    ) async throws(ResourceFailure) {
        for role in try properties.textList("Roles") {
            try await calls.iamIfPresent("RemoveRoleFromInstanceProfile", profile(name, role: role))
        }
        try await calls.iamIfPresent("DeleteInstanceProfile", profile(name))
    }
}
