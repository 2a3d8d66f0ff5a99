import GatewayModel
import JSON

extension ResourceType {
    static let secretsManagerSecret = ResourceType(
        name: "AWS::SecretsManager::Secret", attributes: ["Id"],
        rules: PropertyRules(
            type: "AWS::SecretsManager::Secret",
            supported: [
                "Description": .text,
                "GenerateSecretString": .members(
                    DocumentShape.rules(
                        "AWS::SecretsManager::Secret.GenerateSecretString", SecretsManagerSecretType.generated,
                        and: ["GenerateStringKey": .text, "SecretStringTemplate": .text])),
                "KmsKeyId": .text, "Name": .text, "SecretString": .text, "Tags": .list,
            ], known: ["ReplicaRegions", "Type"]),
        replacedBy: ["Name"], behaviour: SecretsManagerSecretType())
}

/// AWS::SecretsManager::Secret: CreateSecret, with a value of the template's or one that is made up here.
private struct SecretsManagerSecretType: ResourceBehaviour {
    static let generated: [String: DocumentShape] = [
        "ExcludeCharacters": .text, "ExcludeLowercase": .boolean, "ExcludeNumbers": .boolean,
        "ExcludePunctuation": .boolean, "ExcludeUppercase": .boolean, "IncludeSpace": .boolean,
        "PasswordLength": .integer, "RequireEachIncludedType": .boolean,
    ]

    private static let nameLimit = 512

    func contradiction(_ properties: TemplateMap) -> (property: String, message: String)? {
        if properties["SecretString"] != nil, properties["GenerateSecretString"] != nil {
            return ("SecretString", "a secret has either SecretString or GenerateSecretString")
        }
        guard let made = properties["GenerateSecretString"]?.map,
            (made["GenerateStringKey"] == nil) != (made["SecretStringTemplate"] == nil)
        else { return nil }
        return ("GenerateSecretString", "GenerateStringKey and SecretStringTemplate are needed together")
    }

    func prepare(_ request: ResourceRequest) async throws(ResourceFailure) -> ResourcePreparation {
        try await request.named("Name", limit: Self.nameLimit) { name async throws(ResourceFailure) in
            try await arn(name, request) != nil
        }
    }

    func find(_ request: ResourceRequest) async throws(ResourceFailure) -> [ProvisionedResource] {
        let name = request.preparation.physicalId
        guard !request.preparation.present.contains(name), let arn = try await arn(name, request) else { return [] }
        return [request.provisioned(arn, ["Id": arn])]
    }

    private func arn(_ name: String, _ request: ResourceRequest) async throws(ResourceFailure) -> String? {
        let answer = try await request.targetedIfPresent(
            ManagementCalls.secretsManager, "DescribeSecret", ["SecretId": .string(name)])
        return answer?["ARN"]?.string
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        var members = try await members(request)
        members["Name"] = .string(request.preparation.physicalId)
        let tags = try request.properties.tagList("Tags")?.object ?? [:]
        if !tags.isEmpty { members["Tags"] = tags.asTagList }
        let answer = try await request.targeted(ManagementCalls.secretsManager, "CreateSecret", members)
        let arn = try answer.member("ARN", of: "CreateSecret")
        return request.provisioned(arn, ["Id": arn])
    }

    func update(_ update: ResourceUpdate) async throws(ResourceFailure) -> ProvisionedResource {
        let (request, arn) = (update.request, update.existing.physicalId)
        if !update.changed.isSubset(of: ["Tags"]) {
            // A value that is made up stays until the template asks for another one.
            var members = try await members(
                request, withValue: update.changes("SecretString", "GenerateSecretString"))
            members["SecretId"] = .string(arn)
            if members["Description"] == nil { members["Description"] = "" }
            try await request.targeted(ManagementCalls.secretsManager, "UpdateSecret", members)
        }
        if update.changes("Tags") {
            let tags = TagChange(from: try update.old.tagList("Tags"), to: try request.properties.tagList("Tags"))
            if !tags.set.isEmpty {
                try await request.targeted(
                    ManagementCalls.secretsManager, "TagResource",
                    ["SecretId": .string(arn), "Tags": tags.set.asTagList])
            }
            if !tags.removed.isEmpty {
                try await request.targeted(
                    ManagementCalls.secretsManager, "UntagResource",
                    ["SecretId": .string(arn), "TagKeys": .array(tags.removed.map { .string($0) })])
            }
        }
        return request.provisioned(arn, ["Id": arn])
    }

    /// At once, as CloudFormation does it: a stack of the same names can be made again.
    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        try await deletion.targetedIfPresent(
            ManagementCalls.secretsManager, "DeleteSecret",
            ["SecretId": .string(deletion.physicalId), "ForceDeleteWithoutRecovery": true])
    }

    private func members(
        _ request: ResourceRequest, withValue: Bool = true
    ) async throws(ResourceFailure) -> JSONObject {
        var members = JSONObject()
        for member in ["Description", "KmsKeyId"] { members[member] = try request.properties.text(member) }
        guard withValue, let value = try await value(request) else { return members }
        members["SecretString"] = .string(value)
        members["ClientRequestToken"] = .string(Identifiers.uuid())
        return members
    }

    private func value(_ request: ResourceRequest) async throws(ResourceFailure) -> String? {
        if let text = try request.properties.text("SecretString")?.string { return text }
        guard let made = try request.properties.nested("GenerateSecretString") else { return nil }
        let answer = try await request.targeted(
            ManagementCalls.secretsManager, "GetRandomPassword", try made.document(Self.generated))
        let password = try answer.member("RandomPassword", of: "GetRandomPassword")
        guard let key = try made.text("GenerateStringKey")?.string,
            let template = try made.text("SecretStringTemplate")?.string
        else { return password }
        guard var object = (try? JSONValue(parsing: template))?.object else {
            throw ResourceFailure(message: "SecretStringTemplate is no JSON object")
        }
        object[key] = .string(password)
        return JSONValue.object(object).text
    }
}
