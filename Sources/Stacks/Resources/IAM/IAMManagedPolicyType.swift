import GatewayModel
import JSON

extension ResourceType {
    static let iamManagedPolicy = ResourceType(
        name: "AWS::IAM::ManagedPolicy",
        attributes: ["CreateDate", "DefaultVersionId", "IsAttachable", "PolicyArn", "PolicyId", "UpdateDate"],
        knownAttributes: ["AttachmentCount", "PermissionsBoundaryUsageCount"],
        rules: PropertyRules(
            type: "AWS::IAM::ManagedPolicy",
            supported: [
                "Description": .text, "Groups": .list, "ManagedPolicyName": .text, "Path": .text,
                "PolicyDocument": .any, "Roles": .list, "Tags": .list, "Users": .list,
            ], required: ["PolicyDocument"]),
        replacedBy: ["Description", "ManagedPolicyName", "Path"], behaviour: IAMManagedPolicyType())
}

/// AWS::IAM::ManagedPolicy: CreatePolicy, and a version for each new document.
private struct IAMManagedPolicyType: ResourceBehaviour {
    /// IAM keeps so many versions of a policy.
    private static let versions = 5

    private func policy(_ arn: String) -> QueryParameters { QueryParameters(["PolicyArn": arn]) }

    private func arn(_ name: String, _ request: ResourceRequest) throws(ResourceFailure) -> String {
        let path = try request.properties.text("Path")?.string ?? "/"
        return "arn:\(request.account.partition):iam::\(request.account.accountId):policy\(path)\(name)"
    }

    func prepare(_ request: ResourceRequest) async throws(ResourceFailure) -> ResourcePreparation {
        let named = try await request.named("ManagedPolicyName", limit: 128) { name async throws(ResourceFailure) in
            try await request.iamIfPresent("GetPolicy", policy(try arn(name, request))) != nil
        }
        let id = try arn(named.physicalId, request)
        return ResourcePreparation(physicalId: id, present: named.present.isEmpty ? [] : [id])
    }

    func find(_ request: ResourceRequest) async throws(ResourceFailure) -> [ProvisionedResource] {
        let id = request.preparation.physicalId
        guard !request.preparation.present.contains(id),
            let answer = try await request.iamIfPresent("GetPolicy", policy(id))
        else { return [] }
        return [request.provisioned(id, attributes(answer, id))]
    }

    private func attributes(_ answer: QueryAnswer, _ arn: String) -> [String: String] {
        var attributes = ["PolicyArn": arn]
        for name in ["CreateDate", "DefaultVersionId", "IsAttachable", "PolicyId", "UpdateDate"] {
            attributes[name] = answer[name]
        }
        return attributes
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        let (arn, properties) = (request.preparation.physicalId, request.properties)
        var parameters = QueryParameters()
        parameters.set("PolicyName", arn.split(separator: "/").last.map(String.init))
        parameters.set("Path", try properties.text("Path")?.string)
        parameters.set("Description", try properties.text("Description")?.string)
        parameters.set("PolicyDocument", try properties.policyDocument("PolicyDocument"))
        parameters.set(tags: try properties.tagList("Tags")?.object ?? [:])
        let answer = try await request.iam("CreatePolicy", parameters)
        do throws(ResourceFailure) {
            try await attach(arn, from: PropertyReader(properties: TemplateMap()), to: properties, request)
        } catch {
            try await remove(arn, properties, request)
            throw error
        }
        return request.provisioned(arn, attributes(answer, arn))
    }

    private func attach(
        _ arn: String, from old: PropertyReader, to new: PropertyReader, _ calls: some ResourceCalls
    ) async throws(ResourceFailure) {
        for principal in [IAMPrincipal.role, .user, .group] {
            let noun = principal.rawValue
            let (before, after) = (try old.textList("\(noun)s"), try new.textList("\(noun)s"))
            for name in after where !before.contains(name) {
                try await calls.iam("Attach\(noun)Policy", principal.parameters(name, policyARN: arn))
            }
            for name in before where !after.contains(name) {
                try await calls.iamIfPresent("Detach\(noun)Policy", principal.parameters(name, policyARN: arn))
            }
        }
    }

    func update(_ update: ResourceUpdate) async throws(ResourceFailure) -> ProvisionedResource {
        var request = update.request
        let arn = update.existing.physicalId
        // Stacks of earlier versions have policies that were written down only.
        guard try await request.iamIfPresent("GetPolicy", policy(arn)) != nil else {
            request.preparation = ResourcePreparation(physicalId: arn)
            return try await create(request)
        }
        if update.changes("PolicyDocument") {
            let versions = try await others(of: arn, request)
            if versions.count >= Self.versions - 1, let oldest = versions.last {
                try await request.iamIfPresent(
                    "DeletePolicyVersion", QueryParameters(["PolicyArn": arn, "VersionId": oldest]))
            }
            var parameters = policy(arn)
            parameters.set("PolicyDocument", try request.properties.policyDocument("PolicyDocument"))
            parameters.set("SetAsDefault", "true")
            try await request.iam("CreatePolicyVersion", parameters)
        }
        try await attach(arn, from: update.old, to: request.properties, request)
        let change = TagChange(from: try update.old.tagList("Tags"), to: try request.properties.tagList("Tags"))
        if !change.set.isEmpty {
            var parameters = policy(arn)
            parameters.set(tags: change.set)
            try await request.iam("TagPolicy", parameters)
        }
        if !change.removed.isEmpty {
            var parameters = policy(arn)
            parameters.set("TagKeys", list: change.removed)
            try await request.iam("UntagPolicy", parameters)
        }
        let answer = try await request.iam("GetPolicy", policy(arn))
        return request.provisioned(arn, attributes(answer, arn))
    }

    /// The versions that are not in force, the newest first.
    private func others(of arn: String, _ calls: some ResourceCalls) async throws(ResourceFailure) -> [String] {
        guard let answer = try await calls.iamIfPresent("GetPolicy", policy(arn)),
            let list = try await calls.iamIfPresent("ListPolicyVersions", policy(arn))
        else { return [] }
        return list.all("VersionId").filter { $0 != answer["DefaultVersionId"] }.sorted { first, second in
            (Int(first.dropFirst()) ?? 0) > (Int(second.dropFirst()) ?? 0)
        }
    }

    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        try await remove(deletion.physicalId, deletion.properties, deletion)
    }

    private func remove(
        _ arn: String, _ properties: PropertyReader, _ calls: some ResourceCalls
    ) async throws(ResourceFailure) {
        guard try await calls.iamIfPresent("GetPolicy", policy(arn)) != nil else { return }
        try await attach(arn, from: properties, to: PropertyReader(properties: TemplateMap()), calls)
        for version in try await others(of: arn, calls) {
            try await calls.iamIfPresent(
                "DeletePolicyVersion", QueryParameters(["PolicyArn": arn, "VersionId": version]))
        }
        try await calls.iamIfPresent("DeletePolicy", policy(arn))
    }
}
