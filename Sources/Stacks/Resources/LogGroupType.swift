import GatewayModel

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
                "BearerTokenAuthenticationEnabled", "DataProtectionPolicy", "DeletionProtectionEnabled",
                "FieldIndexPolicies", "KmsKeyId", "LogGroupClass", "ResourcePolicyDocument", "RetentionInDays", "Tags",
            ]),
        replacedBy: ["LogGroupName"], behaviour: LogGroupType())
}

/// AWS::Logs::LogGroup: the name under which functions and stages write their lines. Files appear with the first line.
private struct LogGroupType: ResourceBehaviour {
    func prepare(_ request: ResourceRequest) async throws(ResourceFailure) -> ResourcePreparation {
        try await request.named("LogGroupName", limit: 512) { _ in false }
    }

    func update(_ update: ResourceUpdate) -> ProvisionedResource { update.existing }
    func delete(_ deletion: ResourceDeletion) {}
    func find(_ request: ResourceRequest) -> [ProvisionedResource] { [] }

    func create(_ request: ResourceRequest) -> ProvisionedResource {
        let (name, account) = (request.preparation.physicalId, request.account)
        let arn = "arn:\(account.partition):logs:\(account.region):\(account.accountId):log-group:\(name):*"
        return request.provisioned(name, ["Arn": arn])
    }
}
