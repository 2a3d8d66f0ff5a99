import GatewayModel
import ObjectStore

/// What the head of a request says of an object that is to be written.
enum ObjectHeaders {
    /// Kept, and answered as they came.
    private static let kept = [
        "cache-control", "content-disposition", "content-encoding", "content-language", "content-type", "expires",
    ]
    /// Those that would have something happen that does not happen here.
    private static let unserved = [
        "x-amz-website-redirect-location", "x-amz-object-lock-mode", "x-amz-object-lock-retain-until-date",
        "x-amz-object-lock-legal-hold", "x-amz-server-side-encryption-customer-algorithm",
        "x-amz-server-side-encryption-customer-key", "x-amz-server-side-encryption-context", "x-amz-write-offset-bytes",
        "x-amz-copy-source-server-side-encryption-customer-algorithm",
    ]
    private static let storageClasses: Set = [
        "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER", "DEEP_ARCHIVE",
        "GLACIER_IR",
    ]
    /// AWS quota: names and values of user-defined metadata together, in bytes.
    private static let metadataBytes = 2_048
    /// AWS's own, of content that came without one.
    private static let contentType = "binary/octet-stream"

    static func check(_ request: ObjectRequest) throws(ObjectError) {
        for name in unserved where request.header(name) != nil { throw .notImplemented(header: name) }
        try AccessLists.check(request)
        if let storage = request.header("x-amz-storage-class"), storage != "STANDARD" {
            guard storageClasses.contains(storage) else {
                throw ObjectError("InvalidStorageClass", status: 400, "The storage class you specified is not valid")
                    .with("StorageClassRequested", storage)
            }
            throw .notImplemented("Gatehouse keeps objects in the storage class STANDARD only, not in '\(storage)'.")
        }
    }

    /// `Content-Type`, as S3 writes it: mappings of integrations tell its case.
    static func written(_ name: String) -> String {
        name.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined(separator: "-")
    }

    static func facts(_ request: ObjectRequest, bucketEncryption: String?) throws(ObjectError) -> ObjectFacts {
        var facts = ObjectFacts()
        for name in kept {
            guard var value = request.header(name) else { continue }
            if name == "content-encoding" {
                // It says how the body was sent, not what it is.
                value = value.split(separator: ",").map { String($0.drop { $0 == " " }) }
                    .filter { $0.lowercased() != "aws-chunked" }.joined(separator: ",")
            }
            if !value.isEmpty { facts.headers.append(ObjectFacts.Field(name: name, value: value)) }
        }
        if !facts.headers.contains(where: { $0.name == "content-type" }) {
            facts.headers.append(ObjectFacts.Field(name: "content-type", value: contentType))
        }
        facts.metadata = try metadata(request)
        facts.tags =
            try request.header("x-amz-tagging").map { text throws(ObjectError) in
                try Tags.read(header: text)
            } ?? []
        facts.encryption = try encryption(request, bucketEncryption)
        return facts
    }

    private static func metadata(_ request: ObjectRequest) throws(ObjectError) -> [ObjectFacts.Field] {
        let prefix = "x-amz-meta-"
        let names = request.headerNames.filter { $0.hasPrefix(prefix) && $0 != prefix }.sorted()
        let fields = names.map { name in
            ObjectFacts.Field(name: String(name.dropFirst(prefix.count)), value: request.header(name) ?? "")
        }
        let size = fields.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
        guard size <= metadataBytes else {
            throw ObjectError(
                "MetadataTooLarge", status: 400, "Your metadata headers exceed the maximum allowed metadata size"
            ).with("Size", String(size)).with("MaxSizeAllowed", String(metadataBytes))
        }
        return fields
    }

    private static func encryption(
        _ request: ObjectRequest, _ standard: String?
    ) throws(ObjectError) -> ObjectFacts.Encryption? {
        let key = request.header("x-amz-server-side-encryption-aws-kms-key-id")
        guard let algorithm = request.header("x-amz-server-side-encryption") else {
            guard key == nil else {
                throw .invalidArgument(
                    "Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : "
                        + "aws:kms", name: "x-amz-server-side-encryption", value: "null")
            }
            return standard.map { ObjectFacts.Encryption(algorithm: $0) }
        }
        guard ["AES256", "aws:kms", "aws:kms:dsse"].contains(algorithm) else {
            throw .invalidArgument(
                "The encryption method specified is not supported", name: "x-amz-server-side-encryption",
                value: algorithm)
        }
        return ObjectFacts.Encryption(algorithm: algorithm, key: key)
    }

    static func checksumAlgorithm(_ request: ObjectRequest) throws(ObjectError) -> ChecksumKind? {
        guard let name = request.header("x-amz-checksum-algorithm") else { return nil }
        guard let kind = ChecksumKind(rawValue: name.uppercased()) else {
            throw .invalidRequest(
                "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, "
                    + "CRC64NVME, SHA1, SHA256]")
        }
        return kind
    }

    static func condition(_ request: ObjectRequest) throws(ObjectError) -> WriteCondition {
        var condition = WriteCondition()
        condition.match = request.header("if-match")?.plainTag
        let none = request.header("if-none-match")
        // Recorded: AWS serves one condition, which names a tag or says that there is no object.
        guard condition.match == nil || none == nil else {
            throw .notImplemented(header: "If-Match,If-None-Match")
                .with("additionalMessage", "Multiple conditional request headers present in the request")
        }
        guard condition.match != "*" else { throw unserved("If-Match") }
        guard none == nil || none == "*" else { throw unserved("If-None-Match") }
        condition.isNew = none != nil
        return condition
    }

    private static func unserved(_ condition: String) -> ObjectError {
        .notImplemented(header: condition)
            .with("additionalMessage", "We don't accept the provided value of \(condition) header for this API")
    }

    /// No bucket here has Object Lock.
    static func checkRetention(_ request: ObjectRequest) throws(ObjectError) {
        let name = "x-amz-bypass-governance-retention"
        guard request.header(name) == nil else {
            throw ObjectError(
                "InvalidArgument", status: 400, "\(name) is only applicable to Object Lock enabled buckets."
            ).with("ArgumentName", name)
        }
    }
}

extension ObjectCall {
    /// What content is encrypted by that says nothing of it.
    func bucketEncryption() throws(ObjectError) -> String? {
        guard let document = try store.setting("encryption", of: bucket),
            let rule = try? XMLElement(parsing: Array(document.utf8))
        else { return nil }
        return rule.child("ApplyServerSideEncryptionByDefault")?.child("SSEAlgorithm")?.text
    }
}

extension String {
    /// An entity tag without its quotation marks.
    var plainTag: String { filter { $0 != "\"" } }
}
