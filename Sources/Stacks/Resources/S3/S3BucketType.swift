import GatewayModel
import JSON

extension ResourceType {
    static let s3Bucket = ResourceType(
        name: "AWS::S3::Bucket", attributes: ["Arn", "DomainName", "DualStackDomainName", "RegionalDomainName"],
        knownAttributes: ["WebsiteURL"],
        rules: PropertyRules(
            type: "AWS::S3::Bucket",
            supported: [
                "AccelerateConfiguration": .map,
                "AccessControl": .word(
                    ["Private", "BucketOwnerFullControl"],
                    known: [
                        "AuthenticatedRead", "AwsExecRead", "BucketOwnerRead", "LogDeliveryWrite", "PublicRead",
                        "PublicReadWrite",
                    ]),
                "AnalyticsConfigurations": .list, "BucketEncryption": .members(encryption), "BucketName": .text,
                "IntelligentTieringConfigurations": .list,
                "LifecycleConfiguration": .members(
                    PropertyRules(
                        type: "AWS::S3::Bucket.LifecycleConfiguration",
                        supported: ["Rules": .list, "TransitionDefaultMinimumObjectSize": .text], required: ["Rules"])),
                "MetricsConfigurations": .list, "ObjectLockEnabled": .boolean,
                "OwnershipControls": .members(
                    PropertyRules(
                        type: "AWS::S3::Bucket.OwnershipControls",
                        supported: [
                            "Rules": .listOfMembers(
                                PropertyRules(
                                    type: "AWS::S3::Bucket.OwnershipControlsRule",
                                    supported: [
                                        "ObjectOwnership": .word(
                                            ["BucketOwnerEnforced"], known: ["BucketOwnerPreferred", "ObjectWriter"])
                                    ]))
                        ], required: ["Rules"])),
                "PublicAccessBlockConfiguration": .members(
                    PropertyRules(
                        type: "AWS::S3::Bucket.PublicAccessBlockConfiguration",
                        supported: Dictionary(
                            uniqueKeysWithValues: S3BucketType.publicAccess.map { ($0, .boolean) }))),
                "Tags": .list,
                "VersioningConfiguration": .members(
                    PropertyRules(
                        type: "AWS::S3::Bucket.VersioningConfiguration",
                        supported: ["Status": .word(["Enabled", "Suspended"], known: [])], required: ["Status"])),
            ],
            known: [
                "AbacStatus", "CorsConfiguration", "InventoryConfigurations", "LoggingConfiguration",
                "MetadataConfiguration", "MetadataTableConfiguration", "NotificationConfiguration",
                "ObjectLockConfiguration", "ReplicationConfiguration", "WebsiteConfiguration",
            ],
            storedOnly: [
                "AccelerateConfiguration", "AnalyticsConfigurations", "IntelligentTieringConfigurations",
                "LifecycleConfiguration", "MetricsConfigurations",
            ]),
        replacedBy: ["BucketName"], behaviour: S3BucketType())

    private static let encryption = PropertyRules(
        type: "AWS::S3::Bucket.BucketEncryption",
        supported: [
            "ServerSideEncryptionConfiguration": .listOfMembers(
                PropertyRules(
                    type: "AWS::S3::Bucket.ServerSideEncryptionRule",
                    supported: [
                        "BucketKeyEnabled": .boolean,
                        "ServerSideEncryptionByDefault": .members(
                            PropertyRules(
                                type: "AWS::S3::Bucket.ServerSideEncryptionByDefault",
                                supported: ["KMSMasterKeyID": .text, "SSEAlgorithm": .text],
                                required: ["SSEAlgorithm"])),
                    ]))
        ], required: ["ServerSideEncryptionConfiguration"])
}

