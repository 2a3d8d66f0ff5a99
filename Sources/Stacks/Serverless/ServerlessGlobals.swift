/// The Globals section: properties that every resource of a type has unless it says otherwise.
struct ServerlessGlobals {
    private(set) var function = TemplateMap()
    private(set) var httpApi = TemplateMap()

    /// Source: `Globals.supported_properties` of aws-sam-translator 1.110.0.
    private static let functionRules = PropertyRules(
        type: "Globals.Function",
        supported: ServerlessFunction.rules.supported.filter {
            !["Events", "FunctionName", "InlineCode", "Policies", "Role"].contains($0.key)
        },
        known: ServerlessFunction.rules.known.subtracting([
            "AutoPublishCodeSha256", "ImageConfig", "ImageUri", "PackageType", "VersionDescription",
        ]),
        members: ServerlessFunction.rules.members, storedOnly: ServerlessFunction.rules.storedOnly)
    private static let httpApiRules = PropertyRules(
        type: "Globals.HttpApi",
        supported: ServerlessHttpApi.rules.supported.filter {
            ["AccessLogSettings", "CorsConfiguration", "StageVariables", "Tags"].contains($0.key)
        },
        known: ["Auth", "DefaultRouteSettings", "Domain", "FailOnWarnings", "PropagateTags", "RouteSettings"],
        members: ServerlessHttpApi.rules.members)

    /// Sections that SAM has and that are not supported yet.
    private static let knownSections: Set<String> = [
        "Api", "CapacityProvider", "LayerVersion", "SimpleTable", "StateMachine", "WebSocketApi",
    ]

    private(set) var storedOnly: [StoredOnlyProperty] = []

    init(_ section: TemplateMap, problems: inout Problems) {
        for entry in section {
            let path = "Globals.\(entry.key)"
            guard entry.key == "Function" || entry.key == "HttpApi" else {
                let message =
                    Self.knownSections.contains(entry.key)
                    ? "the globals of AWS::Serverless::\(entry.key) are not supported yet"
                    : "'Globals' section is invalid. '\(entry.key)' is not supported."
                problems.add(message, line: entry.line, path: path)
                continue
            }
            guard let properties = entry.value.map else {
                problems.add(
                    "'Globals' section is invalid. Value of \(entry.key) must be a dictionary", line: entry.line,
                    path: path)
                continue
            }
            let rules = entry.key == "Function" ? Self.functionRules : Self.httpApiRules
            rules.check(properties, path: path, problems: &problems)
            storedOnly += rules.storedOnly(in: properties, path: path)
            if entry.key == "Function" { function = properties } else { httpApi = properties }
        }
    }

    /// The properties of a resource over those of the section: scalars and function calls replace each other, maps are
    /// merged, lists are joined with the global one first.
    static func merge(_ local: TemplateMap, over global: TemplateMap) -> TemplateMap {
        var merged = global
        for entry in local {
            if let inherited = merged[entry.key] {
                merged[entry.key] = merge(entry.value, over: inherited)
            } else {
                merged[entry.key] = entry.value
            }
        }
        return merged
    }

    private static func merge(_ local: TemplateValue, over global: TemplateValue) -> TemplateValue {
        if Intrinsic.isCall(local) || Intrinsic.isCall(global) { return local }
        if let localMap = local.map, let globalMap = global.map {
            return .map(merge(localMap, over: globalMap), line: local.line)
        }
        if let localList = local.list, let globalList = global.list {
            return .list(globalList + localList, line: local.line)
        }
        return local
    }
}
