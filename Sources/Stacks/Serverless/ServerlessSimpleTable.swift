/// AWS::Serverless::SimpleTable: a DynamoDB table with a partition key alone.
struct ServerlessSimpleTable {
    static let type = "AWS::Serverless::SimpleTable"

    static let rules = PropertyRules(
        type: type,
        supported: [
            "PointInTimeRecoverySpecification": .map,
            "PrimaryKey": .members(
                PropertyRules(
                    type: "\(type).PrimaryKey", supported: ["Name": .text, "Type": .text], required: ["Name", "Type"])),
            "ProvisionedThroughput": .map, "SSESpecification": .map, "TableName": .text, "Tags": .map,
        ],
        storedOnly: ["PointInTimeRecoverySpecification", "ProvisionedThroughput", "SSESpecification"])

    private static let keyTypes = ["String": "S", "Number": "N", "Binary": "B"]

    private let resource: TemplateResource
    /// The template's own over the globals.
    private let properties: TemplateMap

    init(_ resource: TemplateResource, globals: ServerlessGlobals, problems: inout Problems) {
        self.resource = resource
        properties = ServerlessGlobals.merge(resource, over: globals.simpleTable)
        Self.rules.check(
            resource.properties, path: "\(resource.path).Properties", line: resource.line, problems: &problems)
    }

    func plainResource(problems: inout Problems) -> PlainResource {
        let line = properties["PrimaryKey"]?.line ?? resource.line
        let text = { (text: String) in TemplateValue.string(text, line: line) }
        let key = properties["PrimaryKey"]?.map ?? TemplateMap()
        let name = key["Name"] ?? text("id")
        var type = text("S")
        if let given = key["Type"] {
            let short = given.text.flatMap { Self.keyTypes[$0] }
            if short == nil {
                problems.add(
                    "Invalid 'Type' \"\(given.text ?? given.kind)\". Must be one of String, Number, Binary",
                    line: given.line, path: "\(resource.path).Properties.PrimaryKey")
            }
            type = text(short ?? "S")
        }
        var table = TemplateMap()
        table["AttributeDefinitions"] = .list(
            [.map(["AttributeName": name, "AttributeType": type], line: line)], line: line)
        table["KeySchema"] = .list([.map(["AttributeName": name, "KeyType": text("HASH")], line: line)], line: line)
        table["PointInTimeRecoverySpecification"] = properties["PointInTimeRecoverySpecification"]
        if let throughput = properties["ProvisionedThroughput"], throughput.map?.isEmpty == false {
            table["ProvisionedThroughput"] = throughput
        } else {
            table["BillingMode"] = text("PAY_PER_REQUEST")
        }
        table["SSESpecification"] = properties["SSESpecification"]
        table["TableName"] = properties["TableName"]
        if let tags = properties["Tags"]?.map, !tags.isEmpty { table["Tags"] = .tagList(tags, line: line) }
        return PlainResource(
            resource.logicalId, "AWS::DynamoDB::Table", line: resource.line, path: resource.path,
            attributes: resource.attributes, dependsOn: resource.dependsOn, properties: table)
    }
}

extension TemplateValue {
    /// Tags as a list of Key and Value, the way most types of CloudFormation have them.
    static func tagList(_ tags: TemplateMap, line: Int) -> TemplateValue {
        .list(tags.map { .map(["Key": .string($0.key, line: $0.line), "Value": $0.value], line: $0.line) }, line: line)
    }
}
