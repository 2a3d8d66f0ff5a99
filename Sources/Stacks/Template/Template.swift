/// A template taken apart into its sections, with nothing worked out yet.
struct Template {
    static let formatVersion = "2010-09-09"
    static let serverlessTransform = "AWS::Serverless-2016-10-31"

    let source: TemplateSource
    private(set) var parameters: [ParameterDefinition] = []
    private(set) var globals = TemplateMap()
    private(set) var resources: [TemplateResource] = []
    private(set) var outputs: [TemplateOutput] = []
    private(set) var isServerless = false
    /// The names in the sections, also of entries that have problems: a reference to one of these is no second problem.
    private(set) var parameterNames: Set<String> = []
    private(set) var resourceNames: Set<String> = []

    init(_ source: TemplateSource, problems: inout Problems) throws(TemplateError) {
        self.source = source
        let root = try source.root()
        for section in root { read(section, problems: &problems) }
        if root["Resources"]?.map?.isEmpty ?? true {
            problems.add(
                "Template format error: At least one Resources member must be defined.",
                line: root.entry("Resources")?.line, path: "")
        }
        if !isServerless { refuseServerless(root, problems: &problems) }
    }

    private mutating func read(_ section: TemplateMap.Entry, problems: inout Problems) {
        let (name, line) = (section.key, section.line)
        switch name {
        case "AWSTemplateFormatVersion":
            if section.value.text != Self.formatVersion {
                problems.add(
                    "Template format error: unsupported value for AWSTemplateFormatVersion.", line: line, path: name)
            }
        case "Description":
            if section.value.string == nil {
                problems.add("Template format error: Description must be a string.", line: line, path: name)
            }
        case "Transform": readTransform(section.value, problems: &problems)
        case "Parameters":
            let entries = entries(of: section, atMost: TemplateLimits.parameters, problems: &problems)
            parameterNames = Set(entries.map(\.key))
            parameters = entries.compactMap { ParameterDefinition($0, problems: &problems) }
        case "Globals":
            globals = section.value.map ?? TemplateMap()
            if section.value.map == nil {
                problems.add("'Globals' section is invalid. It must be a non-empty dictionary", line: line, path: name)
            }
        case "Resources":
            let entries = entries(of: section, atMost: TemplateLimits.resources, problems: &problems)
            resourceNames = Set(entries.map(\.key))
            resources = entries.compactMap { TemplateResource($0, problems: &problems) }
        case "Outputs":
            let entries = entries(of: section, atMost: TemplateLimits.outputs, problems: &problems)
            outputs = entries.compactMap { TemplateOutput($0, problems: &problems) }
        default: problems.add("the section \(name) is not supported yet", line: line, path: name)
        }
    }

    private mutating func readTransform(_ value: TemplateValue, problems: inout Problems) {
        for transform in value.list ?? [value] {
            if transform.string == Self.serverlessTransform {
                isServerless = true
            } else {
                problems.add(
                    "the transform \(transform.text ?? transform.kind) is not supported yet", line: transform.line,
                    path: "Transform")
            }
        }
    }

    private func entries(
        of section: TemplateMap.Entry, atMost limit: Int, problems: inout Problems
    ) -> [TemplateMap.Entry] {
        guard let map = section.value.map else {
            problems.add("Template format error: \(section.key) must be a map.", line: section.line, path: section.key)
            return []
        }
        guard map.count <= limit else {
            problems.add(
                "Template format error: Number of \(section.key.lowercased()), \(map.count), is greater than maximum "
                    + "allowed, \(limit)", line: section.line, path: section.key)
            return []
        }
        return map.entries
    }

    private func refuseServerless(_ root: TemplateMap, problems: inout Problems) {
        let needs = "needs `Transform: \(Self.serverlessTransform)`"
        if let globals = root.entry("Globals") {
            problems.add("the section Globals \(needs)", line: globals.line, path: "Globals")
        }
        for resource in resources where resource.type.hasPrefix("AWS::Serverless::") {
            problems.add("the resource type \(resource.type) \(needs)", line: resource.typeLine, path: resource.path)
        }
    }
}

/// One entry of the Resources section, as it is written.
struct TemplateResource {
    let logicalId: String
    let type: String
    let typeLine: Int
    let properties: TemplateMap
    let dependsOn: [TemplateValue]
    let line: Int

    var path: String { "Resources.\(logicalId)" }

    /// Nil when there is not even a type.
    init?(_ entry: TemplateMap.Entry, problems: inout Problems) {
        let path = "Resources.\(entry.key)"
        if !LogicalId.isValid(entry.key) {
            problems.add(
                "Template format error: Resource name \(entry.key) is non alphanumeric.", line: entry.line, path: path)
        }
        guard let map = entry.value.map, let type = map["Type"], let name = type.string else {
            problems.add(
                "[/Resources/\(entry.key)] Every Resources object must contain a Type member.", line: entry.line,
                path: path)
            return nil
        }
        for attribute in map where !["Type", "Properties", "DependsOn"].contains(attribute.key) {
            problems.add(
                "the resource attribute \(attribute.key) is not supported yet", line: attribute.line, path: path)
        }
        logicalId = entry.key
        self.type = name
        typeLine = type.line
        line = entry.line
        if let value = map["Properties"], !value.isNull, value.map == nil {
            problems.add("Properties must be a map", line: value.line, path: path)
        }
        properties = map["Properties"]?.map ?? TemplateMap()
        dependsOn = map["DependsOn"].map { $0.list ?? [$0] } ?? []
    }
}

/// One entry of the Outputs section, as it is written.
struct TemplateOutput: Sendable {
    let name: String
    private(set) var value: TemplateValue
    let description: String?
    let line: Int

    var path: String { "Outputs.\(name)" }

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
        for member in map where !["Value", "Description"].contains(member.key) {
            problems.add("the output member \(member.key) is not supported yet", line: member.line, path: path)
        }
        if let description = map["Description"], description.text == nil {
            problems.add("Description must be a string", line: description.line, path: path)
        }
        name = entry.key
        self.value = value
        description = map["Description"]?.text
        line = entry.line
    }

    /// With SAM's referable properties replaced.
    func replacing(_ referable: [String: String]) -> TemplateOutput {
        var replaced = self
        replaced.value = value.replacing(referable)
        return replaced
    }
}
