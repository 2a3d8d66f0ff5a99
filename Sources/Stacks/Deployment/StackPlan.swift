package import GatewayModel
import JSON

/// A template that can be deployed: read, transformed, checked, and its resources in order.
package struct StackPlan: Sendable {
    package let stackName: String
    package let account: AccountIdentity
    /// Properties of the template that are kept and change nothing.
    package let storedOnly: [StoredOnlyProperty]
    /// What of the template is taken and may not be meant.
    package let warnings: [TemplateProblem]
    package let capabilities: Capabilities
    package let description: String?
    /// With the macros expanded, in JSON; nil where the template has none.
    package let processed: String?
    let file: String
    let parameters: [String: TemplateValue]
    /// Those whose values must not be shown.
    let hiddenParameters: Set<String>
    /// Of parameters that are looked up, by their names, what stands for them in the parameter store.
    let storedNames: [String: String]
    /// The parameters that the template names in each property of each resource, also those that are worked out before
    /// anything is made.
    let parameterUses: [String: [String: Set<String>]]
    /// Which of the template's conditions hold.
    let conditions: [String: Bool]
    let mappings: Mappings
    /// What is in the template and not deployed.
    package let leftOut: LeftOutResources
    /// Those of the stack; nil: as they are.
    package var tags: [StackSettings.Tag]?
    /// Each after those it depends on.
    var resources: [PlainResource]
    let outputs: [TemplateOutput]

    /// Reports every problem of the template together, before anything is made.
    ///
    /// - Parameter allowMissing: types whose resources are left out where nobody serves them.
    ///
    /// Without a name the stack is called as the folder that the template lies in.
    package init(
        _ source: TemplateSource, stackName: String? = nil, parameters: [(name: String, value: String)] = [],
        stored: StoredParameters = .unasked, account: AccountIdentity, allowMissing: Set<String> = []
    ) throws(TemplateError) {
        var problems = Problems(file: source.file)
        var template = try Template(source, problems: &problems)
        self.stackName = stackName ?? StackName.from(folder: source.folder)
        self.account = account
        file = source.file
        if !StackName.isValid(self.stackName) {
            problems.add(
                "the stack name \(self.stackName) must begin with a letter and have only letters, digits and hyphens, "
                    + "at most \(StackName.maximumLength)", line: nil, path: "")
        }
        self.parameters = ParameterValues.bind(
            template.parameters, names: template.parameterNames, given: parameters, stored: stored,
            problems: &problems)
        hiddenParameters = Set(template.parameters.filter(\.isHidden).map(\.name))
        let given = Dictionary(parameters.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
        storedNames = Dictionary(
            template.parameters.filter(\.isStored).compactMap { definition in
                (given[definition.name] ?? definition.defaultValue).map { (definition.name, $0) }
            }, uniquingKeysWith: { $1 })
        let pseudoParameters = PseudoParameters(account: account, stackName: self.stackName, stackId: nil)
        template.include(
            IntrinsicResolver(parameters: self.parameters, pseudoParameters: pseudoParameters), problems: &problems)
        mappings = template.mappings
        template.unroll(
            IntrinsicResolver(
                parameters: self.parameters, pseudoParameters: pseudoParameters, mappings: mappings),
            problems: &problems)
        conditions =
            Conditions(
                template.conditions,
                resolver: IntrinsicResolver(
                    parameters: self.parameters, pseudoParameters: pseudoParameters, mappings: mappings),
                problems: &problems
            ).values
        let resolver = IntrinsicResolver(
            parameters: self.parameters, pseudoParameters: pseudoParameters, conditions: conditions, mappings: mappings)
        // What rules say of stored parameters is told where these are known, and of values that are none by these.
        if stored.isAsked || !template.parameters.contains(where: \.isStored),
            self.parameters.count == template.parameterNames.count
        {
            Rules.check(template.rules, definitions: template.parameters, resolver: resolver, problems: &problems)
        }
        parameterUses = Dictionary(
            template.resources.map { resource in
                (resource.logicalId, Self.parameterUses(resource.written, of: template.parameterNames))
            }, uniquingKeysWith: { first, _ in first })
        leftOut = LeftOutResources(template, types: allowMissing, account: account, problems: &problems)
        let live = LiveTemplate(template, resolver: resolver, without: leftOut, problems: &problems)
        let transform = ServerlessTransform(live, problems: &problems)
        storedOnly = template.storedOnly + transform.storedOnly
        ReferenceCheck.check(template, live, transform, problems: &problems)
        let referable = transform.referableProperties
        let plain = transform.resources.map { $0.replacing(referable) }
        outputs = live.outputs.map { $0.replacing(referable) }
        resources = Self.ordered(plain, problems: &problems)
        capabilities = Capabilities(
            plain.lazy.map { ($0.type, $0.properties) }, hasMacros: template.hasMacros)
        description = template.description
        processed = ProcessedTemplate(template, plain, resolver.masking(hiddenParameters)).text
        CallAdvice.add(of: plain, live.resolver, to: &problems)
        warnings = problems.warnings
        guard problems.list.isEmpty else { throw TemplateError(problems.list) }
    }

    private static func parameterUses(_ properties: TemplateMap, of names: Set<String>) -> [String: Set<String>] {
        guard !names.isEmpty else { return [:] }
        return Dictionary(
            properties.map { ($0.key, Set($0.value.references.map(\.name)).intersection(names)) },
            uniquingKeysWith: { $1 })
    }

    package var outputNames: [String] { outputs.map(\.name) }

    package var resourceTypes: Set<String> { Set(resources.map(\.type)) }

    /// Why the plan cannot follow what a stack has: what a logical id names stays of its type.
    package func refusal(over record: StackRecord?) -> String? {
        guard let record else { return nil }
        let names = resources.filter { resource in
            record.resource(resource.logicalId).map { $0.type != resource.type } ?? false
        }.map(\.logicalId).sorted()
        guard !names.isEmpty else { return nil }
        return "Update of resource type is not permitted. The new template modifies resource type of the following "
            + "resources: [\(names.joined(separator: ", "))]"
    }

    private static func ordered(_ resources: [PlainResource], problems: inout Problems) -> [PlainResource] {
        guard resources.count <= TemplateLimits.resources else {
            problems.add(
                "Template format error: Number of resources, \(resources.count), is greater than maximum allowed, "
                    + "\(TemplateLimits.resources)", line: nil, path: "Resources")
            return []
        }
        do throws(DependencyOrder.Cycle) { return try resources.inDependencyOrder() } catch {
            let names = error.logicalIds.joined(separator: ", ")
            problems.add("Circular dependency between resources: [\(names)]", line: error.line, path: "Resources")
            return []
        }
    }
}

extension PlainResource {
    fileprivate func replacing(_ referable: [String: String]) -> PlainResource {
        var replaced = self
        replaced.properties = properties.replacing(referable)
        return replaced
    }

    /// What the properties name, in Ref, Fn::GetAtt and Fn::Sub.
    var references: [String] { found.map(\.name) }

    private var found: [References.Reference] {
        TemplateValue.map(properties, line: line).references
            + (metadata.map { TemplateValue.map($0, line: line).references } ?? [])
    }

    /// What the resource names, DependsOn included.
    var dependencies: [DependencyOrder.Edge] {
        found.map { DependencyOrder.Edge(target: $0.name, line: $0.line) }
            + dependsOn.compactMap { value in
                value.string.map { DependencyOrder.Edge(target: $0, line: value.line) }
            }
    }
}

/// Models, which routes and methods call by their names. CloudFormation makes a model earlier than they, as it waits for less.
extension PlainResource {
    fileprivate var modelName: String? {
        ["AWS::ApiGatewayV2::Model", "AWS::ApiGateway::Model"].contains(type) ? properties["Name"]?.text : nil
    }

    fileprivate func edges(to models: [String: String]) -> [DependencyOrder.Edge] {
        guard !models.isEmpty, modelName == nil, let named = properties["RequestModels"]?.map else { return [] }
        return named.compactMap { entry in
            entry.value.text.flatMap { models[$0] }.map { DependencyOrder.Edge(target: $0, line: entry.line) }
        }
    }
}

extension [PlainResource] {
    /// Each behind those that it names, otherwise as they are.
    ///
    /// - Parameter counts: whether a resource waits for the one of that logical id, which it names.
    func inDependencyOrder(
        where counts: (_ resource: PlainResource, _ target: String) -> Bool = { _, _ in true }
    ) throws(DependencyOrder.Cycle) -> [PlainResource] {
        let byName = Dictionary(map { ($0.logicalId, $0) }, uniquingKeysWith: { first, _ in first })
        let models = Dictionary(
            compactMap { resource in resource.modelName.map { ($0, resource.logicalId) } },
            uniquingKeysWith: { first, _ in first })
        let edges = byName.mapValues { resource in
            let named = resource.dependencies + resource.edges(to: models)
            return named.filter { byName[$0.target] != nil && counts(resource, $0.target) }
        }
        return try DependencyOrder.sort(map(\.logicalId), edges: edges).compactMap { byName[$0] }
    }
}
