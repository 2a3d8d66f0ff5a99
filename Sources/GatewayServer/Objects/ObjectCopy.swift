import GatewayModel
import ObjectStore

extension ObjectAnswer {
    /// The version that was copied, where its bucket has versions.
    fileprivate mutating func tell(_ source: CopySource) {
        guard source.version.id != ObjectVersion.withoutVersioning else { return }
        headers.append(("x-amz-copy-source-version-id", source.version.id))
    }
}

extension ObjectOperation {
    /// A range is given a file of its own; so is an object of several, since a part is one.
    static let copyPart: Copying = { call throws(ObjectError) in
        let request = call.request
        try ObjectHeaders.check(request)
        let number = try call.partNumber()
        let source = try CopySource(call)
        let upload = try call.store.upload(call.uploadId, call.bucket, call.key)
        let range = try source.range(request)
        try source.checkConditions(request)
        let isOneFile = source.version.facts.pieces.count == 1 && range.count == source.version.size
        return try ContentCopy(
            source, range, in: call.store, by: upload.facts.checksum, isWritten: !isOneFile
        ) { copied throws(ObjectError) in
            let part =
                if let (incoming, digests) = copied.written {
                    try call.store.putPart(
                        number, of: upload.id, call.bucket, call.key, copied.checksum, incoming, digests)
                } else {
                    try call.store.copyPart(
                        source.version, to: number, of: upload.id, call.bucket, call.key, copied.checksum,
                        etag: copied.etag)
                }
            var answer = ObjectAnswer("CopyPartResult") { xml in
                xml.element("LastModified", part.modified.objectTime)
                xml.element("ETag", "\"\(part.etag)\"")
                if upload.facts.isAsked, let checksum = part.checksum {
                    xml.element(checksum.kind.element, checksum.value)
                }
            }
            answer.tell(source)
            answer.tell(upload.facts.object.encryption)
            return answer
        }
    }

    static let copyObject: Copying = { call throws(ObjectError) in
        let request = call.request
        try ObjectHeaders.check(request)
        let source = try CopySource(call)
        let from = source.version
        try source.checkConditions(request)
        let replaces = try directive("x-amz-metadata-directive", request)
        let replacesTags = try directive("x-amz-tagging-directive", request)
        let sent = try ObjectHeaders.facts(request, bucketEncryption: call.bucketEncryption())
        let isItself =
            source.name.bucket == call.bucket && source.name.key.isSame(as: call.key) && source.name.version == nil
        let condition = try ObjectHeaders.condition(request)
        if isItself, condition.isNew { throw .preconditionFailed("If-None-Match") }
        // What is named counts as changed, even if it is what it was (recorded).
        let changes = ["x-amz-server-side-encryption", "x-amz-storage-class"].contains { request.header($0) != nil }
        if isItself, !replaces, !changes {
            throw .invalidRequest(
                "This copy request is illegal because it is trying to copy an object to itself without changing the "
                    + "object's metadata, storage class, website redirect location or encryption attributes.")
        }
        let kind = try ObjectHeaders.checksumAlgorithm(request) ?? from.facts.checksum?.kind ?? .crc64NVME
        var facts = from.facts
        if replaces {
            facts.headers = sent.headers
            facts.metadata = sent.metadata
        }
        if replacesTags { facts.tags = sent.tags }
        facts.encryption = sent.encryption
        let new = facts
        return try ContentCopy(
            source, 0..<from.size, in: call.store, by: kind, isWritten: false
        ) { copied throws(ObjectError) in
            var object = NewObject(bucket: call.bucket, key: call.key, facts: new, condition: condition)
            object.facts.checksum = copied.checksum
            let made = try call.store.copy(from, to: object, etag: copied.etag)
            var answer = ObjectAnswer("CopyObjectResult") { xml in
                xml.element("LastModified", made.modified.objectTime)
                xml.element("ETag", "\"\(made.etag)\"")
                if let checksum = made.facts.checksum {
                    xml.element(checksum.kind.element, checksum.value)
                    xml.element("ChecksumType", checksum.scope.rawValue)
                }
            }
            answer.tell(source)
            answer.tell(made)
            answer.tell(made.facts.encryption)
            return answer
        }
    }

    /// Whether the request's own are taken instead of the source's.
    private static func directive(_ name: String, _ request: ObjectRequest) throws(ObjectError) -> Bool {
        switch request.header(name) {
        case nil, "COPY"?: return false
        case "REPLACE"?: return true
        case let value?:
            let what = name == "x-amz-metadata-directive" ? "metadata" : "tagging"
            throw .invalidArgument("Unknown \(what) directive.", name: name, value: value)
        }
    }
}
