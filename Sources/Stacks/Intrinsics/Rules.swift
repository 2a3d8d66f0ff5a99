/// The section Rules: what the values of parameters have to be for the template to be deployed.
///
/// Source: Service Catalog Administrator Guide, reference-template_constraint_rules; CloudFormation User Guide,
/// rules-section-structure.
struct Rules {
    private let resolver: IntrinsicResolver
    private let definitions: [ParameterDefinition]

    /// Adds a problem for every assertion that does not hold.
    ///
    /// - Parameters:
    ///   - definitions: of the template's parameters, whose types Fn::RefAll names.
    ///   - resolver: with the parameters and conditions, and without resources.
    static func check(
        _ section: [TemplateMap.Entry], definitions: [ParameterDefinition], resolver: IntrinsicResolver,
        problems: inout Problems
    ) {
        let rules = Rules(resolver: resolver, definitions: definitions)
        for entry in section { rules.check(entry, problems: &problems) }
    }

    private func check(_ entry: TemplateMap.Entry, problems: inout Problems) {
        let path = "Rules.\(entry.key)"
        guard let rule = entry.value.map, let assertions = rule["Assertions"]?.list else {
            problems.add(
                "Template format error: Every Rules object must contain a list of Assertions.", line: entry.line,
                path: path)
            return
        }
        for member in rule where !["RuleCondition", "Assertions"].contains(member.key) {
            problems.add("Invalid template rule property '\(member.key)'", line: member.line, path: path)
        }
        do throws(IntrinsicResolver.Failure) {
            let applies = try rule["RuleCondition"].map { value throws(IntrinsicResolver.Failure) in try holds(value) }
            for assertion in assertions { try check(assertion, of: entry.key, applies ?? true, path, &problems) }
        } catch { problems.add(error.message, line: error.line, path: path) }
    }

    private func check(
        _ assertion: TemplateValue, of rule: String, _ applies: Bool, _ path: String, _ problems: inout Problems
    ) throws(IntrinsicResolver.Failure) {
        guard let map = assertion.map, let assert = map["Assert"] else {
            throw IntrinsicResolver.Failure(
                message: "Template format error: Every Assertions object must contain an Assert.", line: assertion.line)
        }
        for member in map where !["Assert", "AssertDescription"].contains(member.key) {
            problems.add("Invalid template assertion property '\(member.key)'", line: member.line, path: path)
        }
        // Also what does not apply is looked at, so that a mistake in it does not wait for its day.
        guard try !holds(assert), applies else { return }
        // AWS's sentence is not known.
        let reason = map["AssertDescription"]?.text ?? "an assertion without a description does not hold"
        problems.add("Template rule \(rule) failed: \(reason)", line: assert.line, path: path)
    }
}

/// The functions of rules.
extension Rules {
    private static let valueFunctions = ["Fn::ValueOf", "Fn::ValueOfAll"]

    private func holds(_ value: TemplateValue) throws(IntrinsicResolver.Failure) -> Bool {
        guard let map = value.map, map.count == 1, let entry = map.entries.first else {
            throw failure("an Assert or a RuleCondition is a function that gives true or false", value)
        }
        let operands = entry.value.list ?? []
        switch (entry.key, operands.count) {
        case ("Fn::Not", 1): return try !holds(operands[0])
        case ("Fn::And", TemplateLimits.operands), ("Fn::Or", TemplateLimits.operands):
            var results: [Bool] = []
            for operand in operands { results.append(try holds(operand)) }
            return entry.key == "Fn::And" ? !results.contains(false) : results.contains(true)
        case ("Fn::Equals", 2): return try texts(operands[0]) == texts(operands[1])
        case ("Fn::Contains", 2): return try texts(operands[0]).contains(text(operands[1]))
        case ("Fn::EachMemberEquals", 2):
            let wanted = try text(operands[1])
            return try texts(operands[0]).allSatisfy { $0 == wanted }
        case ("Fn::EachMemberIn", 2):
            let allowed = try Set(texts(operands[1]))
            return try texts(operands[0]).allSatisfy(allowed.contains)
        case ("Fn::Not", _), ("Fn::And", _), ("Fn::Or", _), ("Fn::Equals", _), ("Fn::Contains", _),
            ("Fn::EachMemberEquals", _), ("Fn::EachMemberIn", _):
            throw failure("\(entry.key) in a rule has not the operands that it needs", value)
        default: throw failure("\(entry.key) is no function of rules that gives true or false", value)
        }
    }

    private func text(_ value: TemplateValue) throws(IntrinsicResolver.Failure) -> String {
        let texts = try texts(value)
        guard texts.count == 1, let text = texts.first else {
            throw failure("a rule compares with one string here, not with a list", value)
        }
        return text
    }

    /// The strings of a list, or of a value alone.
    private func texts(_ value: TemplateValue) throws(IntrinsicResolver.Failure) -> [String] {
        if let items = value.list {
            var texts: [String] = []
            for item in items { texts += try self.texts(item) }
            return texts
        }
        guard Intrinsic.isCall(value), let entry = value.map?.entries.first else {
            guard let text = value.text else { throw failure("a rule compares strings", value) }
            return [text]
        }
        switch entry.key {
        case "Ref", "Fn::If":
            guard let resolved = try resolver.resolve(value) else { return [] }
            return (resolved.list ?? [resolved]).compactMap(\.text)
        case "Fn::RefAll":
            guard let type = entry.value.string else { throw failure("Fn::RefAll takes the type of parameters", value) }
            return definitions.filter { $0.typeName == type }.flatMap { definition in
                resolver.parameters[definition.name].map { ($0.list ?? [$0]).compactMap(\.text) } ?? []
            }
        case _ where Self.valueFunctions.contains(entry.key):
            throw failure(
                "\(entry.key) asks for attributes of networks and instances, of which there are none here", value)
        default: throw failure("\(entry.key) cannot stand in a rule", value)
        }
    }

    private func failure(_ message: String, _ value: TemplateValue) -> IntrinsicResolver.Failure {
        IntrinsicResolver.Failure(message: "Template format error: \(message)", line: value.line)
    }
}
