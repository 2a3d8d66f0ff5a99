/// The transform AWS::Serverless-2016-10-31: from the resources of SAM to those of CloudFormation proper.
///
/// Logical ids and properties are those of aws-sam-translator 1.115.0; tests compare them.
struct ServerlessTransform {
    /// The types that it takes in.
    static let types: Set<String> = [
        ServerlessFunction.type, ServerlessApi.type, ServerlessHttpApi.type, ServerlessSimpleTable.type,
        ServerlessLayerVersion.type, ServerlessWebSocketApi.type,
    ]

    private(set) var resources: [PlainResource] = []
    /// What `!Ref HttpApi.Stage` stands for: the logical id of a resource that the transform made.
    private(set) var referableProperties: [String: String] = [:]
    private(set) var storedOnly: [StoredOnlyProperty] = []

    init(_ template: LiveTemplate, problems: inout Problems) {
        let globals = ServerlessGlobals(template.globals, problems: &problems)
        var functions: [ServerlessFunction] = []
        var apis: [ServerlessHttpApi] = []
        var restApis: [ServerlessApi] = []
        storedOnly = globals.storedOnly
        for resource in template.resources {
            let path = "\(resource.path).Properties"
            switch resource.type {
            case ServerlessFunction.type:
                functions.append(ServerlessFunction(resource, globals: globals, problems: &problems))
                storedOnly += ServerlessFunction.rules.storedOnly(in: resource.properties, path: path)
            case ServerlessApi.type:
                restApis.append(ServerlessApi(resource, globals: globals, in: template, problems: &problems))
                storedOnly += ServerlessApi.rules.storedOnly(in: resource.properties, path: path)
            case ServerlessHttpApi.type:
                apis.append(ServerlessHttpApi(resource, globals: globals, in: template, problems: &problems))
                storedOnly += ServerlessHttpApi.rules.storedOnly(in: resource.properties, path: path)
            case ServerlessWebSocketApi.type:
                let api = ServerlessWebSocketApi(resource, globals: globals, problems: &problems)
                resources += api.plainResources
                referableProperties["\(api.logicalId).Stage"] = api.stageLogicalId
                storedOnly += ServerlessWebSocketApi.rules.storedOnly(in: resource.properties, path: path)
            case ServerlessSimpleTable.type:
                let table = ServerlessSimpleTable(resource, globals: globals, problems: &problems)
                resources.append(table.plainResource(problems: &problems))
                storedOnly += ServerlessSimpleTable.rules.storedOnly(in: resource.properties, path: path)
            case ServerlessLayerVersion.type:
                let layer = ServerlessLayerVersion(resource, problems: &problems)
                let plain = layer.plainResource(in: template, problems: &problems)
                resources.append(plain)
                referableProperties[resource.logicalId] = plain.logicalId
            default: addPlain(resource, in: template, problems: &problems)
            }
        }
        let implicit = functions.filter { $0.events.http.contains(where: \.isImplicit) }
        if !implicit.isEmpty, !apis.contains(where: { $0.logicalId == HttpApiEvent.implicitApi }) {
            apis.append(ServerlessHttpApi(implicitFor: implicit, globals: globals, in: template, problems: &problems))
        }
        let plain = Set(template.resources.filter { !Self.types.contains($0.type) }.map(\.logicalId))
        addImplicitApi(to: &restApis, functions, globals, in: template, problems: &problems)
        connect(functions, &apis, &restApis, in: template, problems: &problems)
        checkMade(plain: plain, problems: &problems)
        refuseRepeatedLogicalIds(problems: &problems)
    }

    /// What the transform hands on has the rules of the types that it becomes. Where the template has other problems they
    /// are told first: they would come twice.
    private func checkMade(plain: Set<String>, problems: inout Problems) {
        guard problems.list.isEmpty else { return }
        for resource in resources where !plain.contains(resource.logicalId) {
            // Names of events and authorizers are part of logical ids.
            if !LogicalId.isValid(resource.logicalId) {
                problems.add(
                    "Template format error: Resource name \(resource.logicalId) is non alphanumeric.",
                    line: resource.line, path: resource.path)
            }
            ResourceType.all[resource.type]?.rules.check(
                resource.properties, path: "\(resource.path).Properties", line: resource.line, problems: &problems)
        }
    }

