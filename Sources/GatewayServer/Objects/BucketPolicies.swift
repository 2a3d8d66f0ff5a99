import GatewayModel
import IAMPolicy
import JSON
import ObjectStore

extension ObjectOperation {
    /// Policies of buckets, which are asked beside their callers' own (`ObjectAccess`).
    static let policyOperations: [ObjectOperation] = [
        ObjectOperation("GetBucketPolicy", "GET", .bucket, "policy") { call throws(ObjectError) in
            guard let policy = try call.store.setting("policy", of: call.bucket) else {
                throw ObjectError("NoSuchBucketPolicy", status: 404, "The bucket policy does not exist")
                    .with("BucketName", call.bucket)
            }
            var answer = ObjectAnswer(status: 200, headers: [("Content-Type", "application/json")])
            answer.body = Array(policy.utf8)
            return answer
        },
        ObjectOperation("PutBucketPolicy", "PUT", .bucket, "policy", body: .document) { call throws(ObjectError) in
            let text = String(decoding: call.body, as: UTF8.self)
            try BucketPolicy.check(text, call)
            try call.store.set(BucketSetting(name: "policy", document: text), of: call.bucket)
            return ObjectAnswer(status: 204)
        },
        ObjectOperation("DeleteBucketPolicy", "DELETE", .bucket, "policy") { call throws(ObjectError) in
            try call.store.removeSetting("policy", of: call.bucket)
            return ObjectAnswer(status: 204)
        },
    ]
}

/// What a policy has to be for a bucket to have it. Source: S3 User Guide, bucket-policies and
/// access-control-block-public-access; recorded refusals.
private enum BucketPolicy {
    /// AWS quota: 20 KB.
    static let bytes = 20_480

    static func check(_ text: String, _ call: ObjectCall) throws(ObjectError) {
        guard text.utf8.count <= bytes else { throw malformed("Policy exceeds the maximum allowed document size.") }
        guard let value = try? JSONValue(parsing: text), let policy = value.object else {
            throw malformed("Policies must be valid JSON and the first byte must be '{'")
        }
        guard let statements = policy["Statement"] else { throw malformed("Missing required field Statement") }
        do { _ = try PolicyDocument(value, kind: .resource) } catch { throw malformed(error.message) }
        let arn = "arn:\(call.account.partition):s3:::\(call.bucket)"
        var isPublic = false
        for statement in (statements.array ?? [statements]).compactMap(\.object) {
            let resources = texts(statement["Resource"])
            guard resources.allSatisfy({ $0 == arn || $0.hasPrefix("\(arn)/") || $0 == "\(arn)*" }) else {
                throw malformed("Policy has invalid resource")
            }
            guard texts(statement["Action"]).allSatisfy({ $0 == "*" || $0.lowercased().hasPrefix("s3:") }) else {
                throw malformed("Policy has invalid action")
            }
            let principal = statement["Principal"]
            let named = texts(principal) + texts(principal?.object?["AWS"])
            if statement["Effect"]?.string == "Allow", statement["Condition"] == nil, named.contains("*") {
                isPublic = true
            }
        }
        let block = try call.store.setting("publicAccessBlock", of: call.bucket) ?? ""
        if isPublic, block.contains("<BlockPublicPolicy>true</BlockPublicPolicy>") {
            throw ObjectError(
                "AccessDenied", status: 403,
                "User is not authorized to perform: s3:PutBucketPolicy on resource: \"\(arn)\" because public policies are "
                    + "prevented by the BlockPublicPolicy setting in S3 Block Public Access.")
        }
    }

    private static func texts(_ value: JSONValue?) -> [String] {
        value?.array?.compactMap(\.string) ?? value?.string.map { [$0] } ?? []
    }

    private static func malformed(_ message: String) -> ObjectError {
        ObjectError("MalformedPolicy", status: 400, message)
    }
}
