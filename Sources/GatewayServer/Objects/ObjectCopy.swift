import GatewayModel
import ObjectStore

/// What x-amz-copy-source names: `bucket/key?versionId=…`, escaped, perhaps with a slash before it.
struct CopySource {
    let bucket: String
    let key: String
    let version: String?

    init(_ text: String) throws(ObjectError) {
        let wrong = ObjectError.invalidArgument(
            "Invalid copy source object key", name: "x-amz-copy-source", value: "x-amz-copy-source")
        let halves = text.split(separator: "?versionId=", maxSplits: 1, omittingEmptySubsequences: false)
        guard let path = PercentEncoding.decode(halves[0], plusIsSpace: true) else { throw wrong }
        let plain = path.hasPrefix("/") ? path.dropFirst() : path[...]
        let name = plain.prefix { $0 != "/" }
        let key = plain[name.endIndex...].dropFirst()
        guard !name.isEmpty, !key.isEmpty else { throw wrong }
        bucket = String(name)
        self.key = String(key)
        version = halves.count == 2 ? String(halves[1]) : nil
    }
}

extension ObjectOperation {
    static let copy: Run = { call throws(ObjectError) in
        let request = call.request
        try ObjectHeaders.check(request)
        let source = try CopySource(request.header("x-amz-copy-source") ?? "")
        let from = try call.version(source.bucket, source.key, source.version)
        guard !from.isMarker else {
            if source.version == nil { throw .noSuchKey(source.key) }
            throw .invalidRequest(
                "The source of a copy request may not specifically refer to a delete marker by version id.")
        }
        try ReadConditions(request, prefix: "x-amz-copy-source-").check(from, answersNotModified: false)
        let replaces = try directive("x-amz-metadata-directive", request)
        let replacesTags = try directive("x-amz-tagging-directive", request)
        let sent = try ObjectHeaders.facts(request, bucketEncryption: call.bucketEncryption())
        let isItself = source.bucket == call.bucket && source.key == call.key && source.version == nil
        let condition = try ObjectHeaders.condition(request)
        if isItself, condition.isNew { throw .preconditionFailed("If-None-Match") }
        // What is named counts as changed, even if it is what it was (recorded).
        let changes = ["x-amz-server-side-encryption", "x-amz-storage-class"].contains { request.header($0) != nil }
        if isItself, !replaces, !changes {
            throw .invalidRequest(
                "This copy request is illegal because it is trying to copy an object to itself without changing the "
                    + "object's metadata, storage class, website redirect location or encryption attributes.")
        }
        if let kind = request.header("x-amz-checksum-algorithm"), kind != from.facts.checksum?.kind.rawValue {
            throw .notImplemented(
                "Gatehouse copies an object with the checksum that it has. Leave x-amz-checksum-algorithm out.")
        }
        var facts = from.facts
        if replaces {
            facts.headers = sent.headers
            facts.metadata = sent.metadata
        }
        if replacesTags { facts.tags = sent.tags }
        facts.encryption = sent.encryption
        let made = try call.store.copy(
            from,
            to: NewObject(
                bucket: call.bucket, key: call.key, facts: facts, condition: condition))
        var answer = ObjectAnswer("CopyObjectResult") { xml in
            xml.element("LastModified", made.modified.objectTime)
            xml.element("ETag", "\"\(made.etag)\"")
            if let checksum = made.facts.checksum {
                xml.element(checksum.kind.element, checksum.value)
                xml.element("ChecksumType", checksum.scope.rawValue)
            }
        }
        if from.id != ObjectVersion.withoutVersioning {
            answer.headers.append(("x-amz-copy-source-version-id", from.id))
        }
        answer.tell(made)
        answer.tell(made.facts.encryption)
        return answer
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
