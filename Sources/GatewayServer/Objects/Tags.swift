import GatewayModel
import JSON
import ObjectStore

/// Tags of buckets and objects. Source: S3 User Guide, object-tagging; recorded refusals.
enum Tags {
    /// Whose they are: AWS has other words for each.
    enum Owner {
        case object, bucket, newBucket

        /// AWS quotas.
        fileprivate var limit: Int { self == .object ? 10 : 50 }

        fileprivate var tooMany: String {
            self == .object ? "Object tags cannot be greater than 10" : "Bucket tag count cannot be greater than 50"
        }

        fileprivate func reserved(_ key: String) -> ObjectError {
            switch self {
            case .object: Tags.invalid("Your TagKey cannot be prefixed with aws:").with("TagKey", key)
            case .bucket, .newBucket:
                Tags.invalid(
                    "User-defined tag keys can't start with \"aws:\". This prefix is reserved for system tags. Remove "
                        + "\"aws:\" from your tag keys and try again.")
            }
        }
    }

    private static let keyLength = 1...128
    private static let valueLength = 0...256

    static func read(_ document: XMLElement, of owner: Owner) throws(ObjectError) -> [ObjectFacts.Field] {
        // A document without a set has no tags (recorded).
        guard let set = document.children.first else { return [] }
        guard document.children.count == 1, set.name == "TagSet" else { throw .malformedXML }
        return try read(set.children, of: owner)
    }

    private static func read(_ elements: [XMLElement], of owner: Owner) throws(ObjectError) -> [ObjectFacts.Field] {
        var tags: [ObjectFacts.Field] = []
        for tag in elements {
            guard tag.name == "Tag", let key = tag.child("Key"), let value = tag.child("Value") else {
                throw .malformedXML
            }
            tags.append(ObjectFacts.Field(name: key.text, value: value.text))
        }
        try check(tags, of: owner)
        return tags
    }

    /// Of `x-amz-tagging`: `a=1&b=2`.
    static func read(header: String) throws(ObjectError) -> [ObjectFacts.Field] {
        let tags = (PercentEncoding.query(header) ?? []).map { ObjectFacts.Field(name: $0.name, value: $0.value) }
        let isWritten = !tags.isEmpty || header.isEmpty
        guard isWritten, tags.allSatisfy({ isKey($0.name) && isValue($0.value) }), repeated(tags) == nil else {
            throw .invalidArgument(
                "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name "
                    + "duplicates.", name: "x-amz-tagging", value: header)
        }
        try check(tags, of: .object)
        return tags
    }

    private static func check(_ tags: [ObjectFacts.Field], of owner: Owner) throws(ObjectError) {
        let count = owner == .bucket ? tags.count { !isSystemTag($0) } : tags.count
        guard count <= owner.limit else { throw ObjectError("BadRequest", status: 400, owner.tooMany) }
        for tag in tags {
            guard isKey(tag.name) else {
                throw invalid("The TagKey you have provided is invalid").with("TagKey", tag.name)
            }
            guard isValue(tag.value) else {
                throw invalid("The TagValue you have provided is invalid")
                    .with("TagKey", tag.name).with("TagValue", tag.value)
            }
            guard owner == .bucket || !isSystemTag(tag) else { throw owner.reserved(tag.name) }
        }
        if let key = repeated(tags) {
            throw invalid("Cannot provide multiple Tags with the same key").with("TagKey", key)
        }
    }

    private static func repeated(_ tags: [ObjectFacts.Field]) -> String? {
        var seen: Set<String> = []
        return tags.first { !seen.insert($0.name).inserted }?.name
    }

    private static func isKey(_ text: String) -> Bool { isText(text, keyLength) }
    private static func isValue(_ text: String) -> Bool { isText(text, valueLength) }

    /// Letters, digits and spaces of any script, and a few marks. Source: API Reference, Tag.
    private static func isText(_ text: String, _ length: ClosedRange<Int>) -> Bool {
        length.contains(text.unicodeScalars.count)
            && text.unicodeScalars.allSatisfy { scalar in
                switch scalar.properties.generalCategory {
                case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
                    .decimalNumber, .letterNumber, .otherNumber, .spaceSeparator, .lineSeparator, .paragraphSeparator:
                    true
                default: "_.:/=+-@".unicodeScalars.contains(scalar)
                }
            }
    }

