import GatewayModel
import ObjectStore

extension ObjectOperation {
    /// Uploads in parts. Source: S3 User Guide, mpuoverview.
    static let uploadOperations: [ObjectOperation] = [
        ObjectOperation("CreateMultipartUpload", "POST", .key, "uploads", action: "PutObject", createUpload),
        ObjectOperation("UploadPart", "uploadId", action: "PutObject", receiving: uploadPart),
        ObjectOperation("UploadPartCopy", "uploadId", copying: copyPart),
        ObjectOperation(
            "CompleteMultipartUpload", "POST", .key, "uploadId", action: "PutObject", body: .document, completeUpload),
        ObjectOperation("AbortMultipartUpload", "DELETE", .key, "uploadId") { call throws(ObjectError) in
            try call.store.abortUpload(call.uploadId, call.bucket, call.key)
            return ObjectAnswer(status: 204)
        },
        ObjectOperation(
            "ListParts", "GET", .key, "uploadId", action: "ListMultipartUploadParts", listParts),
        ObjectOperation(
            "ListMultipartUploads", "GET", .bucket, "uploads", action: "ListBucketMultipartUploads", listUploads),
    ]

    private static let createUpload: Run = { call throws(ObjectError) in
        let request = call.request
        try ObjectHeaders.check(request)
        let facts = try ObjectHeaders.facts(request, bucketEncryption: call.bucketEncryption())
        let named = try ObjectHeaders.checksumAlgorithm(request)
        let kind = named ?? .crc64NVME
        let told = try scope(request)
        guard told == nil || named != nil else {
            throw .invalidRequest(
                "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.")
        }
        let scope = told ?? kind.standardScope
        try check(scope, kind)
        let id = try call.store.createUpload(
            call.bucket, call.key,
            UploadFacts(object: facts, checksum: kind, scope: scope, isAsked: named != nil))
        var answer = ObjectAnswer("InitiateMultipartUploadResult") { xml in
            xml.element("Bucket", call.bucket)
            xml.element("Key", call.key)
            xml.element("UploadId", id)
        }
        if named != nil {
            answer.headers.append(("x-amz-checksum-algorithm", kind.rawValue))
            answer.headers.append(("x-amz-checksum-type", scope.rawValue))
        }
        answer.tell(facts.encryption)
        return answer
    }

    private static func scope(_ request: ObjectRequest) throws(ObjectError) -> Checksum.Scope? {
        guard let text = request.header("x-amz-checksum-type") else { return nil }
        guard let scope = Checksum.Scope(rawValue: text.uppercased()) else {
            throw .invalidRequest("Value for x-amz-checksum-type header is invalid.")
        }
        return scope
    }

    /// Of a whole only a cyclic code follows from its parts; CRC64NVME is always that of the whole.
    private static func check(_ scope: Checksum.Scope, _ kind: ChecksumKind) throws(ObjectError) {
        let isWrong = scope == .composite ? kind == .crc64NVME : kind == .sha1 || kind == .sha256
        guard !isWrong else {
            throw .invalidRequest(
                "The \(scope.rawValue) checksum type cannot be used with the \(kind.rawValue.lowercased()) checksum "
                    + "algorithm.")
        }
    }

    private static let uploadPart = Receiving(
        prepare: { call, claims throws(ObjectError) in
            try ObjectHeaders.check(call.request)
            _ = try call.partNumber()
            let upload = try call.store.upload(call.uploadId, call.bucket, call.key)
            let told = claims.checksum?.kind ?? claims.trailer
            if upload.facts.isAsked, told != upload.facts.checksum {
                throw .invalidRequest(
                    "Checksum Type mismatch occurred, expected checksum Type: \(upload.facts.checksum.rawValue.lowercased()), "
                        + "actual checksum Type: \(told?.rawValue.lowercased() ?? "null")")
            }
            return upload.facts.checksum
        },
        keep: { call, claims, incoming, digests throws(ObjectError) in
            let upload = try call.store.upload(call.uploadId, call.bucket, call.key)
            try call.store.putPart(
                call.partNumber(), of: upload.id, call.bucket, call.key, digests.checksum(upload.facts.checksum),
                incoming, digests)
            var answer = ObjectAnswer(status: 200, headers: [("ETag", "\"\(digests.etag)\"")])
            if let checksum = digests.checksum(claims.kind), upload.facts.isAsked || claims.isChecked {
                answer.headers.append((checksum.kind.header, checksum.value))
            }
            answer.tell(upload.facts.object.encryption)
            return answer
        })

