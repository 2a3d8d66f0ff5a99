import GatewayModel
import ObjectStore

extension ObjectOperation {
    static let bucketOperations: [ObjectOperation] = [
        ObjectOperation("ListBuckets", "GET", .service, action: "ListAllMyBuckets", listBuckets),
        ObjectOperation("CreateBucket", "PUT", .bucket, body: .document, createBucket),
        ObjectOperation("HeadBucket", "HEAD", .bucket, action: "ListBucket") { call throws(ObjectError) in
            _ = try call.store.bucket(call.bucket)
            return ObjectAnswer(
                status: 200,
                headers: [
                    ("x-amz-bucket-region", call.account.region), ("x-amz-access-point-alias", "false"),
                    ("Content-Type", "application/xml"),
                ])
        },
        ObjectOperation("DeleteBucket", "DELETE", .bucket) { call throws(ObjectError) in
            try call.store.deleteBucket(call.bucket)
            return ObjectAnswer(status: 204)
        },
    ]

    private static let listBuckets: Run = { call throws(ObjectError) in
        let request = call.request
        let limit = try request.number("max-buckets", in: 1...Bucket.ofAccount, else: Bucket.ofAccount)
        let prefix = request.parameter("prefix") ?? ""
        let after =
            try request.parameter("continuation-token").flatMap({ token throws(ObjectError) in try continuation(token) }
            ) ?? ""
        let isElsewhere = request.parameter("bucket-region").map { $0 != call.account.region } ?? false
        var buckets = isElsewhere ? [] : try call.store.buckets(prefix: prefix, after: after, limit: limit + 1)
        let isTruncated = buckets.count > limit
        if isTruncated { buckets.removeLast() }
        return ObjectAnswer("ListAllMyBucketsResult") { xml in
            xml.owner(call.account)
            xml.element("Buckets") { xml in
                for bucket in buckets {
                    xml.element("Bucket") { xml in
                        xml.element("Name", bucket.name)
                        xml.element("CreationDate", bucket.created.objectTime)
                        xml.element("BucketRegion", call.account.region)
                        xml.element("BucketArn", "arn:\(call.account.partition):s3:::\(bucket.name)")
                    }
                }
            }
            if let last = buckets.last, isTruncated {
                xml.element("ContinuationToken", Base64.encode(Array(last.name.utf8)))
            }
            if !prefix.isEmpty { xml.element("Prefix", prefix) }
        }
    }

    /// The first region is named by saying nothing, and is told what is no region at all. Source: recorded refusals.
    private static func checkLocation(_ location: String, _ region: String) throws(ObjectError) {
        let isRegion = location == "EU" || location.last?.isNumber == true && location.contains("-")
        if location == "us-east-1" || region == "us-east-1" && !isRegion {
            throw ObjectError(
                "InvalidLocationConstraint", status: 400, "The specified location-constraint is not valid"
            ).with("LocationConstraint", location)
        }
        guard location == region else {
            throw ObjectError(
                "IllegalLocationConstraintException", status: 400,
                "The \(location) location constraint is incompatible for the region specific endpoint this request was "
                    + "sent to.")
        }
    }

    /// The bucket that a token stands for; nil: from the first.
    private static func continuation(_ token: String) throws(ObjectError) -> String? {
        guard !token.isEmpty else { return nil }
        guard let name = Base64.decode(token).flatMap({ String(validating: $0, as: UTF8.self) }) else {
            throw .wrongContinuation
        }
        return name
    }

    private static let createBucket: Run = { call throws(ObjectError) in
        try AccessLists.check(call.request)
        if call.request.header("x-amz-bucket-object-lock-enabled")?.lowercased() == "true" {
            throw .notImplemented(header: "x-amz-bucket-object-lock-enabled")
        }
        let region = call.account.region
        if !call.body.isEmpty {
            let document = try call.document("CreateBucketConfiguration")
            for element in document.children where !["LocationConstraint", "Tags"].contains(element.name) {
                throw .notImplemented("Gatehouse does not serve '\(element.name)' of CreateBucketConfiguration.")
            }
            let location = document.child("LocationConstraint")?.text
            if let location, !location.isEmpty { try checkLocation(location, region) }
        }
        let tags = try Tags.ofNewBucket(call)
        let ownership = call.request.header("x-amz-object-ownership") ?? "BucketOwnerEnforced"
        do throws(ObjectError) {
            _ = try call.store.createBucket(
                call.bucket,
                settings: try BucketSettings.ofNewBucket(ownership: ownership) + tags)
        } catch {
            // There alone it is no error to make what one has already, unless it is to have tags (recorded).
            guard error.code == "BucketAlreadyOwnedByYou", region == "us-east-1", tags.isEmpty else { throw error }
        }
        return ObjectAnswer(
            status: 200,
            headers: [
                ("Location", "/\(call.bucket)"),
                ("x-amz-bucket-arn", "arn:\(call.account.partition):s3:::\(call.bucket)"),
            ])
    }
}

extension XMLText {
    /// Source: answers of AWS, where the id has 64 digits and stands for an account.
    static func ownerId(_ account: AccountIdentity) -> String {
        String(repeating: "0", count: 52) + account.accountId
    }

    mutating func owner(_ account: AccountIdentity) {
        element("Owner") { $0.element("ID", Self.ownerId(account)) }
    }

    /// Whoever has begun an upload is told as the account, by its number.
    mutating func initiator(_ account: AccountIdentity) {
        element("Initiator") { xml in
            xml.element("ID", Self.ownerId(account))
            xml.element("DisplayName", account.accountId)
        }
    }
}

extension ObjectError {
    static func notImplemented(header: String) -> ObjectError {
        ObjectError.notImplemented("A header you provided implies functionality that is not implemented")
            .with("Header", header)
    }
}

/// Access control lists, which buckets have not had since April 2023: policies say who may do what.
enum AccessLists {
    private static let grants = ["full-control", "read", "read-acp", "write", "write-acp"]
    /// What says nothing else than the bucket's owner's own rights.
    private static let harmless: Set<String> = ["private", "bucket-owner-full-control"]

    static func check(_ request: ObjectRequest) throws(ObjectError) {
        let grant = grants.first { request.header("x-amz-grant-\($0)") != nil }
        guard grant != nil || request.header("x-amz-acl").map(harmless.contains) == false else { return }
        throw ObjectError(
            "AccessControlListNotSupported", status: 400, "The bucket does not allow ACLs")
    }
}
