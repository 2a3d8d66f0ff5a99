import GatewayModel

extension ResourceType {
    static let logGroup = ResourceType(
        name: "AWS::Logs::LogGroup", attributes: ["Arn"],
        rules: kept(
            "AWS::Logs::LogGroup",
            [
                "BearerTokenAuthenticationEnabled": .boolean, "DataProtectionPolicy": .any,
                "DeletionProtectionEnabled": .boolean, "FieldIndexPolicies": .list, "KmsKeyId": .text,
                "LogGroupClass": .text, "LogGroupName": .text, "ResourcePolicyDocument": .any,
                "RetentionInDays": .integer, "Tags": .list,
            ], effective: ["LogGroupName"]),
        replacedBy: ["LogGroupName"], behaviour: LogGroupType())
}

/// AWS::Logs::LogGroup: the name under which functions and stages write their lines. Files appear with the first line.
private struct LogGroupType: RecordedOnly {
    let nameProperty = "LogGroupName"
    let nameLimit = 512

    func provisioned(_ request: ResourceRequest) -> ProvisionedResource {
        let (name, account) = (request.preparation.physicalId, request.account)
        let arn = "arn:\(account.partition):logs:\(account.region):\(account.accountId):log-group:\(name):*"
        return request.provisioned(name, ["Arn": arn])
    }
}
