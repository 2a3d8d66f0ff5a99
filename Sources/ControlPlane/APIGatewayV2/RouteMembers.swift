import GatewayModel

/// The members of CreateRoute and UpdateRoute: read, checked and put on a route. Only what is present changes anything.
enum RouteMembers {
    static func apply(
        _ members: RequestMembers, to route: inout V2.Route, isNew: Bool, _ api: HTTPAPI
    ) throws(ServiceError) {
        if !api.isWebSocket { try refuseUnsupported(members, routeId: isNew ? nil : route.routeId) }
        try applyAuthorization(members, to: &route, api.authorizers)
        if let key = try members.string("routeKey") { route.routeKey = key }
        if api.isWebSocket { try WebSocketRouteMembers.apply(members, to: &route, api) }
        if let name = try members.string("operationName", upTo: V2Quotas.operationNameLength) {
            route.operationName = name.isEmpty ? nil : name
        }
        if let target = try members.string("target") {
            let id = try RouteRules.integrationId(ofTarget: target, routeId: isNew ? nil : route.routeId)
            guard api.integrations[id] != nil else {
                throw V2Error.badRequest("Invalid Integration identifier specified \(id)")
            }
            route.target = target
        }
    }

    /// An authorization that is not enforced must never make an open route.
    private static func applyAuthorization(
        _ members: RequestMembers, to route: inout V2.Route, _ authorizers: PartList<V2.Authorizer>
    ) throws(ServiceError) {
        if let type = try members.string("authorizationType") { route.authorizationType = type }
        if let id = try members.string("authorizerId") { route.authorizerId = id.isEmpty ? nil : id }
        if let scopes = try members.strings("authorizationScopes", upTo: V2Quotas.scopes) {
            route.authorizationScopes = scopes.isEmpty ? nil : scopes
        }
        try checkAuthorization(&route, authorizers, setsScopes: members.has("authorizationScopes"))
    }

    /// Rules that hold for routes of calls and of documents alike.
    static func checkAuthorization(
        _ route: inout V2.Route, _ authorizers: PartList<V2.Authorizer>, setsScopes: Bool = true
    ) throws(ServiceError) {
        switch route.authorizationType ?? "NONE" {
        case "NONE", "AWS_IAM":
            // Whoever opens a route need not say that it has no authorizer any more. (AWS's handling is not known.)
            route.authorizerId = nil
            try dropScopes(of: &route, setsScopes)
        case "JWT":
            guard let id = route.authorizerId, authorizers[id]?.authorizerType == "JWT" else {
                throw V2Error.badRequest(
                    "Invalid authorizer ID specified. Setting the authorization type to JWT requires a valid JWT "
                        + "authorizer.")
            }
        case "CUSTOM":
            guard let id = route.authorizerId, authorizers[id]?.authorizerType == "REQUEST" else {
                throw V2Error.badRequest(
                    "Invalid authorizer ID specified. Setting the authorization type to CUSTOM requires a valid "
                        + "authorizer.")
            }
            try dropScopes(of: &route, setsScopes)
        case let type:
            throw V2Error.badRequest(
                "Invalid authorization type specified: \(type). Must be one of [NONE, AWS_IAM, CUSTOM, JWT]")
        }
    }

    private static func dropScopes(of route: inout V2.Route, _ setsScopes: Bool) throws(ServiceError) {
        guard route.authorizationScopes == nil || !setsScopes else { throw scopesRefusal }
        route.authorizationScopes = nil
    }

    private static var scopesRefusal: ServiceError {
        V2Error.badRequest(
            "Invalid Route authorization type specified. Authorization Scopes are only valid for COGNITO_USER_POOLS "
                + "and JWT authorization types")
    }

    private static func refuseUnsupported(_ members: RequestMembers, routeId: String?) throws(ServiceError) {
        if try members.bool("apiKeyRequired") == true {
            throw V2Error.badRequest(
                "ApiKeyRequired is not currently supported for HTTP APIs. "
                    + "Please set ApiKeyRequired to false for route \(routeId ?? "null")")
        }
        for name in webSocketOnly where members.has(name) {
            throw V2Error.onlyFor(webSocket: true, "The member \(name)")
        }
    }

    private static let webSocketOnly = [
        "modelSelectionExpression", "requestModels", "requestParameters", "routeResponseSelectionExpression",
    ]
}
