import GatewayModel

/// The members of CreateRoute and UpdateRoute: read, checked and put on a route. Only what is present changes anything.
enum RouteMembers {
    static func apply(
        _ members: RequestMembers, to route: inout V2.Route, isNew: Bool, integrations: PartList<V2.Integration>
    ) throws(ServiceError) {
        try refuseUnsupported(members, routeId: isNew ? nil : route.routeId)
        if let key = try members.string("routeKey") { route.routeKey = key }
        if let name = try members.string("operationName", upTo: V2Quotas.operationNameLength) {
            route.operationName = name.isEmpty ? nil : name
        }
        if let target = try members.string("target") {
            let id = try RouteRules.integrationId(ofTarget: target, routeId: isNew ? nil : route.routeId)
            guard integrations[id] != nil else {
                throw V2Error.badRequest("Invalid Integration identifier specified \(id)")
            }
            route.target = target
        }
    }

    /// An authorization that is not enforced must never make an open route.
    private static func refuseUnsupported(_ members: RequestMembers, routeId: String?) throws(ServiceError) {
        switch try members.string("authorizationType") {
        case nil, "NONE": break
        case "JWT", "CUSTOM":
            guard members.has("authorizerId") else {
                throw V2Error.badRequest(
                    "Invalid authorizer ID specified. Setting the authorization type to JWT requires a valid JWT "
                        + "authorizer.")
            }
            throw authorizationRefusal
        case "AWS_IAM": throw authorizationRefusal
        case let type?:
            throw V2Error.badRequest(
                "Invalid authorization type specified: \(type). Must be one of [NONE, AWS_IAM, CUSTOM, JWT]")
        }
        if try members.string("authorizerId")?.isEmpty == false { throw authorizationRefusal }
        if try members.strings("authorizationScopes", upTo: 10)?.isEmpty == false {
            throw V2Error.badRequest(
                "Invalid Route authorization type specified. Authorization Scopes are only valid for "
                    + "COGNITO_USER_POOLS and JWT authorization types")
        }
        if try members.bool("apiKeyRequired") == true {
            throw V2Error.badRequest(
                "ApiKeyRequired is not currently supported for HTTP APIs. "
                    + "Please set ApiKeyRequired to false for route \(routeId ?? "null")")
        }
        for name in webSocketOnly where members.has(name) {
            throw ServiceError.unsupported(
                "The member \(name) is for WebSocket APIs, which Gatehouse does not serve yet.")
        }
    }

    private static let webSocketOnly = [
        "modelSelectionExpression", "requestModels", "requestParameters", "routeResponseSelectionExpression",
    ]

    private static var authorizationRefusal: ServiceError {
        .unsupported("Gatehouse does not serve authorizers yet: the authorization type of a route must be NONE.")
    }
}
