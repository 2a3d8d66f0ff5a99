import JSON

/// Values for variables of functions, in the forms that SAM CLI's `--env-vars` takes: by the logical id of a function,
/// and under `Parameters` for all functions.
///
/// Source: aws-sam-cli, "Invoking functions locally", "Environment variable file". Variables that the template does not
/// declare are left out; a function's own values go before those for all.
package struct EnvironmentOverrides: Sendable, Equatable {
    private static let forAll = "Parameters"
    /// A file of values is small.
    package static let maximumBytes = 1_048_576

    private let values: [(function: String, variables: [(name: String, value: String)])]

    package static func == (left: EnvironmentOverrides, right: EnvironmentOverrides) -> Bool {
        left.values.elementsEqual(right.values) { left, right in
            left.function == right.function && left.variables.elementsEqual(right.variables, by: ==)
        }
    }

    package init() { values = [] }

    /// Reads a file of values; `file` is its name in messages.
    package init(_ bytes: [UInt8], file: String) throws(TemplateError) {
        func failure(_ path: String, _ message: String) -> TemplateError {
            TemplateError([TemplateProblem(file: file, line: nil, path: path, message: message)])
        }
        guard let root = (try? JSONValue(parsing: bytes))?.object else {
            throw failure("", "A file of environment variables is a JSON object of functions")
        }
        var values: [(function: String, variables: [(name: String, value: String)])] = []
        for function in root.members {
            guard let object = function.value.object else {
                throw failure(function.key, "This must be an object of variables")
            }
            var variables: [(name: String, value: String)] = []
            for variable in object.members {
                guard let text = Self.text(variable.value) else {
                    throw failure("\(function.key).\(variable.key)", "This must be a string, a number, true or false")
                }
                variables.append((variable.key, text))
            }
            values.append((function.key, variables))
        }
        self.values = values
    }

    /// As SAM CLI writes them: true and false in small letters, null as nothing.
    private static func text(_ value: JSONValue) -> String? {
        switch value {
        case .null: ""
        case .string(let text): text
        case .bool(let isTrue): isTrue ? "true" : "false"
        case .array, .object: nil
        default: value.text
        }
    }

    /// What the file says that has no effect, one sentence each.
    package func unused(by plan: StackPlan) -> [String] {
        let functions = plan.resources.filter { $0.type == ResourceType.lambdaFunction.name }
        return values.flatMap { entry -> [String] in
            let meant = entry.function == Self.forAll ? functions : functions.filter { $0.logicalId == entry.function }
            guard !meant.isEmpty else { return ["the template has no function \(entry.function)"] }
            return entry.variables.filter { variable in
                !meant.contains { $0.variables?.entry(variable.name) != nil }
            }.map { "no variable \($0.name) is declared in the template for \(entry.function)" }
        }
    }

    fileprivate func variables(of function: PlainResource) -> TemplateMap? {
        guard var variables = function.variables else { return nil }
        for group in [Self.forAll, function.logicalId] {
            for value in values where value.function == group {
                for variable in value.variables where variables.entry(variable.name) != nil {
                    variables[variable.name] = .string(variable.value, line: function.line)
                }
            }
        }
        return variables
    }
}

extension StackPlan {
    /// The plan with other values for variables of functions.
    package func overriding(_ overrides: EnvironmentOverrides) -> StackPlan {
        var plan = self
        plan.resources = resources.map { resource in
            guard resource.type == ResourceType.lambdaFunction.name, let variables = overrides.variables(of: resource)
            else { return resource }
            var resource = resource
            var environment = resource.properties["Environment"]?.map ?? TemplateMap()
            environment["Variables"] = .map(variables, line: resource.line)
            resource.properties["Environment"] = .map(environment, line: resource.line)
            return resource
        }
        return plan
    }
}

extension PlainResource {
    fileprivate var variables: TemplateMap? { properties["Environment"]?.map?["Variables"]?.map }
}
