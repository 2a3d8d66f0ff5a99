import JSON

extension ResourceType {
    static let s3BucketPolicy = ResourceType(
        name: "AWS::S3::BucketPolicy", attributes: [],
        rules: PropertyRules(
            type: "AWS::S3::BucketPolicy", supported: ["Bucket": .text, "PolicyDocument": .any],
            required: ["Bucket", "PolicyDocument"]),
        replacedBy: ["Bucket"], behaviour: S3BucketPolicyType())
}

/// AWS::S3::BucketPolicy: PutBucketPolicy. It goes by the bucket's name, and a bucket has one.
private struct S3BucketPolicyType: ResourceBehaviour {
    private static let part = "policy"

    func prepare(_ request: ResourceRequest) async throws(ResourceFailure) -> ResourcePreparation {
        let bucket = try request.properties.required("Bucket")
        return ResourcePreparation(physicalId: bucket, present: try await isThere(bucket, request) ? [bucket] : [])
    }

    func find(_ request: ResourceRequest) async throws(ResourceFailure) -> [ProvisionedResource] {
        try await request.found { bucket async throws(ResourceFailure) in try await isThere(bucket, request) }
    }

    private func isThere(_ bucket: String, _ request: ResourceRequest) async throws(ResourceFailure) -> Bool {
        try await request.bucketIfPresent("GetBucketPolicy", "GET", bucket, Self.part) != nil
    }

    func create(_ request: ResourceRequest) async throws(ResourceFailure) -> ProvisionedResource {
        let bucket = request.preparation.physicalId
        guard !request.preparation.present.contains(bucket) else {
            throw ResourceFailure(message: "The bucket policy already exists on bucket \(bucket).")
        }
        try await put(request, bucket)
        return request.provisioned(bucket)
    }

    func update(_ update: ResourceUpdate) async throws(ResourceFailure) -> ProvisionedResource {
        try await put(update.request, update.existing.physicalId)
        return update.existing
    }

    func delete(_ deletion: ResourceDeletion) async throws(ResourceFailure) {
        try await deletion.bucketIfPresent("DeleteBucketPolicy", "DELETE", deletion.physicalId, Self.part)
    }

    /// The document is a map, or its text.
    private func put(_ request: ResourceRequest, _ bucket: String) async throws(ResourceFailure) {
        guard let document = request.properties.properties["PolicyDocument"] else { return }
        try await request.bucket(
            "PutBucketPolicy", "PUT", bucket, Self.part, body: Array((document.string ?? document.json.text).utf8))
    }
}
