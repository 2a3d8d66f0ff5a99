import GatewayModel

/// Types of which only a name is kept, for others to refer to: what they would do, nothing here does. A note says so of
/// each of them.
extension ResourceType {
    static let nameOnlyTypes = [
        kmsKey, kmsAlias, ecrRepository,
        nameOnly("AWS::CDK::Metadata", ["Analytics"], [], isTold: false, NameOnly(.word)),
        nameOnly("AWS::CloudFormation::WaitConditionHandle", [], [], NameOnly(.word)),
    ]

    private static let kmsKey = nameOnly(
        "AWS::KMS::Key",
        [
            "BypassPolicyLockoutSafetyCheck", "Description", "EnableKeyRotation", "Enabled", "KeyPolicy", "KeySpec",
            "KeyUsage", "MultiRegion", "Origin", "PendingWindowInDays", "RotationPeriodInDays", "Tags",
        ], ["Arn", "KeyId"],
        NameOnly(.uuid) { id, account in
            ["Arn": "arn:\(account.partition):kms:\(account.region):\(account.accountId):key/\(id)", "KeyId": id]
        })

    private static let kmsAlias = nameOnly(
        "AWS::KMS::Alias", ["AliasName", "TargetKeyId"], [], required: ["AliasName", "TargetKeyId"],
        NameOnly(.property("AliasName", limit: 256)))

    private static let ecrRepository = nameOnly(
        "AWS::ECR::Repository",
        [
            "EmptyOnDelete", "EncryptionConfiguration", "ImageScanningConfiguration", "ImageTagMutability",
            "ImageTagMutabilityExclusionFilters", "LifecyclePolicy", "RepositoryName", "RepositoryPolicyText", "Tags",
        ], ["Arn", "RepositoryUri"],
        NameOnly(.property("RepositoryName", limit: 256, isLowercase: true)) { name, account in
            let place = "\(account.accountId).dkr.ecr.\(account.region).\(account.urlSuffix)"
            return [
                "Arn": "arn:\(account.partition):ecr:\(account.region):\(account.accountId):repository/\(name)",
                "RepositoryUri": "\(place)/\(name)",
            ]
        })

    private static func nameOnly(
        _ name: String, _ properties: [String], _ attributes: Set<String>, required: [String] = [], isTold: Bool = true,
        _ behaviour: NameOnly
    ) -> ResourceType {
        ResourceType(
            name: name, attributes: attributes,
            rules: PropertyRules(
                type: name, supported: Dictionary(uniqueKeysWithValues: properties.map { ($0, .any) }),
                required: required),
            isNameOnly: isTold, replacedBy: behaviour.replacedBy, behaviour: behaviour)
    }
}

private struct NameOnly: ResourceBehaviour {
    enum Naming: Sendable {
        case uuid
        case property(String, limit: Int, isLowercase: Bool = false)
        /// One that is made from the stack's and the resource's.
        case word
    }

    private let naming: Naming
    private let attributes: @Sendable (_ name: String, AccountIdentity) -> [String: String]

    /// Of a name that nobody else looks at.
    private static let nameLimit = 255

    init(
        _ naming: Naming,
        attributes: @escaping @Sendable (_ name: String, AccountIdentity) -> [String: String] = { _, _ in [:] }
    ) {
        self.naming = naming
        self.attributes = attributes
    }

    var replacedBy: Set<String> {
        if case .property(let name, _, _) = naming { [name] } else { [] }
    }

    func prepare(_ request: ResourceRequest) async throws(ResourceFailure) -> ResourcePreparation {
        switch naming {
        case .uuid: return ResourcePreparation(physicalId: Identifiers.uuid())
        case .word: return try await request.named(nil, limit: Self.nameLimit) { _ in false }
        case .property(let name, let limit, let isLowercase):
            var preparation = try await request.named(name, limit: limit) { _ in false }
            if isLowercase, request.properties.properties[name] == nil {
                preparation.physicalId = preparation.physicalId.lowercased()
            }
            return preparation
        }
    }

    func create(_ request: ResourceRequest) -> ProvisionedResource {
        let name = request.preparation.physicalId
        return request.provisioned(name, attributes(name, request.account))
    }

    func update(_ update: ResourceUpdate) -> ProvisionedResource { update.existing }
    func delete(_ deletion: ResourceDeletion) {}
    func find(_ request: ResourceRequest) -> [ProvisionedResource] { [] }
}
