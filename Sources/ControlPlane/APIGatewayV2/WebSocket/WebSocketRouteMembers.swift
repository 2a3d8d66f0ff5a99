import GatewayModel
import JSON

/// What CreateRoute and UpdateRoute take for WebSocket APIs alone, and what their routes must look like.
///
/// Source: Developer Guide, websocket-api-develop-routes. The service's words are unknown where no comment names them.
enum WebSocketRouteMembers {
    static let connect = "$connect"

    /// Words but `$connect`, `$disconnect` and `$default` begin with no dollar. (The message as reported.)
    static func checkKey(_ text: String) throws(ServiceError) {
        let isText = !text.isEmpty && !text.utf8.contains { $0 < 0x20 || $0 == 0x7F }
        guard isText, !text.hasPrefix("$") || [connect, "$disconnect", "$default"].contains(text) else {
            throw V2Error.badRequest("The provided route key is not formatted properly")
        }
    }

    static func apply(_ members: RequestMembers, to route: inout V2.Route, _ api: HTTPAPI) throws(ServiceError) {
        if let isRequired = try members.bool("apiKeyRequired") { route.apiKeyRequired = isRequired }
        try SelectionExpressionRules.apply(
            members, "modelSelectionExpression", to: &route.modelSelectionExpression, .request)
        if let models = try members.map("requestModels", upTo: V2Quotas.mappings) {
            try checkModels(models, api)
            route.requestModels = models.isEmpty ? nil : models
        }
        if let parameters = try ParameterConstraintsMembers.read(
            members, "requestParameters", of: "route.request", changing: route.requestParameters)
        {
            route.requestParameters = parameters.isEmpty ? nil : parameters
        }
        if let expression = try members.string("routeResponseSelectionExpression") {
            guard expression.isEmpty || expression == "$default" else {
                throw V2Error.badRequest("Invalid routeResponseSelectionExpression specified. Must be $default")
            }
            route.routeResponseSelectionExpression = expression.isEmpty ? nil : expression
        }
        try checkConnect(route)
    }

    /// What is looked at while a connection is made must stand where it is looked at: elsewhere nobody would be kept out.
    /// (In the words of SAM's translator.)
    private static func checkConnect(_ route: V2.Route) throws(ServiceError) {
        guard route.routeKey != connect else { return }
        let fault: String? =
            if route.authorizationType ?? "NONE" != "NONE" {
                "Authorization is"
            } else if route.apiKeyRequired == true {
                "API keys are"
            } else if route.requestParameters != nil {
                "Request parameters are"
            } else {
                nil
            }
        if let fault {
            throw V2Error.badRequest("\(fault) only supported for the $connect route in WebSocket APIs.")
        }
    }

    /// By their names.
    static func checkModels(_ models: OrderedMap<String>, _ api: HTTPAPI) throws(ServiceError) {
        for (key, name) in models {
            guard !key.isEmpty, api.models.contains(where: { $0.name == name }) else {
                throw V2Error.badRequest("Invalid model identifier specified: \(name)")
            }
        }
    }
}

/// Parameters of routes and their responses, with what is asked of them: `{"route.request.header.X": {"required": true}}`.
enum ParameterConstraintsMembers {
    /// What is named comes to what there is, and null takes it away; nil when nothing is said.
    ///
    /// - Parameter message: whose parameters: `route.request`.
    static func read(
        _ members: RequestMembers, _ name: String, of message: String,
        changing old: OrderedMap<V2.ParameterConstraints>?
    ) throws(ServiceError) -> OrderedMap<V2.ParameterConstraints>? {
        guard let changes = try members.object(name) else { return nil }
        var parameters = old ?? [:]
        for key in changes.names {
            guard !changes.isNull(key) else {
                parameters[key] = nil
                continue
            }
            guard let place = MappingPlace(key, of: message), !place.isMultivalue,
                place.kind == .header || place.kind == .querystring && message == "route.request"
            else { throw V2Error.invalidMapping("Invalid mapping expression specified: \(key)") }
            let isRequired = try changes.object(key)?.bool("required")
            parameters[key] = V2.ParameterConstraints(required: isRequired ?? false)
        }
        guard parameters.count <= V2Quotas.mappings else {
            throw V2Error.badRequest("\(name) must have at most \(V2Quotas.mappings) entries.")
        }
        return parameters
    }
}
