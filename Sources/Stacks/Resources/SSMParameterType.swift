import GatewayModel
import JSON

extension ResourceType {
    static let ssmParameter = ResourceType(
        name: "AWS::SSM::Parameter", attributes: ["Type", "Value"],
        rules: PropertyRules(
            type: "AWS::SSM::Parameter",
            supported: [
                "AllowedPattern": .text, "DataType": .text, "Description": .text, "Name": .text, "Tags": .map,
                "Tier": .word(["Standard", "Advanced", "Intelligent-Tiering"], known: []),
                "Type": .word(["String", "StringList"], known: []), "Value": .text,
            ], known: ["Policies"], required: ["Type", "Value"]),
        replacedBy: ["Name"], behaviour: SSMParameterType())
}

/// AWS::SSM::Parameter: PutParameter. CloudFormation makes no SecureString.
private struct SSMParameterType: ResourceBehaviour {
    private static let nameLimit = 1_011
    private static let members = ["AllowedPattern", "DataType", "Description", "Tier", "Type", "Value"]

    func prepare(_ request: ResourceRequest) async throws(ResourceFailure) -> ResourcePreparation {
        try await request.named("Name", limit: Self.nameLimit) { name async throws(ResourceFailure) in
            try await isThere(name, request)
        }
    }

    func find(_ request: ResourceRequest) async throws(ResourceFailure) -> [ProvisionedResource] {
        try await request.found(try attributes(request)) { name async throws(ResourceFailure) in
            try await isThere(name, request)
        }
    }

    private func isThere(_ name: String, _ request: ResourceRequest) async throws(ResourceFailure) -> Bool {
        try await request.targetedIfPresent(
            ManagementCalls.parameterStore, "GetParameter", ["Name": .string(name)]) != nil
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        var members = try members(request.preparation.physicalId, request)
        let tags = try request.properties.textMap("Tags")?.object ?? [:]
        if !tags.isEmpty { members["Tags"] = tags.asTagList }
        try await request.targeted(ManagementCalls.parameterStore, "PutParameter", members)
        return request.provisioned(request.preparation.physicalId, try attributes(request))
    }

    func update(_ update: ResourceUpdate) async throws(ResourceFailure) -> ProvisionedResource {
        let (request, name) = (update.request, update.existing.physicalId)
        if !update.changed.isSubset(of: ["Tags"]) {
            var members = try members(name, request)
            members["Overwrite"] = true
            // What the template has no more is taken back: a call without it would leave it.
            for member in ["AllowedPattern", "Description"] where members[member] == nil { members[member] = "" }
            try await request.targeted(ManagementCalls.parameterStore, "PutParameter", members)
        }
        if update.changes("Tags") {
            let tags = TagChange(
                from: try update.old.textMap("Tags"), to: try request.properties.textMap("Tags"))
            let resource: JSONObject = ["ResourceType": "Parameter", "ResourceId": .string(name)]
            if !tags.set.isEmpty {
                var members = resource
                members["Tags"] = tags.set.asTagList
                try await request.targeted(ManagementCalls.parameterStore, "AddTagsToResource", members)
            }
            if !tags.removed.isEmpty {
                var members = resource
                members["TagKeys"] = .array(tags.removed.map { .string($0) })
                try await request.targeted(ManagementCalls.parameterStore, "RemoveTagsFromResource", members)
            }
        }
        return request.provisioned(name, try attributes(request))
    }

    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        try await deletion.targetedIfPresent(
            ManagementCalls.parameterStore, "DeleteParameter", ["Name": .string(deletion.physicalId)])
    }

    private func members(_ name: String, _ request: ResourceRequest) throws(ResourceFailure) -> JSONObject {
        var members: JSONObject = ["Name": .string(name)]
        for member in Self.members { members[member] = try request.properties.text(member) }
        return members
    }

    private func attributes(_ request: ResourceRequest) throws(ResourceFailure) -> [String: String] {
        ["Type": try request.properties.required("Type"), "Value": try request.properties.required("Value")]
    }
}
