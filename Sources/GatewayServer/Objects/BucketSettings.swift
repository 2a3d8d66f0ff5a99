import GatewayModel
import ObjectStore

/// The parts of a bucket's configuration, each behind a query parameter of its name. Those that are kept are what the caller
/// sent; of those that are not there, what AWS answers for a bucket that never had any.
///
/// Source: recorded answers of AWS for new buckets.
struct BucketSettings: Sendable {
    enum Absence: Sendable {
        /// The content of the document's root.
        case document(String)
        case error(code: String, message: String)
    }

    /// The query parameter.
    let name: String
    /// In the names of its operations: `GetBucketVersioning`.
    let noun: String
    let root: String
    let absence: Absence
    /// As policies name it, where that is not the operation's name.
    var action: String?
    /// Elements that a document may have, by path; nil: it is not written here.
    var elements: Set<String>?
    var isDeletable = false

    private static let ownerships: Set = ["BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"]
    private static let accessBlocks = [
        "BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets",
    ]

    static let all: [BucketSettings] = [
        BucketSettings(
            name: "encryption", noun: "BucketEncryption", root: "ServerSideEncryptionConfiguration",
            absence: .document(
                "<Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm>"
                    + "</ApplyServerSideEncryptionByDefault><BucketKeyEnabled>false</BucketKeyEnabled></Rule>"),
            action: "EncryptionConfiguration",
            elements: [
                "Rule", "Rule/ApplyServerSideEncryptionByDefault",
                "Rule/ApplyServerSideEncryptionByDefault/SSEAlgorithm",
                "Rule/ApplyServerSideEncryptionByDefault/KMSMasterKeyID", "Rule/BucketKeyEnabled",
                "Rule/BlockedEncryptionTypes", "Rule/BlockedEncryptionTypes/EncryptionType",
            ], isDeletable: true),
        BucketSettings(
            name: "publicAccessBlock", noun: "PublicAccessBlock", root: "PublicAccessBlockConfiguration",
            absence: .error(
                code: "NoSuchPublicAccessBlockConfiguration",
                message: "The public access block configuration was not found"), action: "BucketPublicAccessBlock",
            elements: Set(accessBlocks),
            isDeletable: true),
        BucketSettings(
            name: "ownershipControls", noun: "BucketOwnershipControls", root: "OwnershipControls",
            absence: .error(
                code: "OwnershipControlsNotFoundError", message: "The bucket ownership controls were not found"),
            elements: ["Rule", "Rule/ObjectOwnership"], isDeletable: true),
        BucketSettings(
            name: "accelerate", noun: "BucketAccelerateConfiguration", root: "AccelerateConfiguration",
            absence: .document(""), action: "AccelerateConfiguration"),
        BucketSettings(
            name: "logging", noun: "BucketLogging", root: "BucketLoggingStatus", absence: .document("")),
        BucketSettings(
            name: "notification", noun: "BucketNotificationConfiguration", root: "NotificationConfiguration",
            absence: .document(""), action: "BucketNotification"),
        BucketSettings(
            name: "requestPayment", noun: "BucketRequestPayment", root: "RequestPaymentConfiguration",
            absence: .document("<Payer>BucketOwner</Payer>")),
        BucketSettings(
            name: "cors", noun: "BucketCors", root: "CORSConfiguration",
            absence: .error(code: "NoSuchCORSConfiguration", message: "The CORS configuration does not exist"),
            action: "BucketCORS"),
        BucketSettings(
            name: "website", noun: "BucketWebsite", root: "WebsiteConfiguration",
            absence: .error(
                code: "NoSuchWebsiteConfiguration",
                message: "The specified bucket does not have a website configuration")),
        BucketSettings(
            name: "lifecycle", noun: "BucketLifecycleConfiguration", root: "LifecycleConfiguration",
            absence: .error(
                code: "NoSuchLifecycleConfiguration", message: "The lifecycle configuration does not exist"),
            action: "LifecycleConfiguration"),
        BucketSettings(
            name: "replication", noun: "BucketReplication", root: "ReplicationConfiguration",
            absence: .error(
                code: "ReplicationConfigurationNotFoundError",
                message: "The replication configuration was not found"), action: "ReplicationConfiguration"),
        BucketSettings(
            name: "object-lock", noun: "ObjectLockConfiguration", root: "ObjectLockConfiguration",
            absence: .error(
                code: "ObjectLockConfigurationNotFoundError",
                message: "Object Lock configuration does not exist for this bucket"),
            action: "BucketObjectLockConfiguration"),
    ]

