import ControlPlane
import GatewayModel
import ObjectStore

extension ObjectCall {
    /// The version that the call is about, which is no delete marker. Its content is held.
    func found() throws(ObjectError) -> ObjectVersion {
        let id = try request.versionId()
        let version = try heldVersion(bucket, key, id)
        guard version.isMarker else { return version }
        if id == nil { try checkListing(of: bucket) }
        throw id == nil ? ObjectError.noSuchKey(key).of(marker: version) : notAllowed(onMarker: version)
    }

    /// The version whose tags the call is about.
    func tagged() throws(ObjectError) -> ObjectVersion {
        let id = try request.versionId()
        let version = try looked(in: bucket) { () throws(ObjectError) in try store.version(bucket, key, id) }
        guard !version.isMarker else { throw notAllowed(onMarker: version) }
        return version
    }

    private func notAllowed(onMarker version: ObjectVersion) -> ObjectError {
        ObjectError.markerHasNoContent
            .with("Method", request.method).with("ResourceType", "DeleteMarker")
            .with(header: "Allow", "DELETE").with(header: "Last-Modified", HTTPDate.text(version.modified))
            .of(marker: version)
    }

    func heldVersion(_ bucket: String, _ key: String, _ id: String?) throws(ObjectError) -> ObjectVersion {
        try looked(in: bucket) { () throws(ObjectError) in try store.heldVersion(bucket, key, id) }
    }

    private func looked(
        in bucket: String, _ look: () throws(ObjectError) -> ObjectVersion
    ) throws(ObjectError) -> ObjectVersion {
        do throws(ObjectError) { return try look() } catch {
            if error.code == "NoSuchKey" { try checkListing(of: bucket) }
            throw error
        }
    }

    /// That a key is not there is told to those who may list its bucket.
    private func checkListing(of bucket: String) throws(ObjectError) {
        try access.check([Permission("s3:ListBucket", on: "arn:\(account.partition):s3:::\(bucket)")], self)
    }
}

extension ObjectError {
    fileprivate func of(marker version: ObjectVersion) -> ObjectError {
        with(header: "x-amz-delete-marker", "true").with(header: "x-amz-version-id", version.id)
    }
}

extension ObjectAnswer {
    /// The version's id, where its bucket has versions.
    mutating func tell(_ version: ObjectVersion) {
        if version.isVersioned { headers.append(("x-amz-version-id", version.id)) }
    }

    mutating func tell(_ encryption: ObjectFacts.Encryption?) {
        headers.append(("x-amz-server-side-encryption", encryption?.algorithm ?? "AES256"))
        if let key = encryption?.key { headers.append(("x-amz-server-side-encryption-aws-kms-key-id", key)) }
    }

    mutating func tell(_ checksum: Checksum?) {
        guard let checksum else { return }
        headers.append((checksum.kind.header, checksum.value))
        headers.append(("x-amz-checksum-type", checksum.scope.rawValue))
    }
}

extension ObjectOperation {
    static let objectOperations: [ObjectOperation] = [
        ObjectOperation("GetObject", "GET", .key) { call throws(ObjectError) in try read(call) },
        ObjectOperation("HeadObject", "HEAD", .key, action: "GetObject") { call throws(ObjectError) in
            var answer = try read(call)
            answer.unsentLength = answer.content?.range.count ?? 0
            answer.content = nil
            return answer
        },
        putObject,
        ObjectOperation("PostObject", "POST", .bucket, action: "PutObject", body: .form) { _ throws(ObjectError) in
            throw .internalError("PostObject was run without its content")
        },
        ObjectOperation("CopyObject", copying: copyObject),
        ObjectOperation("DeleteObject", "DELETE", .key) { call throws(ObjectError) in
            try ObjectHeaders.checkRetention(call.request)
            // AWS has these for directory buckets only.
            for header in ["x-amz-if-match-last-modified-time", "x-amz-if-match-size"]
            where call.request.header(header) != nil {
                throw .notImplemented(header: header)
            }
            let deletion = try call.store.delete(
                call.bucket, call.key, call.request.versionId(),
                match: call.request.header("if-match")?.plainTag)
            var answer = ObjectAnswer(status: 204)
            if let version = deletion.version { answer.headers.append(("x-amz-version-id", version)) }
            if deletion.isMarker { answer.headers.append(("x-amz-delete-marker", "true")) }
            return answer
        },
        ObjectOperation("DeleteObjects", "POST", .bucket, "delete", body: .document, deleteObjects),
        attributes,
    ]