/// AWS::S3::Bucket: CreateBucket, then an operation for each part of its configuration.
private struct S3BucketType: ResourceBehaviour {
    static let publicAccess = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"]
    /// AWS quota: of a bucket's name.
    private static let nameLimit = 63
    /// What lifecycle rules may say: it has no effect here, and nobody misses it. Objects that expire are missed.
    private static let harmless: Set<String> = [
        "AbortIncompleteMultipartUpload", "ExpiredObjectDeleteMarker", "Id", "NoncurrentVersionExpiration",
        "NoncurrentVersionExpirationInDays", "NoncurrentVersionTransition", "NoncurrentVersionTransitions",
        "ObjectSizeGreaterThan", "ObjectSizeLessThan", "Prefix", "Status", "TagFilters", "Transition", "Transitions",
    ]

    func contradiction(_ properties: TemplateMap) -> (property: String, message: String)? {
        if properties["ObjectLockEnabled"]?.boolean == true {
            return ("ObjectLockEnabled", "objects are not locked here: ObjectLockEnabled is not supported yet")
        }
        for rule in properties["LifecycleConfiguration"]?.map?["Rules"]?.list ?? [] {
            guard let members = rule.map, members["Status"]?.text != "Disabled" else { continue }
            if let member = members.entries.first(where: { !Self.harmless.contains($0.key) }) {
                return (
                    "LifecycleConfiguration",
                    "objects do not expire here: \(member.key) of a lifecycle rule is not supported yet"
                )
            }
        }
        return nil
    }

    func prepare(_ request: ResourceRequest) async throws(ResourceFailure) -> ResourcePreparation {
        if try request.properties.text("BucketName") != nil {
            return try await request.named("BucketName", limit: Self.nameLimit) { name async throws(ResourceFailure) in
                try await isThere(name, request)
            }
        }
        var name = PhysicalName.make(
            stackName: request.stackName, logicalId: request.logicalId, limit: Self.nameLimit
        ).lowercased()
        while try await isThere(name, request) {
            name = PhysicalName.unique(
                stackName: request.stackName, logicalId: request.logicalId, limit: Self.nameLimit
            ).lowercased()
        }
        return ResourcePreparation(physicalId: name)
    }

    func find(_ request: ResourceRequest) async throws(ResourceFailure) -> [ProvisionedResource] {
        try await request.found(attributes(request.preparation.physicalId, request.account)) {
            name async throws(ResourceFailure) in try await isThere(name, request)
        }
    }

    private func isThere(_ name: String, _ request: ResourceRequest) async throws(ResourceFailure) -> Bool {
        try await request.bucketIfPresent("HeadBucket", "HEAD", name) != nil
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        let (name, region) = (request.preparation.physicalId, request.account.region)
        // In one region S3 makes a bucket again that is there.
        guard !request.preparation.present.contains(name) else {
            throw ResourceFailure(message: "\(name) already exists")
        }
        var body: [UInt8] = []
        // The first region has no name as a place.
        if region != "us-east-1" {
            body = try BucketDocument("CreateBucketConfiguration") { xml throws(ResourceFailure) in
                xml.element("LocationConstraint", region)
            }.bytes
        }
        try await request.bucket("CreateBucket", "PUT", name, body: body)
        do throws(ResourceFailure) {
            try await configure(name, request, Set(request.properties.properties.map(\.key)), isNew: true)
        } catch {
            try await request.bucketIfPresent("DeleteBucket", "DELETE", name)
            throw error
        }
        return request.provisioned(name, attributes(name, request.account))
    }

    func update(_ update: ResourceUpdate) async throws(ResourceFailure) -> ProvisionedResource {
        try await configure(update.existing.physicalId, update.request, update.changed, isNew: false)
        return update.existing
    }

