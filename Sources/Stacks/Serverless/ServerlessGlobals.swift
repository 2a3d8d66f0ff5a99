/// The Globals section: properties that every resource of a type has unless it says otherwise.
struct ServerlessGlobals {
    private(set) var function = TemplateMap()
    private(set) var api = TemplateMap()
    private(set) var httpApi = TemplateMap()
    private(set) var simpleTable = TemplateMap()
    private(set) var webSocketApi = TemplateMap()

    /// Source: `Globals.supported_properties` of aws-sam-translator 1.115.0.
    private static let functionRules = PropertyRules(
        type: "Globals.Function",
        supported: ServerlessFunction.rules.supported.filter {
            ![
                "AutoPublishCodeSha256", "Events", "FunctionName", "InlineCode", "PackageType", "Policies", "Role",
                "VersionDescription",
            ].contains($0.key)
        },
        known: ServerlessFunction.rules.known.subtracting(["ImageConfig", "ImageUri"]),
        storedOnly: ServerlessFunction.rules.storedOnly)
    private static let apiRules = PropertyRules(
        type: "Globals.Api",
        supported: ServerlessApi.rules.supported.filter {
            ![
                "ApiKeySourceType", "DefinitionBody", "Description", "DisableExecuteApiEndpoint", "FailOnWarnings",
                "Mode", "Models", "Policy", "StageName", "Tags",
            ].contains($0.key)
        },
        known: ["Domain"], storedOnly: ServerlessApi.rules.storedOnly)
    private static let httpApiRules = PropertyRules(
        type: "Globals.HttpApi",
        supported: ServerlessHttpApi.rules.supported.filter {
            [
                "AccessLogSettings", "Auth", "CorsConfiguration", "DefaultRouteSettings", "FailOnWarnings",
                "PropagateTags", "RouteSettings", "StageVariables", "Tags",
            ].contains($0.key)
        },
        known: ["Domain"], storedOnly: ServerlessHttpApi.rules.storedOnly)
    private static let simpleTableRules = PropertyRules(
        type: "Globals.SimpleTable", supported: ["SSESpecification": .map], storedOnly: ["SSESpecification"])
    private static let webSocketApiRules = PropertyRules(
        type: "Globals.WebSocketApi",
        supported: ServerlessWebSocketApi.rules.supported.filter {
            !["Auth", "Description", "Name", "Routes", "StageName"].contains($0.key)
        },
        known: ["Domain"], storedOnly: ServerlessWebSocketApi.rules.storedOnly)

    /// Sections that SAM has and that are not supported yet.
    private static let knownSections: Set<String> = ["CapacityProvider", "LayerVersion", "StateMachine"]

    private(set) var storedOnly: [StoredOnlyProperty] = []

    init(_ section: TemplateMap, problems: inout Problems) {
        for entry in section {
            let path = "Globals.\(entry.key)"
            let rules: PropertyRules
            switch entry.key {
            case "Function": rules = Self.functionRules
            case "Api": rules = Self.apiRules
            case "HttpApi": rules = Self.httpApiRules
            case "SimpleTable": rules = Self.simpleTableRules
            case "WebSocketApi": rules = Self.webSocketApiRules
            case let name:
                let message =
                    Self.knownSections.contains(name)
                    ? "the globals of AWS::Serverless::\(name) are not supported yet"
                    : "'Globals' section is invalid. '\(name)' is not supported."
                problems.add(message, line: entry.line, path: path)
                continue
            }
            guard let properties = entry.value.map else {
                problems.add(
                    "'Globals' section is invalid. Value of \(entry.key) must be a dictionary", line: entry.line,
                    path: path)
                continue
            }
            rules.check(properties, path: path, problems: &problems)
            storedOnly += rules.storedOnly(in: properties, path: path)
            switch entry.key {
            case "Function": function = properties
            case "Api": api = properties
            case "HttpApi": httpApi = properties
            case "WebSocketApi": webSocketApi = properties
            default: simpleTable = properties
            }
        }
    }

    /// The properties of a resource over those of the section; what the resource sets to null it does not have.
    static func merge(_ resource: TemplateResource, over global: TemplateMap) -> TemplateMap {
        merge(resource.properties, over: TemplateMap(global.entries.filter { !resource.unset.contains($0.key) }))
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