    /// What a caller may have answered other than it is kept.
    private static let overrides = [
        ("response-content-type", "content-type"), ("response-content-language", "content-language"),
        ("response-expires", "expires"), ("response-cache-control", "cache-control"),
        ("response-content-disposition", "content-disposition"), ("response-content-encoding", "content-encoding"),
    ]

    private static func read(_ call: ObjectCall) throws(ObjectError) -> ObjectAnswer {
        let request = call.request
        let version = try call.found()
        if request.headerNames.contains(where: { $0.hasPrefix("x-amz-server-side-encryption-customer-") }) {
            throw .notImplemented(header: "x-amz-server-side-encryption-customer-algorithm")
        }
        try ReadConditions(request, prefix: "").check(version, answersNotModified: true)
        let part = try ObjectPart(call, version)
        var range = part?.range
        if range == nil, let text = request.header("range") { range = try ByteRange.of(text, size: version.size) }
        let content = range ?? 0..<version.size
        var answer = ObjectAnswer(status: range == nil ? 200 : 206)
        answer.headers = [
            ("Last-Modified", HTTPDate.text(version.modified)), ("ETag", "\"\(version.etag)\""),
            ("Accept-Ranges", "bytes"),
        ]
        if let range {
            answer.headers.append(
                ("Content-Range", "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(version.size)"))
        }
        for field in version.facts.headers where !overrides.contains(where: { $1 == field.name && request.has($0) }) {
            answer.headers.append((ObjectHeaders.written(field.name), field.value))
        }
        for (parameter, name) in overrides {
            guard let value = request.parameter(parameter) else { continue }
            guard request.isSigned else {
                throw .invalidRequest("Request specific response headers cannot be used for anonymous GET requests.")
            }
            answer.headers.append((ObjectHeaders.written(name), value))
        }
        for field in version.facts.metadata {
            answer.headers.append(("x-amz-meta-\(field.name)", MailWord.encoded(field.value)))
        }
        if !version.facts.tags.isEmpty {
            answer.headers.append(("x-amz-tagging-count", String(version.facts.tags.count)))
        }
        if let count = part?.count { answer.headers.append(("x-amz-mp-parts-count", String(count))) }
        if request.header("x-amz-checksum-mode")?.uppercased() == "ENABLED" {
            if let part {
                answer.tell(part.checksum)
            } else if content == 0..<version.size {
                answer.tell(version.facts.checksum)
            }
        }
        answer.tell(version)
        answer.tell(version.facts.encryption)
        answer.content = ObjectAnswer.Content(
            reader: call.store.reader(of: version, content), range: content)
        return answer
    }

    /// AWS quota: objects of one DeleteObjects.
    private static let deletions = 1_000

    private static let deleteObjects: Run = { call throws(ObjectError) in
        try ObjectHeaders.checkRetention(call.request)
        let document = try call.document("Delete")
        let objects = document.all("Object")
        guard !objects.isEmpty, objects.count <= deletions else { throw .malformedXML }
        let isQuiet = document.child("Quiet")?.text == "true"
        _ = try call.store.bucket(call.bucket)
        let arn = "arn:\(call.account.partition):s3:::\(call.bucket)"
        // The whole document is looked at before anything goes.
        var named: [(key: String, version: String?)] = []
        for object in objects {
            guard let key = object.child("Key")?.text, !key.isEmpty else { throw .malformedXML }
            let unknown = object.children.first { !["Key", "VersionId"].contains($0.name) }
            if let unknown { throw .notImplemented("Gatehouse does not serve '\(unknown.name)' of DeleteObjects.") }
            named.append((key, object.child("VersionId").flatMap { $0.text.isEmpty ? nil : $0.text }))
        }
        var entries = XMLText.part
        for (key, version) in named {
            do throws(ObjectError) {
                let action = version == nil ? "s3:DeleteObject" : "s3:DeleteObjectVersion"
                try call.access.check([Permission(action, on: "\(arn)/\(key)")], call)
                let deletion = try call.store.delete(call.bucket, key, version)
                guard !isQuiet else { continue }
                entries.element("Deleted") { xml in
                    xml.element("Key", key)
                    if let version { xml.element("VersionId", version) }
                    if deletion.isMarker {
                        xml.element("DeleteMarker", "true")
                        if let marker = deletion.version { xml.element("DeleteMarkerVersionId", marker) }
                    }
                }
            } catch {
                // In a list a version that cannot be is one that is not there (recorded).
                let fault =
                    if let version, error.code == "InvalidArgument" {
                        ObjectError.noSuchVersion(key, version)
                    } else { error }
                entries.element("Error") { xml in
                    xml.element("Key", key)
                    if let version { xml.element("VersionId", version) }
                    xml.element("Code", fault.code)
                    xml.element("Message", fault.message)
                }
            }
        }
        let written = entries.text
        return ObjectAnswer("DeleteResult") { $0.raw(written) }
    }
}