    /// As in AWS, what is not empty stays.
    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        try await deletion.bucketIfPresent("DeleteBucket", "DELETE", deletion.physicalId)
    }

    private func attributes(_ name: String, _ account: AccountIdentity) -> [String: String] {
        let suffix = account.urlSuffix
        return [
            "Arn": "arn:\(account.partition):s3:::\(name)", "DomainName": "\(name).s3.\(suffix)",
            "DualStackDomainName": "\(name).s3.dualstack.\(account.region).\(suffix)",
            "RegionalDomainName": "\(name).s3.\(account.region).\(suffix)",
        ]
    }
}

/// The parts of a bucket's configuration.
extension S3BucketType {
    /// Sets those of the properties that the template has, and has the others be as they are of a new bucket.
    private func configure(
        _ name: String, _ request: ResourceRequest, _ properties: Set<String>, isNew: Bool
    ) async throws(ResourceFailure) {
        let reader = request.properties
        if properties.contains("PublicAccessBlockConfiguration") {
            let given = try reader.nested("PublicAccessBlockConfiguration")
            let document = try BucketDocument("PublicAccessBlockConfiguration") { xml throws(ResourceFailure) in
                for member in Self.publicAccess {
                    let value = try given.map { given throws(ResourceFailure) in
                        try given.boolean(member)?.bool ?? false
                    }
                    xml.element(member, "\(value ?? true)")
                }
            }
            try await request.bucket(
                "PutPublicAccessBlock", "PUT", name, "publicAccessBlock", body: document.bytes)
        }
        if properties.contains("BucketEncryption") { try await encrypt(name, request) }
        if properties.contains("VersioningConfiguration") {
            let status = try reader.nested("VersioningConfiguration")?.text("Status")?.string
            let document = try BucketDocument("VersioningConfiguration") { xml throws(ResourceFailure) in
                xml.element("Status", status ?? "Suspended")
            }
            try await request.bucket("PutBucketVersioning", "PUT", name, "versioning", body: document.bytes)
        }
        if properties.contains("Tags") { try await tag(name, request, isNew: isNew) }
    }

    private func encrypt(_ name: String, _ request: ResourceRequest) async throws(ResourceFailure) {
        guard let encryption = try request.properties.nested("BucketEncryption") else {
            try await request.bucketIfPresent("DeleteBucketEncryption", "DELETE", name, "encryption")
            return
        }
        let rules = encryption.properties["ServerSideEncryptionConfiguration"]?.list ?? []
        let document = try BucketDocument("ServerSideEncryptionConfiguration") { xml throws(ResourceFailure) in
            for rule in rules.compactMap(\.map).map(PropertyReader.init) {
                try xml.element("Rule") { xml throws(ResourceFailure) in
                    if let standard = try rule.nested("ServerSideEncryptionByDefault") {
                        try xml.element("ApplyServerSideEncryptionByDefault") { xml throws(ResourceFailure) in
                            for member in ["SSEAlgorithm", "KMSMasterKeyID"] {
                                xml.element(member, try standard.text(member)?.string)
                            }
                        }
                    }
                    xml.element("BucketKeyEnabled", try rule.boolean("BucketKeyEnabled")?.bool.map { "\($0)" })
                }
            }
        }
        try await request.bucket("PutBucketEncryption", "PUT", name, "encryption", body: document.bytes)
    }

    private func tag(_ name: String, _ request: ResourceRequest, isNew: Bool) async throws(ResourceFailure) {
        let tags = try request.properties.tagList("Tags")?.object ?? [:]
        guard !tags.isEmpty else {
            if !isNew { try await request.bucketIfPresent("DeleteBucketTagging", "DELETE", name, "tagging") }
            return
        }
        let document = try BucketDocument("Tagging") { xml throws(ResourceFailure) in
            try xml.element("TagSet") { xml throws(ResourceFailure) in
                for (key, value) in tags {
                    try xml.element("Tag") { xml throws(ResourceFailure) in
                        xml.element("Key", key)
                        xml.element("Value", value.string)
                    }
                }
            }
        }
        try await request.bucket("PutBucketTagging", "PUT", name, "tagging", body: document.bytes)
    }
}
