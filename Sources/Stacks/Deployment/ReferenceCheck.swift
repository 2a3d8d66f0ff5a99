/// Finds what a template refers to and does not have, in CloudFormation's words.
///
/// The template is looked through twice: as it is written, with every branch of every Fn::If, for names that are
/// declared nowhere; and as it is deployed, for names of resources that a condition has left out.
struct ReferenceCheck {
    private let template: Template
    private let live: LiveTemplate
    private let transform: ServerlessTransform
    private let conditions: Set<String>
    private let types: [String: String]

    static func check(
        _ template: Template, _ live: LiveTemplate, _ transform: ServerlessTransform, problems: inout Problems
    ) {
        ReferenceCheck(template, live, transform).check(problems: &problems)
    }

    /// Whether the transform or the engine knows the type. Resources of other types have a problem already, and may
    /// have functions that only these types need.
    static func isSupported(_ type: String) -> Bool {
        ServerlessTransform.types.contains(type) || ResourceType.all[type] != nil
    }

    private init(_ template: Template, _ live: LiveTemplate, _ transform: ServerlessTransform) {
        self.template = template
        self.live = live
        self.transform = transform
        conditions = Set(template.conditions.map(\.key))
        types = Dictionary(transform.resources.map { ($0.logicalId, $0.type) }, uniquingKeysWith: { first, _ in first })
    }

    private func check(problems: inout Problems) {
        checkResources(problems: &problems)
        checkOutputs(problems: &problems)
    }

    private func checkResources(problems: inout Problems) {
        var written = References(transforms: template.transforms)
        for entry in template.globals {
            written.collect(entry.value, path: "Globals.\(entry.key)", problems: &problems)
        }
        for resource in template.resources where Self.isSupported(resource.type) {
            check(condition: resource.attributes.condition, resource.line, resource.path, "Resources", &problems)
            written.collect(properties: resource.written, of: resource, problems: &problems)
            check(dependenciesOf: resource, problems: &problems)
        }
        let left = live.resources.filter { Self.isSupported($0.type) }
        var deployed = References(transforms: template.transforms)
        for resource in left { deployed.collect(properties: resource.properties, of: resource, problems: &problems) }
        check(written, deployed, block: "Resources", problems: &problems)
    }

    private func checkOutputs(problems: inout Problems) {
        var written = References(transforms: template.transforms)
        for output in template.outputs {
            check(condition: output.condition, output.line, output.path, "Outputs", &problems)
            written.collect(output, problems: &problems)
            if !Intrinsic.isCall(output.value), output.value.text == nil, !output.value.isNull {
                problems.add(
                    "Template format error: The Value field of every Outputs member must evaluate to a String.",
                    line: output.value.line, path: output.path)
            }
        }
        var deployed = References(transforms: template.transforms)
        for output in live.outputs { deployed.collect(output, problems: &problems) }
        check(written, deployed, block: "Outputs", problems: &problems)
    }

    private func check(
        _ written: References, _ deployed: References, block: String, problems: inout Problems
    ) {
        for reference in written.conditions where !conditions.contains(reference.name) {
            problems.add(
                IntrinsicResolver.unresolvedConditionOfIf(reference.name), line: reference.line, path: reference.path)
        }
        for (references, isDeployed) in [(written.found, false), (deployed.found, true)] {
            for reference in references {
                guard var message = objection(to: reference, isDeployed: isDeployed, block: block) else { continue }
                // Source: recorded; of what a condition leaves out the outputs say it so.
                if isDeployed, block == "Outputs", template.resourceNames.contains(reference.name) {
                    message.removePrefix("Template format error: ")
                }
                problems.add(message, line: reference.line, path: reference.path)
            }
        }
    }

