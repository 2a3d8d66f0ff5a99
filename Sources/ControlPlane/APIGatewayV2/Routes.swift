import GatewayModel

/// The operations on Route.
extension V2Operations {
    static let routes = [
        Operation("CreateRoute", .apigateway, .post, "/v2/apis/{apiId}/routes", success: 201, createRoute),
        Operation("GetRoute", .apigateway, .get, "/v2/apis/{apiId}/routes/{routeId}", getRoute),
        Operation("GetRoutes", .apigateway, .get, "/v2/apis/{apiId}/routes", getRoutes),
        Operation("UpdateRoute", .apigateway, .patch, "/v2/apis/{apiId}/routes/{routeId}", updateRoute),
        Operation("DeleteRoute", .apigateway, .delete, "/v2/apis/{apiId}/routes/{routeId}", success: 204, deleteRoute),
    ]

    private static func createRoute(
        _ control: isolated ControlPlane, _ call: Call
    ) async throws(ServiceError) -> Reply {
        let api = try control.httpAPI(call)
        let members = try RequestMembers(call)
        guard let text = try members.string("routeKey"), !text.isEmpty else {
            throw V2Error.badRequest("Route key is required")
        }
        let key = try RouteRules.parse(text)
        var route = Routes.make(id: api.freshRouteId(call), routeKey: text)
        try RouteMembers.apply(members, to: &route, isNew: true, integrations: api.integrations)
        var change = APIChange(of: api)
        try change.put(route, key)
        try await control.commit(change).publish()
        return try .json(route)
    }

    private static func getRoute(_ control: isolated ControlPlane, _ call: Call) throws(ServiceError) -> Reply {
        try .json(try Routes.find(call, in: try control.httpAPI(call)))
    }

    private static func getRoutes(_ control: isolated ControlPlane, _ call: Call) throws(ServiceError) -> Reply {
        try Lists.page(try control.httpAPI(call).routes.values, call, key: \.routeId)
    }

    private static func updateRoute(
        _ control: isolated ControlPlane, _ call: Call
    ) async throws(ServiceError) -> Reply {
        let api = try control.httpAPI(call)
        let old = try Routes.find(call, in: api)
        var route = old
        try RouteMembers.apply(try RequestMembers(call), to: &route, isNew: false, integrations: api.integrations)
        if route.apiGatewayManaged == true, route.routeKey != old.routeKey {
            throw V2Error.badRequest(
                "The route key of a route that API Gateway manages can be updated only through its API.")
        }
        var change = APIChange(of: api)
        try change.put(route, try RouteRules.parse(route.routeKey))
        try await control.commit(change).publish()
        // 201 on the wire, whatever the model says.
        var reply = try Reply.json(route)
        reply.status = 201
        return reply
    }

    private static func deleteRoute(
        _ control: isolated ControlPlane, _ call: Call
    ) async throws(ServiceError) -> Reply {
        let api = try control.httpAPI(call)
        let route = try Routes.find(call, in: api)
        var change = APIChange(of: api)
        change.removeRoute(route.routeId)
        try await control.commit(change).publish()
        return .empty
    }
}

enum Routes {
    /// A fresh route as it reads back before anything is set.
    static func make(id: String, routeKey: String) -> V2.Route {
        var route = V2.Route(routeId: id, routeKey: routeKey)
        route.apiKeyRequired = false
        route.authorizationType = "NONE"
        return route
    }

    static func find(_ call: Call, in api: HTTPAPI) throws(ServiceError) -> V2.Route {
        let id = call.path("routeId")
        guard let route = api.routes[id] else { throw V2Error.notFound("Invalid Route identifier specified \(id)") }
        return route
    }
}
