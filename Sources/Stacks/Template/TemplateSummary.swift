import JSON

/// What a template says of itself, before any value is known.
package struct TemplateSummary: Sendable {
    package struct Parameter: Sendable {
        package let name: String
        package let type: String
        package let defaultValue: String?
        package let isHidden: Bool
        package let description: String?
        package let allowedValues: [String]
    }

    package let parameters: [Parameter]
    package let description: String?
    /// In JSON.
    package let metadata: String?
    package let version: String?
    /// Of each type its resources, in the order of the template.
    package let resources: [(type: String, logicalIds: [String])]
    package let transforms: [String]
    package let capabilities: Capabilities

    /// Throws what makes it no template; what is not served is told when it is planned.
    package init(_ source: TemplateSource) throws(TemplateError) {
        var problems = Problems(file: source.file)
        var template = try Template(source, problems: &problems)
        template.unrollByDefaults()
        let root = template.root
        guard problems.list.isEmpty else { throw TemplateError(problems.list) }
        let written = root["Parameters"]?.map ?? TemplateMap()
        parameters = template.parameters.map { definition in
            let map = written[definition.name]?.map
            return Parameter(
                name: definition.name, type: map?["Type"]?.string ?? "String", defaultValue: definition.defaultValue,
                isHidden: definition.isHidden, description: map?["Description"]?.text,
                allowedValues: definition.allowedValues ?? [])
        }
        description = root["Description"]?.string
        metadata = root["Metadata"].map(\.json.text)
        version = root["AWSTemplateFormatVersion"]?.text
        var types: [(type: String, logicalIds: [String])] = []
        for resource in template.resources {
            if let place = types.firstIndex(where: { $0.type == resource.type }) {
                types[place].logicalIds.append(resource.logicalId)
            } else {
                types.append((resource.type, [resource.logicalId]))
            }
        }
        resources = types
        transforms = root["Transform"].map { ($0.list ?? [$0]).compactMap(\.string) } ?? []
        capabilities = Capabilities(
            template.resources.lazy.map { ($0.type, $0.written) }, hasMacros: !transforms.isEmpty)
    }
}
