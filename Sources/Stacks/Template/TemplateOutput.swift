/// One entry of the Outputs section, as it is written.
struct TemplateOutput: Sendable {
    let name: String
    var value: TemplateValue
    let description: String?
    let condition: String?
    /// The name under which other stacks may import the value.
    var exportName: TemplateValue?
    let line: Int

    var path: String { "Outputs.\(name)" }

    private static let members: Set<String> = ["Value", "Description", "Condition", "Export"]

    init?(_ entry: TemplateMap.Entry, problems: inout Problems) {
        let path = "Outputs.\(entry.key)"
        if !LogicalId.isValid(entry.key) {
            problems.add(
                "Template format error: Outputs name '\(entry.key)' is non alphanumeric.", line: entry.line, path: path)
        }
        guard let map = entry.value.map, let value = map["Value"] else {
            problems.add(
                "Template format error: Every Outputs member must contain a Value object", line: entry.line, path: path)
            return nil
        }
        if value.isNull {
            problems.add("'null' values are not allowed in templates", line: value.line, path: "\(path).Value")
        }
        for member in map where !Self.members.contains(member.key) {
            problems.add("Invalid template output property '\(member.key)'", line: member.line, path: path)
        }
        if let description = map["Description"], description.text == nil {
            problems.add("Description must be a string", line: description.line, path: path)
        }
        if let condition = map["Condition"], condition.string == nil {
            problems.add("Condition must be the name of a condition", line: condition.line, path: path)
        }
        if let export = map["Export"], export.map?.count != 1 || export.map?["Name"] == nil {
            problems.add("Export is a map with a Name", line: export.line, path: path)
        }
        name = entry.key
        self.value = value
        description = map["Description"]?.text
        condition = map["Condition"]?.string
        exportName = map["Export"]?.map?["Name"]
        line = entry.line
    }

    /// With SAM's referable properties replaced.
    func replacing(_ referable: [String: String]) -> TemplateOutput {
        var replaced = self
        replaced.value = value.replacing(referable)
        replaced.exportName = exportName?.replacing(referable)
        return replaced
    }
}
