/// The transform AWS::Serverless-2016-10-31: from the resources of SAM to those of CloudFormation proper.
///
/// Logical ids and properties are those of aws-sam-translator 1.110.0; tests compare them.
struct ServerlessTransform {
    private(set) var resources: [PlainResource] = []
    /// What `!Ref HttpApi.Stage` stands for: the logical id of a resource that the transform made.
    private(set) var referableProperties: [String: String] = [:]
    private(set) var storedOnly: [StoredOnlyProperty] = []

    init(_ template: Template, problems: inout Problems) {
        let globals = ServerlessGlobals(template.globals, problems: &problems)
        var functions: [ServerlessFunction] = []
        var apis: [ServerlessHttpApi] = []
        storedOnly = globals.storedOnly
        for resource in template.resources {
            switch resource.type {
            case ServerlessFunction.type:
                functions.append(ServerlessFunction(resource, globals: globals, problems: &problems))
                storedOnly += ServerlessFunction.rules.storedOnly(
                    in: resource.properties, path: "\(resource.path).Properties")
            case ServerlessHttpApi.type:
                apis.append(ServerlessHttpApi(resource, globals: globals, problems: &problems))
            default:
                problems.add(
                    "the resource type \(resource.type) is not supported yet", line: resource.typeLine,
                    path: resource.path)
            }
        }
        if let first = functions.lazy.flatMap(\.events).first(where: \.isImplicit),
            !apis.contains(where: { $0.logicalId == HttpApiEvent.implicitApi })
        {
            apis.append(ServerlessHttpApi(implicitAt: first.line, globals: globals))
        }
        let positions = Dictionary(
            uniqueKeysWithValues: apis.enumerated().map { ($0.element.logicalId, $0.offset) })
        for function in functions {
            resources += function.plainResources(folder: template.source.folder, problems: &problems)
            resources += Self.connect(function, to: &apis, positions, problems: &problems)
        }
        for api in apis {
            resources += api.plainResources(problems: &problems)
            referableProperties["\(api.logicalId).Stage"] = api.stageLogicalId
        }
        refuseRepeatedLogicalIds(problems: &problems)
    }

    /// Adds the function's routes to the APIs; the permissions they need come back.
    private static func connect(
        _ function: ServerlessFunction, to apis: inout [ServerlessHttpApi], _ positions: [String: Int],
        problems: inout Problems
    ) -> [PlainResource] {
        for event in function.events {
            guard let position = positions[event.apiId] else {
                problems.add(HttpApiEvent.invalidApiId, line: event.line, path: event.place)
                continue
            }
            if !apis[position].definition.add(event, function: function.logicalId) {
                problems.add(
                    "API method '\(event.method)' defined multiple times for path '\(event.path)'.", line: event.line,
                    path: event.place)
            }
        }
        return function.events.compactMap { event in
            guard let position = positions[event.apiId] else { return nil }
            let isCovered = apis[position].definition.defaultRouteCalls(function.logicalId)
            return isCovered && event.path != HttpApiDefinition.defaultPath ? nil : event.permission(for: function)
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