    private mutating func addPlain(
        _ resource: TemplateResource, in template: LiveTemplate, problems: inout Problems
    ) {
        guard let type = ResourceType.all[resource.type] else {
            let message =
                resource.type.contains("::")
                ? "the resource type \(resource.type) is not supported yet"
                : "Template format error: Unrecognized resource types: [\(resource.type)]"
            problems.add(message, line: resource.typeLine, path: resource.path)
            return
        }
        let path = "\(resource.path).Properties"
        var properties = resource.properties
        if type.name == ResourceType.lambdaFunction.name {
            properties = properties.withoutImage
            // A path beside the template, as `aws cloudformation package` and SAM take it.
            if let code = properties["Code"], code.string != nil {
                properties["Code"] =
                    LocalCode.place(code, of: "Code", path: path, source: template.source, problems: &problems)
                    ?? .map(TemplateMap(), line: code.line)
            }
            UnbuiltCode.check(properties, of: resource, in: template, problems: &problems)
        } else if type.name == ResourceType.lambdaLayerVersion.name, let content = properties["Content"],
            content.string != nil
        {
            properties["Content"] =
                LocalCode.place(content, of: "Content", path: path, source: template.source, problems: &problems)
                ?? .map(TemplateMap(), line: content.line)
        }
        type.rules.check(properties, path: path, line: resource.line, problems: &problems)
        if let (property, message) = type.behaviour.contradiction(properties) {
            problems.add(message, line: properties.entry(property)?.line, path: path)
        }
        storedOnly += type.rules.storedOnly(in: properties, path: path)
        if type.isNameOnly { storedOnly.append(StoredOnlyProperty(path: resource.path, line: resource.line)) }
        var plain = PlainResource(
            resource.logicalId, resource.type, line: resource.line, path: resource.path,
            attributes: resource.attributes, dependsOn: resource.dependsOn, properties: properties)
        plain.metadata = resource.metadata
        resources.append(plain)
    }

    private mutating func connect(
        _ functions: [ServerlessFunction], _ apis: inout [ServerlessHttpApi], _ restApis: inout [ServerlessApi],
        in template: LiveTemplate, problems: inout Problems
    ) {
        let positions = Dictionary(
            apis.enumerated().map { ($0.element.logicalId, $0.offset) }, uniquingKeysWith: { first, _ in first })
        let methods = RestApiMethods(&restApis, of: functions)
        for function in functions {
            let expansion = function.expand(in: template, problems: &problems)
            resources += expansion.resources
            referableProperties.merge(expansion.referable) { first, _ in first }
            resources += Self.connect(function, as: expansion.target, to: &apis, positions, problems: &problems)
            resources += methods.connect(function, as: expansion.target, to: &restApis, in: template, &problems)
            CognitoEvent.connect(function, expansion.target, to: &resources, problems: &problems)
        }
        for api in apis {
            resources += api.plainResources(problems: &problems)
            referableProperties["\(api.logicalId).Stage"] = api.stageLogicalId
        }
        var plans = ServerlessUsagePlans()
        for api in restApis {
            let made = api.plainResources(&plans, problems: &problems)
            resources += made.resources
            referableProperties.merge(made.referable) { first, _ in first }
        }
        resources += plans.resources
    }

    /// Adds the function's routes to the APIs; the permissions they need come back.
    private static func connect(
        _ function: ServerlessFunction, as target: EventTarget, to apis: inout [ServerlessHttpApi],
        _ positions: [String: Int], problems: inout Problems
    ) -> [PlainResource] {
        for event in function.events.http {
            guard let position = positions[event.apiId] else {
                problems.add(HttpApiEvent.invalidApiId, line: event.line, path: event.place)
                continue
            }
            if !apis[position].add(event, target: target, problems: &problems) {
                problems.add(
                    "API method '\(event.method)' defined multiple times for path '\(event.path)'.", line: event.line,
                    path: event.place)
            }
        }
        return function.events.http.compactMap { event in
            guard let position = positions[event.apiId] else { return nil }
            let isCovered = apis[position].definition.defaultRouteCalls(target)
            return isCovered && event.path != HttpApiDefinition.defaultPath
                ? nil : event.permission(for: function, target: target)
        }
    }

    private func refuseRepeatedLogicalIds(problems: inout Problems) {
        var seen: Set<String> = []
        for resource in resources where !seen.insert(resource.logicalId).inserted {
            problems.add(
                "the transform makes a resource with the logical id \(resource.logicalId), which is taken",
                line: resource.line, path: resource.path)
        }
    }
}

/// What the events of a function call: the function, or the alias that it publishes.
struct EventTarget {
    let logicalId: String
    let isAlias: Bool
    /// How Fn::Sub writes its ARN: `Function.Arn`, or the name of an alias, whose Ref is its ARN.
    let arnVariable: String

    init(function logicalId: String) {
        self.logicalId = logicalId
        isAlias = false
        arnVariable = "\(logicalId).Arn"
    }

    init(alias logicalId: String) {
        self.logicalId = logicalId
        isAlias = true
        arnVariable = logicalId
    }
}