    /// Since April 2023 nothing of a new bucket is public, and it has no access control lists.
    static func ofNewBucket(ownership: String) throws(ObjectError) -> [BucketSetting] {
        guard ownerships.contains(ownership) else {
            throw ObjectError(
                "InvalidArgument", status: 400, "Invalid x-amz-object-ownership header: \(ownership)"
            ).with("ArgumentName", "x-amz-object-ownership")
        }
        guard ownership == "BucketOwnerEnforced" else {
            throw .notImplemented(
                "Gatehouse serves no access control lists, so the object ownership of a bucket is BucketOwnerEnforced.")
        }
        return [
            BucketSetting(
                name: "publicAccessBlock",
                document: accessBlocks.map { "<\($0)>true</\($0)>" }.joined()),
            BucketSetting(
                name: "ownershipControls", document: "<Rule><ObjectOwnership>\(ownership)</ObjectOwnership></Rule>"),
        ]
    }

    func get(_ call: ObjectCall) throws(ObjectError) -> ObjectAnswer {
        let kept = try call.store.setting(name, of: call.bucket)
        switch (kept, absence) {
        case (let content?, _), (nil, .document(let content)): return ObjectAnswer(root) { $0.raw(content) }
        case (nil, .error(let code, let message)):
            throw ObjectError(code, status: 404, message).with("BucketName", call.bucket)
        }
    }

    /// Keeps a document whose elements are all known.
    func put(_ call: ObjectCall) throws(ObjectError) -> ObjectAnswer {
        _ = try call.store.bucket(call.bucket)
        let document = try call.document(root)
        guard !document.children.isEmpty else { throw .malformedXML }
        var xml = XMLText.part
        try write(document.children, under: "", to: &xml)
        try check(document)
        // AWS answers all of them.
        if name == "publicAccessBlock" {
            for member in Self.accessBlocks where document.child(member) == nil { xml.element(member, "false") }
        }
        try call.store.set(BucketSetting(name: name, document: xml.text), of: call.bucket)
        return ObjectAnswer(status: 200)
    }

    private func write(_ children: [XMLElement], under path: String, to xml: inout XMLText) throws(ObjectError) {
        for child in children {
            guard elements?.contains(path + child.name) == true else { throw .malformedXML }
            if child.children.isEmpty {
                xml.element(child.name, child.text)
            } else {
                var inner = XMLText.part
                try write(child.children, under: "\(path)\(child.name)/", to: &inner)
                xml.element(child.name) { $0.raw(inner.text) }
            }
        }
    }

    private func check(_ document: XMLElement) throws(ObjectError) {
        switch name {
        case "publicAccessBlock":
            guard document.children.allSatisfy({ $0.text == "true" || $0.text == "false" }) else { throw .malformedXML }
        case "ownershipControls":
            let ownership = document.child("Rule")?.child("ObjectOwnership")?.text ?? ""
            guard document.children.count == 1, Self.ownerships.contains(ownership) else { throw .malformedXML }
            _ = try Self.ofNewBucket(ownership: ownership)
        default:
            let rule = document.child("Rule")?.child("ApplyServerSideEncryptionByDefault")
            let algorithm = rule?.child("SSEAlgorithm")?.text ?? ""
            guard document.children.count == 1, ["AES256", "aws:kms", "aws:kms:dsse"].contains(algorithm) else {
                throw .malformedXML
            }
            if algorithm == "AES256", rule?.child("KMSMasterKeyID") != nil {
                throw ObjectError(
                    "InvalidArgument", status: 400,
                    "a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse"
                ).with("ArgumentName", "ApplyServerSideEncryptionByDefault")
            }
        }
    }
}

