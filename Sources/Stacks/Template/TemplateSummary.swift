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
    ///
    /// - Parameter checksReferences: whether names that the template does not have are told as well; what macros make of
    ///   it may have them.
    package init(_ source: TemplateSource, checksReferences: Bool = false) throws(TemplateError) {
        var problems = Problems(file: source.file)
        var template = try Template(source, problems: &problems)
        template.unrollByDefaults()
        if checksReferences, template.transforms.isEmpty { template.checkNames(problems: &problems) }
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
        transforms =
            root["Transform"].map { value in
                (value.list ?? [value]).compactMap { $0.string ?? $0.map?["Name"]?.string }
            } ?? []
        capabilities = Capabilities(
            template.resources.lazy.map { ($0.type, $0.written) }, hasMacros: !transforms.isEmpty)
    }
}

extension Template {
    /// Names in resources and outputs that are declared nowhere, as CloudFormation tells them before it knows any type.
    fileprivate func checkNames(problems: inout Problems) {
        let known = parameterNames.union(resourceNames).union(PseudoParameters.names)
        func check(_ references: [References.Reference], _ block: String) {
            for reference in references where !known.contains(reference.name) {
                let message =
                    reference.attribute == nil
                    ? ReferenceCheck.unresolved([reference.name], block)
                    : "Template error: instance of Fn::GetAtt references undefined resource \(reference.name)"
                problems.add(message, line: reference.line, path: block)
            }
        }
        for resource in resources {
            let dependencies = resource.dependsOn.compactMap { value in
                value.string.map {
                    References.Reference(name: $0, attribute: nil, line: value.line, path: resource.path)
                }
            }
            check(TemplateValue.map(resource.written, line: resource.line).references + dependencies, "Resources")
        }
        for output in outputs {
            check(output.value.references + (output.exportName?.references ?? []), "Outputs")
        }
    }
}