    private static func invalid(_ message: String) -> ObjectError { ObjectError("InvalidTag", status: 400, message) }

    static func document(_ tags: [ObjectFacts.Field]) -> ObjectAnswer { ObjectAnswer("Tagging") { $0.tagSet(tags) } }

    /// As a setting of a bucket.
    static func setting(_ tags: [ObjectFacts.Field]) -> BucketSetting {
        var xml = XMLText.part
        xml.tagSet(tags)
        return BucketSetting(name: "tagging", document: xml.text)
    }

    static let putBucketTagging = "PutBucketTagging"

    private static func isSystemTag(_ tag: ObjectFacts.Field) -> Bool { tag.name.hasPrefix("aws:") }

    /// Those that take the place of a bucket's.
    static func ofBucket(_ call: ObjectCall) throws(ObjectError) -> [ObjectFacts.Field] {
        let tags = try read(call.document("Tagging"), of: .bucket)
        try checkSystemTags(tags, call)
        return tags
    }

    /// AWS's own stay as they are: whoever puts others must name them, too. Source: recorded, and refusals of AWS that
    /// users have quoted; that of DeleteBucketTagging is not known.
    static func checkSystemTags(_ tags: [ObjectFacts.Field], _ call: ObjectCall) throws(ObjectError) {
        var old: [ObjectFacts.Field] = []
        if let setting = try call.store.setting("tagging", of: call.bucket),
            let set = try? XMLElement(parsing: Array(setting.utf8))
        {
            old = try read(set.children, of: .bucket)
        }
        let new = OrderedMap(tags.map { ($0.name, $0.value) })
        let refused = SystemTags.refused(
            from: OrderedMap(old.map { ($0.name, $0.value) }), to: new, granted: call.systemTags)
        guard let refused else { return }
        throw new[refused] == nil
            ? invalid("System Tags cannot be removed by requester")
            : invalid("System tags cannot be added/updated by requester").with("TagKey", refused)
    }

    /// Whether a stack gives a bucket nothing but AWS's own.
    static func areSystemTags(of call: ObjectCall) -> Bool {
        guard call.systemTags != nil, let document = try? call.document("Tagging"),
            let tags = try? read(document, of: .bucket)
        else { return false }
        return tags.allSatisfy(isSystemTag)
    }

    static func ofNewBucket(_ call: ObjectCall) throws(ObjectError) -> [BucketSetting] {
        guard !call.body.isEmpty, let set = try call.document("CreateBucketConfiguration").child("Tags") else {
            return []
        }
        let tags = try read(set.children, of: .newBucket)
        return tags.isEmpty ? [] : [setting(tags)]
    }
}

extension XMLText {
    fileprivate mutating func tagSet(_ tags: [ObjectFacts.Field]) {
        element("TagSet") { xml in
            for tag in tags {
                xml.element("Tag") { xml in
                    xml.element("Key", tag.name)
                    xml.element("Value", tag.value)
                }
            }
        }
    }
}

extension ObjectOperation {
    static let tagOperations: [ObjectOperation] = [
        ObjectOperation("GetObjectTagging", "GET", .key, "tagging") { call throws(ObjectError) in
            let version: ObjectVersion
            do throws(ObjectError) { version = try call.tagged() } catch {
                // Here alone AWS names the bucket, too (recorded).
                throw error.code == "NoSuchKey" ? .noSuchKey("\(call.bucket)/\(call.key)") : error
            }
            var answer = Tags.document(version.facts.tags)
            answer.tell(version)
            return answer
        },
        ObjectOperation("PutObjectTagging", "PUT", .key, "tagging", body: .document) { call throws(ObjectError) in
            let tags = try Tags.read(call.document("Tagging"), of: .object)
            var answer = ObjectAnswer(status: 200)
            answer.tell(try call.store.setTags(tags, of: call.bucket, call.key, call.tagged().id))
            return answer
        },
        ObjectOperation("DeleteObjectTagging", "DELETE", .key, "tagging") { call throws(ObjectError) in
            var answer = ObjectAnswer(status: 204)
            answer.tell(try call.store.setTags([], of: call.bucket, call.key, call.tagged().id))
            return answer
        },
    ]
}
