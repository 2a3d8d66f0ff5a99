/// A route of an AWS::Serverless::WebSocketApi: it calls a function, which permits that.
struct ServerlessWebSocketRoute {
    static let connect = "$connect"
    private static let special: Set<String> = [connect, "$disconnect", "$default"]

    static let rules = PropertyRules(
        type: "\(ServerlessWebSocketApi.type).Route",
        supported: [
            "ApiKeyRequired": .boolean, "FunctionArn": .text, "IntegrationTimeout": .integer,
            "ModelSelectionExpression": .text, "OperationName": .text, "RequestModels": .map,
            "RequestParameters": .map, "RouteResponseSelectionExpression": .text,
        ])

    private let key: String
    private let properties: TemplateMap
    private let api: TemplateResource
    private let stage: WebSocketStageName
    private let line: Int
    private let path: String

    /// Nil when it has no function, or no key that could be part of a logical id.
    init?(
        _ entry: TemplateMap.Entry, of api: TemplateResource, stage: WebSocketStageName, problems: inout Problems
    ) {
        key = entry.key
        self.api = api
        self.stage = stage
        line = entry.line
        path = "\(api.path).Properties.Routes.\(entry.key)"
        properties = Intrinsic.isCall(entry.value) ? TemplateMap() : entry.value.map ?? TemplateMap()
        Self.rules.check(properties, path: path, problems: &problems)
        let isWord = !key.isEmpty && key.utf8.allSatisfy(LogicalId.isAlphanumeric)
        if !isWord, !Self.special.contains(key) {
            problems.add(
                "Route key '\(key)' must be alphanumeric. Only $connect, $disconnect, and $default special routes are "
                    + "supported.", line: line, path: path)
            return nil
        }
        if let parameters = properties["RequestParameters"], parameters.isTruthy, key != Self.connect {
            problems.add(
                "Request parameters are only supported for the $connect route in WebSocket APIs.",
                line: parameters.line, path: path)
        }
        guard properties["FunctionArn"] != nil else {
            problems.add("Route must have associated function.", line: line, path: path)
            return nil
        }
    }

    var routeId: String { "\(base)Route" }

    private var integrationId: String { "\(base)Integration" }

    /// The key as Python capitalizes it: of `sendMessage` it makes `Sendmessage`.
    private var base: String {
        let word = key.drop { $0 == "$" }
        return api.logicalId + word.prefix(1).uppercased() + word.dropFirst().lowercased()
    }

    func plainResources(authorizedBy auth: ServerlessWebSocketAuth) -> [PlainResource] {
        [
            plain(routeId, "AWS::ApiGatewayV2::Route", route(auth)),
            plain(integrationId, "AWS::ApiGatewayV2::Integration", integration),
            plain("\(base)Permission", "AWS::Lambda::Permission", permission),
        ]
    }

    private func route(_ auth: ServerlessWebSocketAuth) -> TemplateMap {
        var route = TemplateMap()
        route["ApiId"] = .ref(api.logicalId, line: line)
        for name in [
            "ApiKeyRequired", "ModelSelectionExpression", "OperationName", "RequestModels",
            "RouteResponseSelectionExpression",
        ] { route[name] = properties[name] }
        route["RequestParameters"] = properties["RequestParameters"].flatMap { $0.isTruthy ? $0 : nil }
        route["RouteKey"] = text(key)
        let target = [text("integrations"), .ref(integrationId, line: line)]
        route["Target"] = call("Fn::Join", [text("/"), .list(target, line: line)])
        if key == Self.connect { auth.secure(&route) }
        return route
    }

    private var integration: TemplateMap {
        var integration = TemplateMap()
        integration["ApiId"] = .ref(api.logicalId, line: line)
        integration["IntegrationType"] = text("AWS_PROXY")
        integration["IntegrationUri"] = properties["FunctionArn"].map {
            ServerlessAuthorizer.uri(
                of: $0, as: "FunctionArn", partition: ServerlessWebSocketAuth.partition, line: line)
        }
        integration["TimeoutInMillis"] = properties["IntegrationTimeout"]
        return integration
    }

    private var permission: TemplateMap {
        let api = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${\(api.logicalId).ApiId}"
        var permission = TemplateMap()
        permission["Action"] = text("lambda:InvokeFunction")
        permission["FunctionName"] = properties["FunctionArn"]
        permission["Principal"] = text("apigateway.amazonaws.com")
        if let name = stage.written {
            permission["SourceArn"] = .map(["Fn::Sub": text("\(api)/\(name)/\(key)")], line: line)
        } else {
            let variables = TemplateValue.map(["__StageName__": stage.value], line: line)
            permission["SourceArn"] = call("Fn::Sub", [text("\(api)/${__StageName__}/\(key)"), variables])
        }
        return permission
    }

    private func text(_ text: String) -> TemplateValue { .string(text, line: line) }

    private func call(_ function: String, _ arguments: [TemplateValue]) -> TemplateValue {
        .map(TemplateMap([.init(key: function, line: line, value: .list(arguments, line: line))]), line: line)
    }

    private func plain(_ logicalId: String, _ type: String, _ properties: TemplateMap) -> PlainResource {
        PlainResource(
            logicalId, type, line: line, path: path, attributes: api.attributes, properties: properties)
    }
}
