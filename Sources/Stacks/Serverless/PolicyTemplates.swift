/// SAM's policy templates: statements with parameters, which become policies of a function's role.
struct PolicyTemplates {
    private struct Template {
        let parameters: [String]
        var statements: [Statement] = []
    }

    private struct Statement {
        let actions: [String]
        let isOneAction: Bool
        let resources: [String]
        let isList: Bool
        let condition: (key: String, value: String)?

        init(_ text: String) {
            let parts = text.split(separator: " ? ")
            let sides = parts[0].split(separator: " > ").map(String.init)
            isOneAction = sides[0].hasPrefix("=")
            var service = ""
            actions = sides[0].drop { $0 == "=" }.split(separator: " ").map { word in
                guard let colon = word.firstIndex(of: ":") else { return "\(service):\(word)" }
                service = String(word[..<colon])
                return String(word)
            }
            let named = sides[1].drop { $0 == "[" }.split(separator: " ")
            resources = named.map(Self.arn)
            isList = sides[1].hasPrefix("[") || named.count > 1
            let test = parts.dropFirst().first?.split(separator: " ")
            condition = test.map { (String($0[0]), Self.arn($0[1])) }
        }

        private static func arn(_ short: Substring) -> String {
            if short == "*" || short.hasPrefix("${") || short.hasPrefix("arn:") { return String(short) }
            if short.hasPrefix("@") { return "arn:${AWS::Partition}:\(short.dropFirst())" }
            let parts = short.split(separator: ":", maxSplits: 1)
            return "arn:${AWS::Partition}:\(parts[0]):${AWS::Region}:${AWS::AccountId}:\(parts[1])"
        }
    }

    private static let all: [String: Template] = {
        var templates: [String: Template] = [:]
        var name = ""
        var statement = ""
        let finish = {
            if !statement.isEmpty { templates[name]?.statements.append(Statement(statement)) }
            statement = ""
        }
        for line in PolicyTemplateTable.text.split(separator: "\n") {
            let words = line.drop { $0 == " " }
            switch line.prefix(while: { $0 == " " }).count {
            case 0:
                finish()
                let parts = line.split(separator: " ").map(String.init)
                name = parts[0]
                templates[name] = Template(parameters: Array(parts.dropFirst()))
            case 2:
                finish()
                statement = String(words)
            default: statement += " \(words)"
            }
        }
        finish()
        return templates
    }()

    static var names: [String] { all.keys.sorted() }

    /// Adds a problem for every policy that the translator refuses: of a kind that it does not know, a template that
    /// does not exist, or one without its parameters. Warns of parameters that a template does not have: the translator
    /// drops them.
    static func check(_ value: TemplateValue, path: String, problems: inout Problems) {
        guard !Intrinsic.isCall(value) else { return }
        for (position, policy) in (value.list ?? [value]).enumerated() {
            if let message = objection(to: policy, at: position) {
                problems.add(message, line: policy.line, path: path)
                continue
            }
            guard let map = policy.map, map["Statement"] == nil, let template = map.entries.first,
                let parameters = all[template.key]?.parameters
            else { continue }
            for member in template.value.map?.entries ?? [] where !parameters.contains(member.key) {
                problems.warn(
                    "\(member.key) is no parameter of \(template.key) and has no effect", line: member.line, path: path)
            }
        }
    }

    private static func objection(to policy: TemplateValue, at position: Int) -> String? {
        if policy.string != nil || Intrinsic.isCall(policy) { return nil }
        guard let map = policy.map else { return "Type of property 'Policies' is invalid." }
        if map["Statement"] != nil { return nil }
        guard map.count == 1, let template = map.entries.first, let parameters = all[template.key]?.parameters else {
            return "Policy at index \(position) in the 'Policies' property is not valid"
        }
        guard let given = template.value.map else {
            return "Must specify valid parameter values for policy template '\(template.key)'"
        }
        let missing = parameters.filter { given[$0] == nil }.sorted()
        guard !missing.isEmpty else { return nil }
        let names = missing.map { "'\($0)'" }.joined(separator: ", ")
        return "Following required parameters of template '\(template.key)' don't have values: [\(names)]"
    }

    /// The document that a policy of a function's `Policies` is; nil for the name of a managed policy.
    static func document(of policy: TemplateValue) -> TemplateValue? {
        guard let map = policy.map, !Intrinsic.isCall(policy) else { return nil }
        guard map["Statement"] == nil, let entry = map.entries.first, let template = all[entry.key] else {
            return policy
        }
        let given = entry.value.map ?? TemplateMap()
        let statements = template.statements.map { statement in
            expand(statement, template.parameters, given, line: policy.line)
        }
        return .map(["Statement": .list(statements, line: policy.line)], line: policy.line)
    }

    private static func expand(
        _ statement: Statement, _ parameters: [String], _ given: TemplateMap, line: Int
    ) -> TemplateValue {
        let text = { (text: String) in TemplateValue.string(text, line: line) }
        let working = { (arn: String) in Self.working(arn, parameters, given, line: line) }
        var made = TemplateMap()
        made["Effect"] = text("Allow")
        made["Action"] =
            statement.isOneAction ? text(statement.actions[0]) : .list(statement.actions.map(text), line: line)
        made["Resource"] =
            statement.isList
            ? .list(statement.resources.map(working), line: line) : working(statement.resources[0])
        if let condition = statement.condition {
            let test: TemplateValue = .map([condition.key: working(condition.value)], line: line)
            made["Condition"] = .map(["StringEquals": test], line: line)
        }
        return .map(made, line: line)
    }

    /// The text with the parameters' values, which may be functions, for its variables.
    private static func working(
        _ arn: String, _ parameters: [String], _ given: TemplateMap, line: Int
    ) -> TemplateValue {
        let text = TemplateValue.string(arn, line: line)
        guard arn.contains("${") else { return text }
        var variables = TemplateMap()
        for piece in arn.split(separator: "${", omittingEmptySubsequences: false).dropFirst() {
            let variable = String(piece.prefix { $0 != "}" })
            // The table writes names of variables as the translator has them, which differ in case.
            let parameter = parameters.first { $0.lowercased() == variable.lowercased() }
            if let parameter, let value = given[parameter] { variables[variable] = value }
        }
        return .map(
            ["Fn::Sub": variables.isEmpty ? text : .list([text, .map(variables, line: line)], line: line)], line: line)
    }
}
