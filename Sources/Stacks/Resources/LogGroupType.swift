import GatewayModel
import JSON

extension ResourceType {
    static let logGroup = ResourceType(
        name: "AWS::Logs::LogGroup", attributes: ["Arn"],
        rules: PropertyRules(
            type: "AWS::Logs::LogGroup",
            supported: [
                "BearerTokenAuthenticationEnabled": .boolean, "DataProtectionPolicy": .any,
                "DeletionProtectionEnabled": .boolean, "FieldIndexPolicies": .list, "KmsKeyId": .text,
                "LogGroupClass": .text, "LogGroupName": .text, "ResourcePolicyDocument": .any,
                "RetentionInDays": .integer, "Tags": .list,
            ],
            storedOnly: [
                "BearerTokenAuthenticationEnabled", "DataProtectionPolicy", "FieldIndexPolicies", "KmsKeyId",
                "LogGroupClass", "ResourcePolicyDocument",
            ]),
        replacedBy: ["LogGroupClass", "LogGroupName"], behaviour: LogGroupType())

    static let logStream = ResourceType(
        name: "AWS::Logs::LogStream", attributes: [],
        rules: PropertyRules(
            type: "AWS::Logs::LogStream", supported: ["LogGroupName": .text, "LogStreamName": .text],
            required: ["LogGroupName"]),
        replacedBy: ["LogGroupName", "LogStreamName"], behaviour: LogStreamType())
}

/// Of a group's and a stream's name.
private let nameLimit = 512

/// AWS::Logs::LogGroup: CreateLogGroup, and its retention and tags.
private struct LogGroupType: ResourceBehaviour {
    func prepare(_ request: ResourceRequest) async throws(ResourceFailure) -> ResourcePreparation {
        try await request.named("LogGroupName", limit: nameLimit) { name async throws(ResourceFailure) in
            try await isThere(name, request)
        }
    }

    func find(_ request: ResourceRequest) async throws(ResourceFailure) -> [ProvisionedResource] {
        try await request.found(attributes(request.preparation.physicalId, request)) {
            name async throws(ResourceFailure) in try await isThere(name, request)
        }
    }

    private func isThere(_ name: String, _ request: ResourceRequest) async throws(ResourceFailure) -> Bool {
        try await request.targetedIfPresent(
            ManagementCalls.logs, "ListTagsLogGroup", ["logGroupName": .string(name)]) != nil
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        let name = request.preparation.physicalId
        try await make(name, request)
        return request.provisioned(name, attributes(name, request))
    }

    private func make(_ name: String, _ request: ResourceRequest) async throws(ResourceFailure) {
        var members: JSONObject = ["logGroupName": .string(name)]
        members["kmsKeyId"] = try request.properties.text("KmsKeyId")
        members["logGroupClass"] = try request.properties.text("LogGroupClass")
        members["deletionProtectionEnabled"] = try request.properties.boolean("DeletionProtectionEnabled")
        if let tags = try request.properties.tagList("Tags")?.object, !tags.isEmpty { members["tags"] = .object(tags) }
        let days = try request.properties.integer("RetentionInDays")
        try await request.targeted(ManagementCalls.logs, "CreateLogGroup", members)
        guard let days else { return }
        do throws(ResourceFailure) { try await retain(name, days, request) } catch {
            // Nothing is left behind.
            _ = try? await request.targeted(ManagementCalls.logs, "DeleteLogGroup", ["logGroupName": .string(name)])
            throw error
        }
    }

    private func retain(
        _ name: String, _ days: JSONValue?, _ request: ResourceRequest
    ) async throws(ResourceFailure) {
        let group: JSONObject = ["logGroupName": .string(name)]
        guard let days else {
            return _ = try await request.targeted(ManagementCalls.logs, "DeleteRetentionPolicy", group)
        }
        var members = group
        members["retentionInDays"] = days
        try await request.targeted(ManagementCalls.logs, "PutRetentionPolicy", members)
    }