extension ObjectOperation {
    static let settingOperations: [ObjectOperation] =
        BucketSettings.all.flatMap { setting -> [ObjectOperation] in
            let action = setting.action ?? setting.noun
            var operations = [
                ObjectOperation("Get\(setting.noun)", "GET", .bucket, setting.name, action: "Get\(action)", setting.get)
            ]
            if setting.elements != nil {
                operations.append(
                    ObjectOperation(
                        "Put\(setting.noun)", "PUT", .bucket, setting.name, action: "Put\(action)", body: .document,
                        setting.put))
            }
            if setting.isDeletable {
                operations.append(
                    ObjectOperation(
                        "Delete\(setting.noun)", "DELETE", .bucket, setting.name, action: "Put\(action)"
                    ) { call throws(ObjectError) in
                        try call.store.removeSetting(setting.name, of: call.bucket)
                        return ObjectAnswer(status: 204)
                    })
            }
            return operations
        } + [
            ObjectOperation("GetBucketLocation", "GET", .bucket, "location") { call throws(ObjectError) in
                _ = try call.store.bucket(call.bucket)
                // Of the first region AWS answers an empty element.
                let region = call.account.region == "us-east-1" ? "" : call.account.region
                return ObjectAnswer("LocationConstraint") { $0.raw(region) }
            },
            ObjectOperation("GetBucketAcl", "GET", .bucket, "acl") { call throws(ObjectError) in
                _ = try call.store.bucket(call.bucket)
                return accessControlPolicy(call)
            },
            ObjectOperation("GetObjectAcl", "GET", .key, "acl") { call throws(ObjectError) in
                _ = try call.found()
                return accessControlPolicy(call)
            },
            ObjectOperation("GetBucketVersioning", "GET", .bucket, "versioning") { call throws(ObjectError) in
                let bucket = try call.store.bucket(call.bucket)
                return ObjectAnswer("VersioningConfiguration") { xml in
                    if let versioning = bucket.versioning { xml.element("Status", versioning.rawValue) }
                }
            },
            ObjectOperation("PutBucketVersioning", "PUT", .bucket, "versioning", body: .document) {
                call throws(ObjectError) in
                let document = try call.document("VersioningConfiguration")
                if document.child("MfaDelete")?.text == "Enabled" {
                    throw .notImplemented("Gatehouse does not serve MfaDelete of S3.")
                }
                guard let status = document.child("Status")?.text else {
                    throw ObjectError(
                        "IllegalVersioningConfigurationException", status: 400,
                        "The Versioning element must be specified")
                }
                guard let versioning = Bucket.Versioning(rawValue: status) else { throw .malformedXML }
                try call.store.setVersioning(versioning, of: call.bucket)
                return ObjectAnswer(status: 200)
            },
            ObjectOperation("GetBucketTagging", "GET", .bucket, "tagging") { call throws(ObjectError) in
                guard let tags = try call.store.setting("tagging", of: call.bucket) else {
                    throw ObjectError("NoSuchTagSet", status: 404, "The TagSet does not exist")
                        .with("BucketName", call.bucket)
                }
                return ObjectAnswer("Tagging") { $0.raw(tags) }
            },
            ObjectOperation(Tags.putBucketTagging, "PUT", .bucket, "tagging", body: .document) {
                call throws(ObjectError) in
                let tags = try Tags.ofBucket(call)
                if tags.isEmpty {
                    try call.store.removeSetting("tagging", of: call.bucket)
                } else {
                    try call.store.set(Tags.setting(tags), of: call.bucket)
                }
                return ObjectAnswer(status: 204)
            },
            ObjectOperation("DeleteBucketTagging", "DELETE", .bucket, "tagging", action: Tags.putBucketTagging) {
                call throws(ObjectError) in
                try Tags.checkSystemTags([], call)
                try call.store.removeSetting("tagging", of: call.bucket)
                return ObjectAnswer(status: 204)
            },
        ]

    /// Its owner's, and nobody else's.
    private static func accessControlPolicy(_ call: ObjectCall) -> ObjectAnswer {
        ObjectAnswer("AccessControlPolicy") { xml in
            xml.owner(call.account)
            xml.element("AccessControlList") { xml in
                xml.element("Grant") { xml in
                    xml.raw(
                        "<Grantee xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"CanonicalUser\">")
                    xml.element("ID", XMLText.ownerId(call.account))
                    xml.raw("</Grantee>")
                    xml.element("Permission", "FULL_CONTROL")
                }
            }
        }
    }
}
