import GatewayModel
import JSON

/// The operations on Route.
extension V2Operations {
    static var routes: [Operation] {
        let kit = PartOperations<V2.Route>()
        return [
            kit.create("CreateRoute", createRoute), kit.get("GetRoute"), kit.list("GetRoutes"),
            kit.update("UpdateRoute", status: 201, updateRoute), kit.delete("DeleteRoute"),
            kit.delete("DeleteRouteRequestParameter", "/requestparameters/{requestParameterKey}") {
                route, call throws(ServiceError) in
                let key = call.path("requestParameterKey")
                guard route.requestParameters?[key] != nil else {
                    throw V2Error.notFound("Invalid parameter name specified \(key)")
                }
                route.requestParameters?[key] = nil
                if route.requestParameters?.isEmpty == true { route.requestParameters = nil }
            },
        ]
    }

    private static func createRoute(_ api: inout HTTPAPI, _ call: Call) throws(ServiceError) -> V2.Route {
        let members = try RequestMembers(call)
        guard let text = try members.string("routeKey"), !text.isEmpty else {
            throw V2Error.badRequest("Route key is required")
        }
        _ = try RouteRules.parse(text, isWebSocket: api.isWebSocket)
        var route = Routes.make(id: api.freshId(of: V2.Route.self, call), routeKey: text)
        try RouteMembers.apply(members, to: &route, isNew: true, api)
        return route
    }

    private static func updateRoute(_ route: inout V2.Route, _ api: HTTPAPI, _ call: Call) throws(ServiceError) {
        let oldKey = route.routeKey
        try RouteMembers.apply(try RequestMembers(call), to: &route, isNew: false, api)
        if route.apiGatewayManaged == true, route.routeKey != oldKey {
            throw V2Error.badRequest(
                "The route key of a route that API Gateway manages can be updated only through its API.")
        }
        _ = try RouteRules.parse(route.routeKey, isWebSocket: api.isWebSocket)
    }
}

extension V2.Route: APIPart {
    static let kind = "v2.route"
    static var list: any WritableKeyPath<HTTPAPI, PartList<V2.Route>> & Sendable { \.routes }
    static var quota: Int? { V2Quotas.routes }
    static let collection = "routes"
    static let parameter = "routeId"

    static func notFound(_ key: String) -> ServiceError {
        V2Error.notFound("Invalid Route identifier specified \(key)")
    }

    /// A key that conflicts with another route's is refused.
    func enter(_ api: inout HTTPAPI, replacing old: V2.Route?) throws(ServiceError) {
        guard routeKey != old?.routeKey else { return }
        let key = try RouteRules.parse(routeKey, isWebSocket: api.isWebSocket)
        old?.leave(&api)
        try api.routeKeys.insert(routeKey, key)
    }

    func leave(_ api: inout HTTPAPI) {
        api.routeKeys.remove(routeKey, api.isWebSocket ? nil : RouteKey(routeKey))
    }

    var answer: V2.Route {
        var answer = self
        answer.routeResponses = nil
        return answer
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
}
