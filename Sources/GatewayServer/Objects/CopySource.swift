import GatewayModel
import ObjectStore

/// What x-amz-copy-source names: `bucket/key?versionId=…`, escaped, perhaps with a slash before it.
struct CopySourceName {
    let bucket: String
    let key: String
    let version: String?

    init(_ text: String) throws(ObjectError) {
        let wrong = ObjectError.invalidArgument(
            "Invalid copy source object key", name: "x-amz-copy-source", value: "x-amz-copy-source")
        let halves = text.split(separator: "?versionId=", maxSplits: 1, omittingEmptySubsequences: false)
        guard let path = PercentEncoding.decode(halves[0], plusIsSpace: true) else { throw wrong }
        let place = BucketPlace(path)
        guard let bucket = place.bucket, let key = place.key else { throw wrong }
        self.bucket = bucket
        self.key = key
        version = halves.count == 2 ? String(halves[1]) : nil
    }
}

/// The object that is copied.
struct CopySource {
    let name: CopySourceName
    let version: ObjectVersion

    init(_ call: ObjectCall) throws(ObjectError) {
        name = try CopySourceName(call.request.header("x-amz-copy-source") ?? "")
        version = try call.heldVersion(name.bucket, name.key, name.version)
        guard !version.isMarker else {
            if name.version == nil { throw .noSuchKey(name.key) }
            throw .invalidRequest(
                "The source of a copy request may not specifically refer to a delete marker by version id.")
        }
    }

    func checkConditions(_ request: ObjectRequest) throws(ObjectError) {
        try ReadConditions(request, prefix: "x-amz-copy-source-").check(version, answersNotModified: false)
    }

    /// The bytes that x-amz-copy-source-range names: all of them have to be there, unlike those of a range that is read.
    /// Source: recorded answers.
    func range(_ request: ObjectRequest) throws(ObjectError) -> Range<Int> {
        let field = "x-amz-copy-source-range"
        guard let text = request.header(field) else { return 0..<version.size }
        let numbers = text.dropFirst("bytes=".utf8.count).split(separator: "-", omittingEmptySubsequences: false)
        guard text.hasPrefix("bytes="), numbers.count == 2,
            numbers.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let first = Int(numbers[0]), let last = Int(numbers[1]), first <= last
        else {
            throw .invalidArgument(
                "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the "
                    + "zero-based offsets of the first and last bytes to copy", name: field, value: text)
        }
        guard first < version.size else {
            throw .invalidRequest("The specified copy range is invalid for the source object size")
        }
        guard last < version.size else {
            throw .invalidArgument(
                "Range specified is not valid for source object of size: \(version.size)", name: field, value: text)
        }
        return first..<(last + 1)
    }
}
