import GatewayModel
import JSON

/// Custom resources of the CDK's that the server does itself: their functions want AWS's SDK for JavaScript, which Lambda
/// brings along and this server does not.

/// Custom::LogRetention: the log group of a function and how long its lines are kept. Lines are kept as files here, for
/// as long as whoever runs the server wants.
struct LogRetention: ResourceBehaviour {
    func prepare(_ request: ResourceRequest) throws(ResourceFailure) -> ResourcePreparation {
        ResourcePreparation(physicalId: try request.properties.required("LogGroupName"))
    }

    func create(_ request: ResourceRequest) -> ProvisionedResource { Self.resource(request) }
    func update(_ update: ResourceUpdate) -> ProvisionedResource { Self.resource(update.request) }
    func delete(_ deletion: ResourceDeletion) {}
    func find(_ request: ResourceRequest) -> [ProvisionedResource] { [] }

    private static func resource(_ request: ResourceRequest) -> ProvisionedResource {
        let name = request.properties.properties["LogGroupName"]?.text ?? request.preparation.physicalId
        return request.provisioned(name, ["LogGroupName": name])
    }
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
