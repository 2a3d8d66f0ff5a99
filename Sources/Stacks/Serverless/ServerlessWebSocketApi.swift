/// AWS::Serverless::WebSocketApi: the API, a route with its integration and permission for each of its keys, and its one
/// stage.
struct ServerlessWebSocketApi {
    static let type = "AWS::Serverless::WebSocketApi"

    /// Maps are checked in the translator's words, here and as what becomes of them.
    static let rules = PropertyRules(
        type: type,
        supported: [
            "ApiKeySelectionExpression": .text, "Description": .text, "DisableExecuteApiEndpoint": .boolean,
            "DisableSchemaValidation": .boolean, "FailOnWarnings": .boolean, "IpAddressType": .text, "Name": .text,
            "PropagateTags": .boolean, "RouteSelectionExpression": .text, "StageName": .text,
        ].merging(maps.map { ($0, PropertyRules.Kind.any) }) { $1 },
        known: ["Domain"], storedOnly: ["FailOnWarnings"])

    private static let maps = [
        "AccessLogSettings", "Auth", "DefaultRouteSettings", "RouteSettings", "Routes", "StageVariables", "Tags",
    ]
    private static let createdBy = "websocketapi:createdBy"
    private static let defaultStage = "default"

    let logicalId: String
    private let resource: TemplateResource
    private let line: Int
    private let path: String
    /// The template's own over the globals.
    private let properties: TemplateMap
    private let stageName: WebSocketStageName
    private let auth: ServerlessWebSocketAuth
    private let routes: [ServerlessWebSocketRoute]

    init(_ resource: TemplateResource, globals: ServerlessGlobals, problems: inout Problems) {
        self.resource = resource
        logicalId = resource.logicalId
        line = resource.line
        path = "\(resource.path).Properties"
        let properties = ServerlessGlobals.merge(resource, over: globals.webSocketApi)
        self.properties = properties
        stageName = WebSocketStageName(
            value: properties["StageName"] ?? .string(Self.defaultStage, line: line),
            isWorkedOut: resource.written["StageName"].map(Intrinsic.isCall) ?? false)
        Self.rules.check(resource.properties, path: path, problems: &problems)
        let given = properties["Routes"].flatMap { Intrinsic.isCall($0) ? nil : $0.map } ?? TemplateMap()
        auth = ServerlessWebSocketAuth(
            properties["Auth"], of: resource, connects: given[ServerlessWebSocketRoute.connect] != nil,
            problems: &problems)
        var routes: [ServerlessWebSocketRoute] = []
        for entry in given {
            ServerlessWebSocketRoute(entry, of: resource, stage: stageName, problems: &problems)
                .map { routes.append($0) }
        }
        self.routes = routes
        check(problems: &problems)
        warnOfAttributes(problems: &problems)
    }

    /// They count here.
    private func warnOfAttributes(problems: inout Problems) {
        let attributes = resource.attributes
        for (name, isSaid) in [
            ("Condition", attributes.condition != nil), ("DeletionPolicy", attributes.deletionPolicy != nil),
            ("UpdateReplacePolicy", attributes.updateReplacePolicy != nil),
        ] where isSaid {
            problems.warn(
                "\(name) counts here and not on AWS: SAM's translator does not hand it on to what it makes of "
                    + "\(Self.type)", line: line, path: resource.path)
        }
    }

    private func check(problems: inout Problems) {
        for name in ["RouteSelectionExpression", "Routes"] where properties[name] == nil {
            problems.add("Missing required property '\(name)'.", line: line, path: path)
        }
        for name in Self.maps {
            guard let value = properties[name], value.map == nil else { continue }
            problems.add("Property '\(name)' should be a map.", line: value.line, path: path)
        }
        if let routes = properties["Routes"], let map = routes.map {
            if Intrinsic.isCall(routes) {
                problems.add("Routes must be a map, not a function", line: routes.line, path: path)
            } else if map.isEmpty {
                problems.add("WebSocket API must have at least one route.", line: routes.line, path: path)
            }
        }
        if let value = properties["IpAddressType"], let type = value.text, !["ipv4", "dualstack"].contains(type) {
            problems.add("IpAddressType must be 'ipv4' or 'dualstack'.", line: value.line, path: path)
        }
        if let name = properties["StageName"], name.text == "$default" {
            problems.add("Stages cannot be named $default for WebSocket APIs.", line: name.line, path: path)
        }
    }

    var stageLogicalId: String {
        guard let name = stageName.written else { return "\(logicalId)Stage" }
        return name == Self.defaultStage ? "\(logicalId)DefaultStage" : "\(logicalId)\(name)Stage"
    }

    var plainResources: [PlainResource] {
        [api] + routes.flatMap { $0.plainResources(authorizedBy: auth) } + [stage] + auth.plainResources
    }

    private var api: PlainResource {
        var api = TemplateMap()
        for name in [
            "ApiKeySelectionExpression", "Description", "DisableExecuteApiEndpoint", "DisableSchemaValidation",
            "IpAddressType", "RouteSelectionExpression",
        ] { api[name] = properties[name] }
        api["Name"] = properties["Name"] ?? .string(logicalId, line: line)
        api["ProtocolType"] = .string("WEBSOCKET", line: line)
        api["Tags"] = .map(tags, line: line)
        return PlainResource(
            logicalId, "AWS::ApiGatewayV2::Api", line: line, path: resource.path, attributes: resource.attributes,
            dependsOn: resource.dependsOn, properties: api)
    }

    /// The stage deploys by itself. Its settings of routes are for routes that are there.
    private var stage: PlainResource {
        var stage = TemplateMap()
        stage["ApiId"] = .ref(logicalId, line: line)
        stage["StageName"] = stageName.value
        stage["AutoDeploy"] = .bool(true, line: line)
        for name in ["AccessLogSettings", "DefaultRouteSettings", "RouteSettings", "StageVariables"] {
            stage[name] = properties[name]
        }
        let isTagged = properties["PropagateTags"]?.boolean == true && properties["Tags"]?.map?.isEmpty == false
        stage["Tags"] = .map(isTagged ? tags : Self.ownTag(line), line: line)
        let waits = properties["RouteSettings"]?.isTruthy == true
        return PlainResource(
            stageLogicalId, "AWS::ApiGatewayV2::Stage", line: line, path: resource.path,
            attributes: resource.attributes,
            dependsOn: waits ? routes.map { .string($0.routeId, line: line) } : [], properties: stage)
    }

    private var tags: TemplateMap {
        var tags = properties["Tags"]?.map ?? TemplateMap()
        for tag in Self.ownTag(line) { tags[tag.key] = tag.value }
        return tags
    }

    private static func ownTag(_ line: Int) -> TemplateMap {
        TemplateMap([TemplateMap.Entry(key: createdBy, line: line, value: .string("SAM", line: line))])
    }
}

/// The name of a stage. What SAM derives from it depends on whether the template writes it out.
struct WebSocketStageName {
    let value: TemplateValue
    /// Whether a function of the template gives it.
    let isWorkedOut: Bool

    var written: String? { isWorkedOut ? nil : value.text }
}
