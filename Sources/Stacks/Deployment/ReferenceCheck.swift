/// Finds what a template refers to and does not have, in CloudFormation's words.
struct ReferenceCheck {
    private let template: Template
    private let transform: ServerlessTransform
    private let types: [String: String]

    static func check(_ template: Template, _ transform: ServerlessTransform, problems: inout Problems) {
        ReferenceCheck(template, transform).check(problems: &problems)
    }

    private init(_ template: Template, _ transform: ServerlessTransform) {
        self.template = template
        self.transform = transform
        types = Dictionary(transform.resources.map { ($0.logicalId, $0.type) }, uniquingKeysWith: { first, _ in first })
    }

    private func check(problems: inout Problems) {
        var inResources = References()
        for entry in template.globals {
            inResources.collect(entry.value, path: "Globals.\(entry.key)", problems: &problems)
        }
        // Resources of other types have a problem already, and may have functions that only these types need.
        for resource in template.resources where Self.isTransformed(resource.type) {
            for entry in resource.properties {
                inResources.collect(
                    entry.value, path: "\(resource.path).Properties.\(entry.key)", problems: &problems)
            }
            check(dependenciesOf: resource, problems: &problems)
        }
        for reference in inResources.found { check(reference, block: "Resources", problems: &problems) }

        var inOutputs = References()
        for output in template.outputs {
            inOutputs.collect(output.value, path: "\(output.path).Value", problems: &problems)
            if !Intrinsic.isCall(output.value), output.value.text == nil {
                problems.add(
                    "Template format error: The Value field of every Outputs member must evaluate to a String.",
                    line: output.value.line, path: output.path)
            }
        }
        for reference in inOutputs.found { check(reference, block: "Outputs", problems: &problems) }
    }

    private static func isTransformed(_ type: String) -> Bool {
        type == ServerlessFunction.type || type == ServerlessHttpApi.type
    }

    private func check(dependenciesOf resource: TemplateResource, problems: inout Problems) {
        for value in resource.dependsOn {
            guard let name = value.string else {
                problems.add("DependsOn must be a logical id or a list of them", line: value.line, path: resource.path)
                continue
            }
            if types[name] == nil, !template.resourceNames.contains(name) {
                problems.add(unresolved(name, "Resources"), line: value.line, path: "\(resource.path).DependsOn")
            }
        }
    }

    private func check(_ reference: References.Reference, block: String, problems: inout Problems) {
        guard let message = objection(to: reference, block: block) else { return }
        problems.add(message, line: reference.line, path: reference.path)
    }

    private func objection(to reference: References.Reference, block: String) -> String? {
        let name = reference.name
        guard let attribute = reference.attribute else {
            let isKnown =
                types[name] != nil || template.resourceNames.contains(name) || template.parameterNames.contains(name)
                || PseudoParameters.names.contains(name) || transform.referableProperties[name] != nil
            return isKnown ? nil : unresolved(name, block)
        }
        if transform.referableProperties["\(name).\(attribute)"] != nil { return nil }
        if let type = types[name], let attributes = ResourceType.all[type]?.attributes {
            return attributes.contains(attribute)
                ? nil
                : "Template error: resource \(name) does not support attribute type \(attribute) in Fn::GetAtt"
        }
        return template.resourceNames.contains(name)
            ? nil : "Template error: instance of Fn::GetAtt references undefined resource \(name)"
    }

    private func unresolved(_ name: String, _ block: String) -> String {
        "Template format error: Unresolved resource dependencies [\(name)] in the \(block) block of the template"
    }
}