    private func check(
        condition: String?, _ line: Int, _ path: String, _ block: String, _ problems: inout Problems
    ) {
        guard let condition, !conditions.contains(condition) else { return }
        problems.add(unresolvedCondition(condition, block), line: line, path: path)
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

    private func objection(to reference: References.Reference, isDeployed: Bool, block: String) -> String? {
        let name = reference.name
        guard let attribute = reference.attribute else {
            let isKnown =
                types[name] != nil || template.parameterNames.contains(name) || PseudoParameters.names.contains(name)
                || transform.referableProperties[name] != nil || isDeclared(name, isDeployed: isDeployed)
            return isKnown ? nil : unresolved(name, block)
        }
        if let parts = referableParts(name, attribute) {
            return attributeObjection(parts.logicalId, parts.attribute)
        }
        if types[name] != nil { return attributeObjection(name, attribute) }
        return isDeclared(name, isDeployed: isDeployed)
            ? nil
            : madeByRefused(name) ?? "Template error: instance of Fn::GetAtt references undefined resource \(name)"
    }

    /// Whether the template has a resource of that name, which has another problem when it is not deployed either.
    private func isDeclared(_ name: String, isDeployed: Bool) -> Bool {
        guard template.resourceNames.contains(name) || live.leftOut.contains(name) else { return false }
        guard isDeployed, let resource = template.resources.first(where: { $0.logicalId == name }) else { return true }
        return resource.attributes.condition.flatMap { live.resolver.conditions[$0] } ?? true
    }

    /// `${Api.Stage}` reads as an attribute of Api; it is the stage that the transform made, or an attribute of it.
    private func referableParts(_ name: String, _ attribute: String) -> (logicalId: String, attribute: String?)? {
        let parts = attribute.split(separator: ".", maxSplits: 1)
        guard let first = parts.first, let made = transform.referableProperties["\(name).\(first)"] else { return nil }
        return (made, parts.count == 2 ? String(parts[1]) : nil)
    }

    private func attributeObjection(_ name: String, _ attribute: String?) -> String? {
        guard let attribute, let type = types[name].flatMap({ ResourceType.all[$0] }) else { return nil }
        if type.knownAttributes.contains(attribute) {
            return "the attribute \(attribute) of \(type.name) is not supported yet"
        }
        return type.hasAttribute(attribute)
            ? nil : "Template error: resource \(name) does not support attribute type \(attribute) in Fn::GetAtt"
    }

    /// What to say of a resource that SAM's transform would make from one that it is not served for, such as
    /// `ApiProdStage`; nil when it cannot be one.
    private func madeByRefused(_ name: String) -> String? {
        let maker = template.resources.first { resource in
            resource.type.hasPrefix("AWS::Serverless::") && !Self.isSupported(resource.type)
                && name.hasPrefix(resource.logicalId)
        }
        return maker.map { "what the transform makes of \($0.logicalId), \($0.type), is not supported yet" }
    }

    private func unresolved(_ name: String, _ block: String) -> String {
        if let message = madeByRefused(name) { return message }
        return Self.unresolved([name], block)
    }

    static func unresolved(_ names: [String], _ block: String) -> String {
        "Template format error: Unresolved resource dependencies [\(names.joined(separator: ", "))] in the \(block) "
            + "block of the template"
    }

    private func unresolvedCondition(_ name: String, _ block: String) -> String {
        "\(IntrinsicResolver.unresolvedCondition(name)) in the \(block) block of the template"
    }
}

extension References {
    fileprivate mutating func collect(
        properties: TemplateMap, of resource: TemplateResource, problems: inout Problems
    ) {
        let path = "\(resource.path).Properties"
        guard properties["Fn::Transform"] == nil else {
            collect(.map(properties, line: resource.line), path: path, problems: &problems)
            return
        }
        for entry in properties { collect(entry.value, path: "\(path).\(entry.key)", problems: &problems) }
    }

    fileprivate mutating func collect(_ output: TemplateOutput, problems: inout Problems) {
        collect(output.value, path: "\(output.path).Value", problems: &problems)
        if let name = output.exportName { collect(name, path: "\(output.path).Export.Name", problems: &problems) }
    }
}

extension String {
    fileprivate mutating func removePrefix(_ prefix: String) {
        if hasPrefix(prefix) { removeFirst(prefix.count) }
    }
}
