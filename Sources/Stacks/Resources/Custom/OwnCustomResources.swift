import GatewayModel
import JSON

/// Custom resources of the CDK's that the server does itself: their functions want AWS's SDK for JavaScript, which Lambda
/// brings along and this server does not.

/// Custom::LogRetention: a log group, made where it is not there, and how long its events are kept.
struct LogRetention: ResourceBehaviour {
    func prepare(_ request: ResourceRequest) throws(ResourceFailure) -> ResourcePreparation {
        ResourcePreparation(physicalId: try request.properties.required("LogGroupName"))
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        let properties = request.properties
        let name = try properties.required("LogGroupName")
        let region = try properties.text("LogGroupRegion")?.string
        guard region == nil || region == request.account.region else {
            throw ResourceFailure(message: "LogGroupRegion \(region ?? ""): there is one region here")
        }
        var group: JSONObject = ["logGroupName": .string(name)]
        if try await request.targetedIfPresent(ManagementCalls.logs, "ListTagsLogGroup", group) == nil {
            try await request.targeted(ManagementCalls.logs, "CreateLogGroup", group)
        }
        if let days = try properties.integer("RetentionInDays") {
            group["retentionInDays"] = days
            try await request.targeted(ManagementCalls.logs, "PutRetentionPolicy", group)
        } else {
            try await request.targeted(ManagementCalls.logs, "DeleteRetentionPolicy", group)
        }
        return ProvisionedResource(
            logicalId: request.logicalId, type: request.type, physicalId: name, attributes: ["LogGroupName": name])
    }

    /// Another group is another resource.
    func update(_ update: ResourceUpdate) async throws(ResourceFailure) -> ProvisionedResource {
        try await create(update.request)
    }

    /// What was logged stays, unless the template says otherwise.
    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        guard deletion.properties.properties["RemovalPolicy"]?.text == "destroy" else { return }
        try await deletion.targetedIfPresent(
            ManagementCalls.logs, "DeleteLogGroup", ["logGroupName": .string(deletion.physicalId)])
    }

    func find(_ request: ResourceRequest) -> [ProvisionedResource] { [] }
}

/// Custom::S3AutoDeleteObjects: a bucket that is emptied before it is deleted.
struct AutoDeletedObjects: ResourceBehaviour {
    /// Objects of one request. AWS's quota.
    private static let atOnce = 1_000
    /// Of the bucket, by which its owner says that it may be emptied.
    private static let tag = "aws-cdk:auto-delete-objects"

    func prepare(_ request: ResourceRequest) throws(ResourceFailure) -> ResourcePreparation {
        ResourcePreparation(physicalId: try request.properties.required("BucketName"))
    }

    func create(_ request: ResourceRequest) -> ProvisionedResource {
        request.provisioned(request.preparation.physicalId)
    }

    /// Another bucket is another resource: the old one is emptied with it.
    func update(_ update: ResourceUpdate) -> ProvisionedResource {
        let name = update.request.properties.properties["BucketName"]?.text ?? update.existing.physicalId
        return ProvisionedResource(
            logicalId: update.request.logicalId, type: update.request.type, physicalId: name, attributes: [:])
    }

    func find(_ request: ResourceRequest) -> [ProvisionedResource] { [] }

    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        guard !deletion.isUndone else { return }
        let bucket = deletion.physicalId
        guard let tags = try await deletion.bucketIfPresent("GetBucketTagging", "GET", bucket, "tagging") else {
            return
        }
        let tagging = QueryAnswer(String(decoding: tags, as: UTF8.self))
        guard zip(tagging.all("Key"), tagging.all("Value")).contains(where: { $0 == Self.tag && $1 == "true" }) else {
            return
        }
        while true {
            let listing = try await deletion.bucket("ListObjectVersions", "GET", bucket, "versions")
            let answer = QueryAnswer(String(decoding: listing, as: UTF8.self))
            let versions = Array(zip(answer.all("Key"), answer.all("VersionId")).prefix(Self.atOnce))
            guard !versions.isEmpty else { return }
            let document = try BucketDocument("Delete") { xml throws(ResourceFailure) in
                xml.element("Quiet", "true")
                for (key, version) in versions {
                    try xml.element("Object") { xml throws(ResourceFailure) in
                        xml.element("Key", key)
                        xml.element("VersionId", version)
                    }
                }
            }
            let deleted = try await deletion.calls.post(bucket, "delete", document.bytes)
            if let code = deleted["Code"] {
                throw ResourceFailure(message: "DeleteObjects: \(code): \(deleted["Message"] ?? "")")
            }
        }
    }
}

extension ManagementCalls {
    fileprivate func post(
        _ bucket: String, _ part: String, _ body: [UInt8]
    ) async throws(ResourceFailure) -> QueryAnswer {
        do throws(Failure) {
            let answer = try await objects("DeleteObjects", "POST", [bucket], query: [(part, "")], body: body)
            return QueryAnswer(String(decoding: answer, as: UTF8.self))
        } catch { throw ResourceFailure(message: error.message) }
    }
}
