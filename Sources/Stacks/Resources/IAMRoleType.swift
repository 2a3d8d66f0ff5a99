import GatewayModel

extension ResourceType {
    /// AWS::IAM::Role: a name and an ARN, which functions are created with. There is no IAM here to enforce it.
    static let iamRole = ResourceType(
        name: "AWS::IAM::Role", attributes: ["Arn"]
    ) { request async throws(ResourceFailure) in
        let name = PhysicalName.make(stackName: request.stackName, logicalId: request.logicalId, limit: 64)
        let account = request.account
        return ProvisionedResource(
            logicalId: request.logicalId, type: "AWS::IAM::Role", physicalId: name,
            attributes: ["Arn": "arn:\(account.partition):iam::\(account.accountId):role/\(name)"])
    }
}
