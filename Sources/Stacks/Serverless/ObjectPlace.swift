/// Where an object lies in S3, as SAM's properties name it: `s3://bucket/key`, with a `versionId` or without, or a map of
/// Bucket, Key and Version.
struct ObjectPlace {
    static let scheme = "s3://"

    let bucket: TemplateValue
    let key: TemplateValue
    let version: TemplateValue?

    /// Nil with a problem in the translator's words.
    init?(_ value: TemplateValue, of property: String, path: String, problems: inout Problems) {
        if let map = value.map, !Intrinsic.isCall(value) {
            guard let bucket = map["Bucket"], let key = map["Key"], bucket.isTruthy, key.isTruthy else {
                problems.add(
                    "'\(property)' requires Bucket and Key properties to be specified.", line: value.line, path: path)
                return nil
            }
            (self.bucket, self.key, version) = (bucket, key, map["Version"])
            return
        }
        guard let text = value.string, let named = Self.names(in: text) else {
            problems.add(
                "'\(property)' is not a valid S3 Uri of the form 's3://bucket/key' with optional versionId query "
                    + "parameter.", line: value.line, path: path)
            return nil
        }
        bucket = .string(named.bucket, line: value.line)
        key = .string(named.key, line: value.line)
        version = named.version.map { .string($0, line: value.line) }
    }

    /// As the property Code of functions and Content of layers have it.
    func code(line: Int) -> TemplateValue { members(["S3Bucket", "S3Key", "S3ObjectVersion"], line: line) }

    /// As the property BodyS3Location of APIs has it.
    func body(line: Int) -> TemplateValue { members(["Bucket", "Key", "Version"], line: line) }

    private func members(_ names: [String], line: Int) -> TemplateValue {
        var map = TemplateMap()
        for (name, value) in zip(names, [bucket, key, version]) { map[name] = value }
        return .map(map, line: line)
    }

    /// The parts of `s3://bucket/key?versionId=version`.
    static func names(in text: String) -> (bucket: String, key: String, version: String?)? {
        guard text.hasPrefix(scheme) else { return nil }
        let parts = text.dropFirst(scheme.utf8.count).split(
            separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let place = parts.first, let slash = place.firstIndex(of: "/") else { return nil }
        let (bucket, key) = (place[..<slash], place[slash...].drop { $0 == "/" })
        guard !bucket.isEmpty, !key.isEmpty else { return nil }
        let versions = (parts.count == 2 ? parts[1] : "").split(separator: "&").filter { $0.hasPrefix("versionId=") }
        let version = versions.count == 1 ? String(versions[0].dropFirst("versionId=".utf8.count)) : nil
        return (String(bucket), String(key), version)
    }
}
