/// The code of a function whose template names a folder or a package beside it.
///
/// `aws cloudformation package` would upload it and write the place in S3 instead. Here the place is this machine: a
/// bucket that no one can have, and the absolute path as the key.
enum LocalCode {
    static let bucket = "gatehouse.local"

    /// The Code property of AWS::Lambda::Function; nil when there is none to be made.
    static func value(
        _ properties: TemplateMap, resource: TemplateResource, source: TemplateSource, problems: inout Problems
    ) -> TemplateValue? {
        let path = "\(resource.path).Properties"
        if let code = properties["InlineCode"] { return .map(["ZipFile": code], line: code.line) }
        // SAM's tools package the template's own folder where nothing else is said.
        let uri = properties["CodeUri"] ?? .string(".", line: resource.line)
        return code(uri, of: "CodeUri", path: path, source: source, problems: &problems)
    }

    /// The Code property for what `property` of a resource of SAM's names: a local path, or a place in S3, where SAM's tools
    /// have put the code. Nil when there is none to be made.
    static func code(
        _ uri: TemplateValue, of property: String, path: String, source: TemplateSource, problems: inout Problems
    ) -> TemplateValue? {
        guard uri.string?.contains("://") ?? (uri.map != nil) else {
            return place(uri, of: property, path: path, source: source, problems: &problems)
        }
        return ObjectPlace(uri, of: property, path: path, problems: &problems)?.code(line: uri.line)
    }

    /// The Code property for what `property` names as a local path; nil when there is none to be made.
    static func place(
        _ uri: TemplateValue, of property: String, path: String, source: TemplateSource, problems: inout Problems
    ) -> TemplateValue? {
        guard let text = uri.string else {
            problems.add("\(property) must be a local path here", line: uri.line, path: path)
            return nil
        }
        guard !text.contains("://") else {
            problems.add(
                "\(property) must be a local path here; \(text) is not supported yet", line: uri.line, path: path)
            return nil
        }
        let absolute = LocalFiles.absolute(text, in: source.folder)
        if let message = objection(to: absolute, source.files) {
            problems.add("\(property) \(text): \(message)", line: uri.line, path: path)
            return nil
        }
        return .map(
            ["S3Bucket": .string(bucket, line: uri.line), "S3Key": .string(absolute, line: uri.line)], line: uri.line)
    }

    /// The folder or package on this machine that the function's code is; nil when it is something else.
    static func path(of function: PlainResource) -> String? {
        guard let code = function.properties["Code"]?.map, code["S3Bucket"]?.string == bucket else { return nil }
        return code["S3Key"]?.string
    }

    private static func objection(to path: String, _ files: any TemplateFiles) -> String? {
        switch files.kind(path) {
        case .folder: return nil
        case .file(let bytes):
            guard path.hasSuffix(".zip") else { return "\(path) is neither a folder nor a .zip file" }
            return bytes > TemplateLimits.packageBytes
                ? "\(path) is larger than \(TemplateLimits.packageBytes) bytes" : nil
        case .other: return "\(path) is neither a folder nor a .zip file"
        case nil: return "\(path) does not exist"
        }
    }
}
