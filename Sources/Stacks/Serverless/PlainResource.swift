/// A resource of CloudFormation proper: what the transform leaves, and what is provisioned.
struct PlainResource: Sendable {
    let logicalId: String
    /// Such as `AWS::Lambda::Function`.
    let type: String
    var properties: TemplateMap
    var dependsOn: [TemplateValue] = []
    /// Where the template says what this is made from.
    let line: Int
    let path: String

    init(
        _ logicalId: String, _ type: String, line: Int, path: String, dependsOn: [TemplateValue] = [],
        properties: TemplateMap = TemplateMap()
    ) {
        self.logicalId = logicalId
        self.type = type
        self.properties = properties
        self.dependsOn = dependsOn
        self.line = line
        self.path = path
    }
}
