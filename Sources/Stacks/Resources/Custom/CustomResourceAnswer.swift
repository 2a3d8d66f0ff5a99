import JSON

/// What a function answers for a custom resource.
///
/// Source: CloudFormation User Guide, crpg-ref-responses; sentences as AWS's users report them.
struct CustomResourceAnswer {
    /// Nil where a deletion needs none.
    let physicalId: String?
    /// What Fn::GetAtt gives, with the names of what lies in maps behind a dot.
    let attributes: [String: String]
    /// Whether nobody is shown these.
    let isHidden: Bool

    /// - Parameter requestId: of the question.
    init(_ body: CustomResponseBody, requestId: String, isDeletion: Bool) throws(ResourceFailure) {
        guard case .bytes(let bytes) = body else { throw ResourceFailure(message: "Response object is too long.") }
        guard let answer = (try? JSONValue(parsing: bytes))?.object else {
            throw ResourceFailure(message: "Invalid Response object: it is no JSON object")
        }
        guard answer["RequestId"]?.string == requestId else {
            throw ResourceFailure(message: "Invalid Response object: Value of property RequestId must be \(requestId)")
        }
        switch answer["Status"]?.string {
        case "SUCCESS": break
        case "FAILED":
            let reason = answer["Reason"]?.string ?? ""
            throw ResourceFailure(
                message: "Received response status [FAILED] from custom resource. Message returned: \(reason) "
                    + "(RequestId: \(requestId))")
        default:
            throw ResourceFailure(
                message: "Invalid Response object: Value of property Status must be SUCCESS or FAILED")
        }
        let id = answer["PhysicalResourceId"].flatMap { $0.isNull ? nil : $0.string ?? $0.text }
        guard isDeletion || id?.isEmpty == false else { throw ResourceFailure(message: "Invalid PhysicalResourceId") }
        physicalId = id
        isHidden = answer["NoEcho"].map { $0 == true || $0.string?.lowercased() == "true" } ?? false
        var attributes: [String: String] = [:]
        Self.take(answer["Data"] ?? .null, "", into: &attributes)
        self.attributes = attributes
    }

    func resource(_ request: ResourceRequest, elseCalled id: String) -> ProvisionedResource {
        var resource = ProvisionedResource(
            logicalId: request.logicalId, type: request.type, physicalId: physicalId ?? id, attributes: attributes)
        if isHidden { resource.noEcho = Set(attributes.keys) }
        return resource
    }

    /// As deep as the reader of JSON goes at most.
    private static func take(_ value: JSONValue, _ name: String, into attributes: inout [String: String]) {
        guard let members = value.object else {
            if !name.isEmpty, !value.isNull { attributes[name] = value.string ?? value.text }
            return
        }
        for (key, member) in members { take(member, name.isEmpty ? key : "\(name).\(key)", into: &attributes) }
    }
}