    private static let completeUpload: Run = { call throws(ObjectError) in
        let request = call.request
        _ = try call.store.upload(call.uploadId, call.bucket, call.key)
        let document = call.body.isEmpty ? nil : try call.document("CompleteMultipartUpload")
        var parts: [CompletedPart] = []
        for part in document?.children ?? [] {
            guard part.name == "Part", let number = part.child("PartNumber").flatMap({ Int($0.text) }),
                let etag = part.child("ETag")?.text
            else { throw .malformedXML }
            let checksum = ChecksumKind.allCases.lazy.compactMap { kind in
                part.child(kind.element).map { Checksum(kind: kind, value: $0.text) }
            }.first
            parts.append(CompletedPart(number: number, etag: etag.plainTag, checksum: checksum))
        }
        guard !parts.isEmpty else { throw .invalidRequest("You must specify at least one part") }
        guard parts.count <= Upload.parts.upperBound else { throw .malformedXML }
        let scope = try scope(request)
        // One that comes without a type is that of the parts, save CRC64NVME (recorded).
        let whole = ChecksumKind.allCases.lazy.compactMap { kind in
            request.header(kind.header).map {
                Checksum(kind: kind, value: $0, scope: scope ?? kind.standardScope)
            }
        }.first
        let version = try call.store.completeUpload(
            call.uploadId,
            NewObject(
                bucket: call.bucket, key: call.key, facts: ObjectFacts(),
                condition: try ObjectHeaders.condition(request)), parts, checksum: whole, scope: scope,
            size: try objectSize(request))
        var answer = ObjectAnswer("CompleteMultipartUploadResult") { xml in
            xml.element("Location", call.location)
            xml.element("Bucket", call.bucket)
            xml.element("Key", call.key)
            xml.element("ETag", "\"\(version.etag)\"")
            if let checksum = version.facts.checksum {
                xml.element(checksum.kind.element, checksum.value)
                xml.element("ChecksumType", checksum.scope.rawValue)
            }
        }
        answer.tell(version)
        answer.tell(version.facts.encryption)
        return answer
    }

    private static func objectSize(_ request: ObjectRequest) throws(ObjectError) -> Int? {
        try request.header("x-amz-mp-object-size").map { text throws(ObjectError) in
            guard let size = Int(text), size >= 0 else {
                throw .invalidRequest("The value of the 'x-amz-mp-object-size' header is invalid.")
            }
            return size
        }
    }

    private static let listParts: Run = { call throws(ObjectError) in
        let request = call.request
        let limit = try request.number("max-parts", in: 0...ObjectStore.pageEntries, else: ObjectStore.pageEntries)
        let marker = try request.number("part-number-marker", in: 0...Int(Int32.max), else: 0)
        let upload = try call.store.upload(call.uploadId, call.bucket, call.key)
        var parts = try call.store.parts(of: upload.id, call.bucket, call.key, after: marker, limit: limit + 1)
        let isTruncated = limit > 0 && parts.count > limit
        parts = Array(parts.prefix(limit))
        return ObjectAnswer("ListPartsResult") { xml in
            xml.element("Bucket", call.bucket)
            xml.element("Key", call.key)
            xml.element("UploadId", upload.id)
            xml.initiator(call.account)
            xml.owner(call.account)
            xml.element("StorageClass", "STANDARD")
            xml.element("PartNumberMarker", String(marker))
            xml.element("NextPartNumberMarker", String(parts.last?.number ?? 0))
            xml.element("MaxParts", String(limit))
            xml.element("IsTruncated", isTruncated ? "true" : "false")
            if upload.facts.isAsked {
                xml.element("ChecksumAlgorithm", upload.facts.checksum.rawValue)
                xml.element("ChecksumType", upload.facts.scope.rawValue)
            }
            for part in parts {
                xml.element("Part") { xml in
                    xml.element("PartNumber", String(part.number))
                    xml.element("LastModified", part.modified.objectTime)
                    xml.element("ETag", "\"\(part.etag)\"")
                    xml.element("Size", String(part.size))
                    if upload.facts.isAsked, let checksum = part.checksum {
                        xml.element(checksum.kind.element, checksum.value)
                    }
                }
            }
        }
    }
}

extension ChecksumKind {
    /// What an upload has that says nothing of it.
    fileprivate var standardScope: Checksum.Scope { self == .crc64NVME ? .fullObject : .composite }
}

extension ObjectCall {
    var uploadId: String { request.parameter("uploadId") ?? "" }

    /// Of an upload, or of an object that was one.
    func partNumber() throws(ObjectError) -> Int {
        let text = request.parameter("partNumber") ?? ""
        guard let number = Int(text), Upload.parts.contains(number) else {
            throw .invalidArgument(
                "Part number must be an integer between 1 and 10000, inclusive", name: "partNumber", value: text)
        }
        return number
    }
}
