import GatewayModel
import ObjectStore

/// Tags of buckets and objects. Source: S3 User Guide, object-tagging; recorded refusals.
enum Tags {
    /// AWS quotas.
    static let ofObject = 10
    static let ofBucket = 50
    private static let keyLength = 1...128
    private static let valueLength = 256

    static func read(_ document: XMLElement, limit: Int) throws(ObjectError) -> [ObjectFacts.Field] {
        guard document.children.count == 1, let set = document.child("TagSet") else { throw .malformedXML }
        var tags: [ObjectFacts.Field] = []
        for tag in set.children {
            guard tag.name == "Tag", let key = tag.child("Key"), let value = tag.child("Value") else {
                throw .malformedXML
            }
            tags.append(ObjectFacts.Field(name: key.text, value: value.text))
        }
        try check(tags, limit: limit)
        return tags
    }

    /// Of `x-amz-tagging`: `a=1&b=2`.
    static func read(header: String) throws(ObjectError) -> [ObjectFacts.Field] {
        guard let pairs = PercentEncoding.query(header) else {
            throw .invalidArgument(
                "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name "
                    + "duplicates.", name: "x-amz-tagging", value: header)
        }
        let tags = pairs.map { ObjectFacts.Field(name: $0.name, value: $0.value) }
        try check(tags, limit: ofObject)
        return tags
    }

    private static func check(_ tags: [ObjectFacts.Field], limit: Int) throws(ObjectError) {
        guard tags.count <= limit else {
            throw ObjectError(
                "BadRequest", status: 400,
                limit == ofObject
                    ? "Object tags cannot be greater than 10" : "Bucket tag count cannot be greater than 50")
        }
        for tag in tags {
            guard keyLength.contains(tag.name.unicodeScalars.count) else {
                throw ObjectError("InvalidTag", status: 400, "The TagKey you have provided is invalid")
                    .with("TagKey", tag.name)
            }
            guard tag.value.unicodeScalars.count <= valueLength else {
                throw ObjectError("InvalidTag", status: 400, "The TagValue you have provided is invalid")
                    .with("TagKey", tag.name).with("TagValue", tag.value)
            }
            guard !tag.name.hasPrefix("aws:") else {
                throw ObjectError(
                    "InvalidTag", status: 400, "System tags cannot be added/updated by requester")
            }
        }
        guard Set(tags.map(\.name)).count == tags.count else {
            throw ObjectError(
                "InvalidTag", status: 400, "Cannot provide multiple Tags with the same key")
        }
    }

    static func document(_ tags: [ObjectFacts.Field]) -> ObjectAnswer { ObjectAnswer("Tagging") { $0.tagSet(tags) } }

    /// As a setting of a bucket.
    static func setting(_ tags: [ObjectFacts.Field]) -> BucketSetting {
        var xml = XMLText.part
        xml.tagSet(tags)
        return BucketSetting(name: "tagging", document: xml.text)
    }

    static func ofNewBucket(_ call: ObjectCall) throws(ObjectError) -> [BucketSetting] {
        guard !call.body.isEmpty, let set = try call.document("CreateBucketConfiguration").child("Tags") else {
            return []
        }
        var tags: [ObjectFacts.Field] = []
        for tag in set.all("Tag") {
            guard let key = tag.child("Key"), let value = tag.child("Value") else { throw .malformedXML }
            tags.append(ObjectFacts.Field(name: key.text, value: value.text))
        }
        try check(tags, limit: ofBucket)
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
            let version = try call.found()
            var answer = Tags.document(version.facts.tags)
            answer.tell(version)
            return answer
        },
        ObjectOperation("PutObjectTagging", "PUT", .key, "tagging", body: .document) { call throws(ObjectError) in
            let tags = try Tags.read(call.document("Tagging"), limit: Tags.ofObject)
            var answer = ObjectAnswer(status: 200)
            answer.tell(try call.store.setTags(tags, of: call.bucket, call.key, call.request.versionId()))
            return answer
        },
        ObjectOperation("DeleteObjectTagging", "DELETE", .key, "tagging") { call throws(ObjectError) in
            var answer = ObjectAnswer(status: 204)
            answer.tell(try call.store.setTags([], of: call.bucket, call.key, call.request.versionId()))
            return answer
        },
    ]
}