/// A part of an object's content. Source: RFC 9110 section 14; S3 answers one range of a request and no more.
enum ByteRange {
    /// Nil: the field says nothing that is understood, and the whole is answered.
    static func of(_ text: String, size: Int) throws(ObjectError) -> Range<Int>? {
        guard text.hasPrefix("bytes="), !text.contains(",") else { return nil }
        let parts = text.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }) else {
            return nil
        }
        let (first, last) = (Int(parts[0]), Int(parts[1]))
        if let first {
            guard parts[1].isEmpty || (last ?? Int.max) >= first else { return nil }
            guard first < size else { throw unsatisfiable(text, size) }
            return first..<(min(last ?? Int.max - 1, size - 1) + 1)
        }
        guard parts[0].isEmpty, let last else { return nil }
        guard last > 0, size > 0 else { throw unsatisfiable(text, size) }
        return max(0, size - last)..<size
    }

    private static func unsatisfiable(_ text: String, _ size: Int) -> ObjectError {
        ObjectError("InvalidRange", status: 416, "The requested range is not satisfiable")
            .with("RangeRequested", text).with("ActualObjectSize", String(size))
            .with(header: "Content-Range", "bytes */\(size)")
    }
}

/// If-Match and its kind, of a request or of the source of a copy. Source: RFC 9110 section 13.2.2.
struct ReadConditions {
    private let prefix: String
    let match: String?
    let noneMatch: String?
    let modified: Int64?
    let unmodified: Int64?

    /// - Parameter prefix: `x-amz-copy-source-` or nothing.
    init(_ request: ObjectRequest, prefix: String) {
        self.prefix = prefix
        match = request.header("\(prefix)if-match")
        noneMatch = request.header("\(prefix)if-none-match")
        // RFC 9110 section 13.1.3: a date that is still to come says nothing.
        modified = request.header("\(prefix)if-modified-since").flatMap(HTTPDate.seconds)
            .flatMap { $0 <= WallClock.epochMilliseconds / 1000 ? $0 : nil }
        unmodified = request.header("\(prefix)if-unmodified-since").flatMap(HTTPDate.seconds)
    }

    /// - Parameter answersNotModified: 304 where the client has it already; the source of a copy has no such answer.
    func check(_ version: ObjectVersion, answersNotModified: Bool) throws(ObjectError) {
        if let match {
            guard Self.names(match, version.etag) else { throw .preconditionFailed("\(prefix)If-Match") }
        } else if let unmodified, version.modified.seconds > unmodified {
            throw .preconditionFailed("\(prefix)If-Unmodified-Since")
        }
        let isKnown: String? =
            if let noneMatch {
                Self.names(noneMatch, version.etag) ? "If-None-Match" : nil
            } else if let modified, version.modified.seconds <= modified {
                "If-Modified-Since"
            } else { nil }
        guard let isKnown else { return }
        guard answersNotModified else { throw .preconditionFailed("\(prefix)\(isKnown)") }
        throw ObjectError("NotModified", status: 304, "Not Modified")
            .with(header: "ETag", "\"\(version.etag)\"")
            .with(header: "Last-Modified", HTTPDate.text(version.modified))
    }

    private static func names(_ field: String, _ etag: String) -> Bool {
        field.split(separator: ",").contains { tag in
            var tag = tag.drop { $0 == " " }
            if tag.hasPrefix("W/") { tag = tag.dropFirst(2) }
            let plain = tag.filter { $0 != "\"" && $0 != " " }
            return plain == "*" || plain == etag
        }
    }
}
