import GatewayModel
import JSON

/// Roles and policies of IAM: they have names and ARNs, which functions are created with. There is no IAM here to
/// enforce them, so what they say is kept in the stack's record and changes nothing.
extension ResourceType {
    static let iamRole = ResourceType(
        name: "AWS::IAM::Role", attributes: ["Arn", "RoleId"],
        rules: kept(
            "AWS::IAM::Role",
            [
                "AssumeRolePolicyDocument": .any, "Description": .text, "ManagedPolicyArns": .list,
                "MaxSessionDuration": .integer, "Path": .text, "PermissionsBoundary": .text, "Policies": .list,
                "RoleName": .text, "Tags": .list,
            ], effective: ["Path", "RoleName"], required: ["AssumeRolePolicyDocument"]),
        replacedBy: ["Path", "RoleName"], behaviour: IAMRoleType())

    static let iamPolicy = ResourceType(
        name: "AWS::IAM::Policy", attributes: ["Id"],
        rules: kept(
            "AWS::IAM::Policy",
            ["Groups": .list, "PolicyDocument": .any, "PolicyName": .text, "Roles": .list, "Users": .list],
            effective: ["PolicyName"], required: ["PolicyDocument", "PolicyName"]),
        replacedBy: ["PolicyName"], behaviour: IAMPolicyType())

    static let iamManagedPolicy = ResourceType(
        name: "AWS::IAM::ManagedPolicy", attributes: ["PolicyArn"],
        knownAttributes: [
            "AttachmentCount", "CreateDate", "DefaultVersionId", "IsAttachable", "PermissionsBoundaryUsageCount",
            "PolicyId", "UpdateDate",
        ],
        rules: kept(
            "AWS::IAM::ManagedPolicy",
            [
                "Description": .text, "Groups": .list, "ManagedPolicyName": .text, "Path": .text,
                "PolicyDocument": .any, "Roles": .list, "Tags": .list, "Users": .list,
            ], effective: ["ManagedPolicyName", "Path"], required: ["PolicyDocument"]),
        replacedBy: ["Description", "ManagedPolicyName", "Path"], behaviour: IAMManagedPolicyType())

    /// Rules under which everything is kept, and only `effective` properties show in anything.
    static func kept(
        _ type: String, _ properties: [String: PropertyRules.Kind], effective: Set<String>, required: [String] = []
    ) -> PropertyRules {
        PropertyRules(
            type: type, supported: properties, storedOnly: Set(properties.keys).subtracting(effective),
            required: required)
    }
}

/// A resource that exists in the stack's record only.
protocol RecordedOnly: ResourceBehaviour {
    var nameProperty: String { get }
    var nameLimit: Int { get }
    func provisioned(_ request: ResourceRequest) throws(ResourceFailure) -> ProvisionedResource
}

extension RecordedOnly {
    func prepare(_ request: ResourceRequest) async throws(ResourceFailure) -> ResourcePreparation {
        try await request.named(nameProperty, limit: nameLimit) { _ in false }
    }

    func create(_ request: ResourceRequest) throws(ResourceFailure) -> ProvisionedResource { try provisioned(request) }
    func update(_ update: ResourceUpdate) -> ProvisionedResource { update.existing }
    func delete(_ deletion: ResourceDeletion) {}
    func find(_ request: ResourceRequest) -> [ProvisionedResource] { [] }
}

private struct IAMRoleType: RecordedOnly {
    let nameProperty = "RoleName"
    let nameLimit = 64

    func provisioned(_ request: ResourceRequest) throws(ResourceFailure) -> ProvisionedResource {
        let name = request.preparation.physicalId
        return request.provisioned(
            name, ["Arn": try request.iamARN("role", name), "RoleId": "AROA" + request.uniqueId])
    }
}

private struct IAMPolicyType: RecordedOnly {
    let nameProperty = "PolicyName"
    let nameLimit = 128

    /// Ref and Id are one, as CloudFormation has them: not the name that the template gives, but the stack's own.
    func provisioned(_ request: ResourceRequest) -> ProvisionedResource {
        let name = PhysicalName.make(stackName: request.stackName, logicalId: request.logicalId, limit: nameLimit)
        return request.provisioned(name, ["Id": name])
    }
}

private struct IAMManagedPolicyType: RecordedOnly {
    let nameProperty = "ManagedPolicyName"
    let nameLimit = 128

    func provisioned(_ request: ResourceRequest) throws(ResourceFailure) -> ProvisionedResource {
        let arn = try request.iamARN("policy", request.preparation.physicalId)
        return request.provisioned(arn, ["PolicyArn": arn])
    }
}

extension ResourceRequest {
    /// The path stands between the kind and the name: `arn:aws:iam::123456789012:role/service/name`.
    fileprivate func iamARN(_ kind: String, _ name: String) throws(ResourceFailure) -> String {
        let path = try properties.text("Path")?.string ?? "/"
        return "arn:\(account.partition):iam::\(account.accountId):\(kind)\(path)\(name)"
    }

    /// Seventeen upper-case letters and digits, as IAM's unique ids have after their prefix.
    fileprivate var uniqueId: String { Identifiers.part(17).uppercased() }
}