    func update(_ update: ResourceUpdate) async throws(ResourceFailure) -> ProvisionedResource {
        let (request, name) = (update.request, update.existing.physicalId)
        let properties = request.properties
        let result = request.provisioned(name, attributes(name, request))
        // One that somebody has deleted, or that was made when groups were no more than names.
        guard try await isThere(name, request) else {
            try await make(name, request)
            return result
        }
        if update.changes("RetentionInDays") {
            try await retain(name, try properties.integer("RetentionInDays"), request)
        }
        if update.changes("KmsKeyId") {
            var members: JSONObject = ["logGroupName": .string(name)]
            members["kmsKeyId"] = try properties.text("KmsKeyId")
            let operation = members["kmsKeyId"] == nil ? "DisassociateKmsKey" : "AssociateKmsKey"
            try await request.targeted(ManagementCalls.logs, operation, members)
        }
        if update.changes("DeletionProtectionEnabled") {
            try await request.targeted(
                ManagementCalls.logs, "PutLogGroupDeletionProtection",
                [
                    "logGroupIdentifier": .string(name),
                    "deletionProtectionEnabled": try properties.boolean("DeletionProtectionEnabled") ?? false,
                ])
        }
        if update.changes("Tags") {
            let tags = TagChange(from: try update.old.tagList("Tags"), to: try properties.tagList("Tags"))
            if !tags.set.isEmpty {
                try await request.targeted(
                    ManagementCalls.logs, "TagLogGroup", ["logGroupName": .string(name), "tags": .object(tags.set)])
            }
            if !tags.removed.isEmpty {
                try await request.targeted(
                    ManagementCalls.logs, "UntagLogGroup",
                    ["logGroupName": .string(name), "tags": .array(tags.removed.map { .string($0) })])
            }
        }
        return result
    }

    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        let group: JSONObject = ["logGroupName": .string(deletion.physicalId)]
        if deletion.isUndone {
            let members: JSONObject = [
                "logGroupIdentifier": .string(deletion.physicalId), "deletionProtectionEnabled": false,
            ]
            try await deletion.targetedIfPresent(ManagementCalls.logs, "PutLogGroupDeletionProtection", members)
        }
        try await deletion.targetedIfPresent(ManagementCalls.logs, "DeleteLogGroup", group)
    }

    private func attributes(_ name: String, _ request: ResourceRequest) -> [String: String] {
        let account = request.account
        return ["Arn": "arn:\(account.partition):logs:\(account.region):\(account.accountId):log-group:\(name):*"]
    }
}

/// AWS::Logs::LogStream: CreateLogStream.
private struct LogStreamType: ResourceBehaviour {
    func prepare(_ request: ResourceRequest) async throws(ResourceFailure) -> ResourcePreparation {
        let group = try request.properties.required("LogGroupName")
        return try await request.named("LogStreamName", limit: nameLimit) { name async throws(ResourceFailure) in
            try await isThere(name, in: group, request)
        }
    }

    func find(_ request: ResourceRequest) async throws(ResourceFailure) -> [ProvisionedResource] {
        let group = try request.properties.required("LogGroupName")
        return try await request.found { name async throws(ResourceFailure) in
            try await isThere(name, in: group, request)
        }
    }

    private func isThere(
        _ name: String, in group: String, _ request: ResourceRequest
    ) async throws(ResourceFailure) -> Bool {
        try await request.targetedIfPresent(ManagementCalls.logs, "GetLogEvents", members(name, group, limit: 1)) != nil
    }

    private func members(_ name: String, _ group: String, limit: Int? = nil) -> JSONObject {
        var members: JSONObject = ["logGroupName": .string(group), "logStreamName": .string(name)]
        members["limit"] = limit.map { .number($0) }
        return members
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        let name = request.preparation.physicalId
        let group = try request.properties.required("LogGroupName")
        try await request.targeted(ManagementCalls.logs, "CreateLogStream", members(name, group))
        return request.provisioned(name)
    }

    func update(_ update: ResourceUpdate) -> ProvisionedResource { update.existing }

    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        let group = try deletion.properties.required("LogGroupName")
        try await deletion.targetedIfPresent(
            ManagementCalls.logs, "DeleteLogStream", members(deletion.physicalId, group))
    }
}
