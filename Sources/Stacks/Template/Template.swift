/// A template taken apart into its sections, with nothing worked out yet.
struct Template {
    static let formatVersion = "2010-09-09"
    static let serverlessTransform = "AWS::Serverless-2016-10-31"
    static let languageExtensions = "AWS::LanguageExtensions"
    static let include = "AWS::Include"

    let source: TemplateSource
    /// As it was read.
    let root: TemplateMap
    private(set) var parameters: [ParameterDefinition] = []
    var description: String? { root["Description"]?.string }
    private(set) var globals = TemplateMap()
    private(set) var resources: [TemplateResource] = []
    private(set) var outputs: [TemplateOutput] = []
    private(set) var mappings = Mappings()
    private(set) var conditions: [TemplateMap.Entry] = []
    /// The section Rules, as it is written.
    private(set) var rules: [TemplateMap.Entry] = []
    private(set) var transforms: Set<String> = []
    /// What the template says of itself to others and that has no effect.
    private(set) var storedOnly: [StoredOnlyProperty] = []
    /// The names in the sections, also of entries that have problems: a reference to one of these is no second problem.
    private(set) var parameterNames: Set<String> = []
    private(set) var resourceNames: Set<String> = []

    init(_ source: TemplateSource, problems: inout Problems) throws(TemplateError) {
        self.source = source
        let root = try source.root(&problems)
        self.root = root
        for section in root { read(section, problems: &problems) }
        if root["Resources"]?.map?.isEmpty ?? true {
            problems.add(
                "Template format error: At least one Resources member must be defined.",
                line: root.entry("Resources")?.line, path: "")
        }
        if !transforms.contains(Self.serverlessTransform) { refuseServerless(root, problems: &problems) }
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
            globals = TemplateMap(
                (section.value.map ?? TemplateMap()).map { entry in
                    // Nulls are nothing to SAM's translator.
                    let value = entry.value.map.map { TemplateValue.map($0.withoutNulls, line: entry.value.line) }
                    return TemplateMap.Entry(key: entry.key, line: entry.line, value: value ?? entry.value)
                })
            if section.value.map == nil {
                problems.add("'Globals' section is invalid. It must be a non-empty dictionary", line: line, path: name)
            }
        case "Resources":
            let entries = entries(of: section, atMost: TemplateLimits.resources, problems: &problems)
            resourceNames = Set(entries.map(\.key))
            resources = entries.compactMap { TemplateResource($0, problems: &problems) }
            for entry in entries {
                guard let metadata = entry.value.map?.entry("Metadata") else { continue }
                storedOnly.append(
                    StoredOnlyProperty(path: "\(name).\(entry.key).Metadata", line: metadata.line))
            }
        case "Mappings":
            mappings = Mappings(
                entries(of: section, atMost: TemplateLimits.mappings, problems: &problems), problems: &problems)
        case "Conditions":
            conditions = entries(of: section, atMost: TemplateLimits.conditions, problems: &problems)
        case "Rules": rules = entries(of: section, atMost: TemplateLimits.rules, problems: &problems)
        case "Metadata": storedOnly.append(StoredOnlyProperty(path: name, line: line))
        case "Outputs":
            let entries = entries(of: section, atMost: TemplateLimits.outputs, problems: &problems)
            outputs = entries.compactMap { TemplateOutput($0, problems: &problems) }
        default: problems.add("the section \(name) is not supported yet", line: line, path: name)
        }
    }

    private mutating func readTransform(_ value: TemplateValue, problems: inout Problems) {
        for transform in value.list ?? [value] {
            if let name = transform.string, [Self.serverlessTransform, Self.languageExtensions].contains(name) {
                transforms.insert(name)
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
