import JSON

/// A resource of CloudFormation proper: what the transform leaves, and what is provisioned.
struct PlainResource: Sendable {
    let logicalId: String
    /// Such as `AWS::Lambda::Function`.
    let type: String
    var properties: TemplateMap
    var dependsOn: [TemplateValue]
    var metadata: TemplateMap?
    /// What becomes of it when the stack no longer has it.
    var deletionPolicy: DeletionPolicy
    /// What becomes of the old one when an update replaces it.
    let updateReplacePolicy: DeletionPolicy
    /// Where the template says what this is made from.
    let line: Int
    let path: String

    init(
        _ logicalId: String, _ type: String, line: Int, path: String,
        attributes: ResourceAttributes = ResourceAttributes(), dependsOn: [TemplateValue] = [],
        properties: TemplateMap = TemplateMap()
    ) {
        self.logicalId = logicalId
        self.type = type
        self.properties = properties
        self.dependsOn = dependsOn
        deletionPolicy = attributes.deletionPolicy ?? .delete
        updateReplacePolicy = attributes.updateReplacePolicy ?? .delete
        self.line = line
        self.path = path
    }
}

extension PlainResource {
    /// As a template has it.
    var json: JSONValue {
        var members: JSONObject = ["Type": .string(type)]
        if !properties.isEmpty {
            members["Properties"] = .object(JSONObject(properties.map { ($0.key, $0.value.json) }))
        }
        if !dependsOn.isEmpty { members["DependsOn"] = .array(dependsOn.map(\.json)) }
        if let metadata { members["Metadata"] = TemplateValue.map(metadata, line: line).json }
        if deletionPolicy != .delete { members["DeletionPolicy"] = .string(deletionPolicy.rawValue) }
        if updateReplacePolicy != .delete { members["UpdateReplacePolicy"] = .string(updateReplacePolicy.rawValue) }
        return .object(members)
    }
}
