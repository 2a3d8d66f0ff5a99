import GatewayModel
import JSON

/// The Code property of a function, as the members that CreateFunction and UpdateFunctionCode have for it.
enum LambdaCode {
    /// The member of UpdateFunctionCode that has a changed configuration tried together with the code; see
    /// `FunctionTrial` of the control plane.
    static let trial = "GatehouseTrial"

    /// - Parameter property: which has the code; of layers it is Content.
    static func members(
        _ request: ResourceRequest, _ property: String = "Code"
    ) throws(ResourceFailure) -> JSONObject {
        let properties = request.properties
        guard let code = try properties.nested(property) else {
            throw ResourceFailure(message: "\(property) is needed")
        }
        if let source = try code.text("ZipFile")?.string {
            let runtime = try properties.required("Runtime")
            return ["ZipFile": .string(Base64.encode(inlinePackage(source, runtime: runtime)))]
        }
        guard let path = localPath(properties.properties) else {
            var members: JSONObject = [
                "S3Bucket": .string(try code.required("S3Bucket")), "S3Key": .string(try code.required("S3Key")),
            ]
            members["S3ObjectVersion"] = try code.text("S3ObjectVersion")
            return members
        }
        switch request.code.code(path, digest: request.codeDigest) {
        case .folder(let folder): return ["S3Bucket": .string(LocalCode.bucket), "S3Key": .string(folder)]
        case .package(let bytes): return ["ZipFile": .string(Base64.encode(bytes))]
        case nil: throw ResourceFailure(message: "\(path) cannot be read", line: properties.properties[property]?.line)
        }
    }

    /// The path beside the template that a function's or a layer's properties name as its code.
    static func localPath(_ properties: TemplateMap) -> String? {
        guard let code = (properties["Code"] ?? properties["Content"])?.map, code["S3Bucket"]?.text == LocalCode.bucket
        else { return nil }
        return code["S3Key"]?.text
    }

    /// CloudFormation puts inline code into a file named index.
    private static func inlinePackage(_ source: String, runtime: String) -> [UInt8] {
        let name = runtime.hasPrefix("nodejs") ? "index.js" : "index.py"
        return StoredZip.archive(file: name, contents: Array(source.utf8))
    }
}
