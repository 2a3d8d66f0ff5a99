import GatewayModel

/// One HTTP API as it is now: its parts, and what its deployments froze.
///
/// A value: a change is made on a copy, which shares all that it does not touch.
struct HTTPAPI: Sendable {
    var api: V2.Api
    private(set) var routes = PartList<V2.Route>()
    var integrations = PartList<V2.Integration>()
    var stages = PartList<V2.Stage>()
    var deployments = PartList<V2.Deployment>()
    /// By deployment. An automatic deployment has none while its stage serves the API as it is now.
    var contents: [String: V2.DeploymentContent] = [:]
    private(set) var routeKeys = RouteKeyIndex()

    init(_ api: V2.Api) { self.api = api }

    var id: String { api.apiId }

    /// Adds the route or changes it; a key that conflicts with another route's is refused.
    mutating func put(_ route: V2.Route, _ key: RouteKey) throws(ServiceError) {
        if let old = routes[route.routeId], old.routeKey != route.routeKey { forgetKey(of: old) }
        if routes[route.routeId]?.routeKey != route.routeKey { try routeKeys.insert(route.routeKey, key) }
        routes.put(route)
    }

    mutating func removeRoute(_ routeId: String) {
        guard let route = routes[routeId] else { return }
        forgetKey(of: route)
        routes.remove(routeId)
    }

    /// Routes and integrations start anew, as a reimport has it.
    mutating func removeAllRoutesAndIntegrations() {
        routes = PartList()
        integrations = PartList()
        routeKeys = RouteKeyIndex()
    }

    private mutating func forgetKey(of route: V2.Route) {
        if let key = RouteKey(route.routeKey) { routeKeys.remove(route.routeKey, key) }
    }
}

extension HTTPAPI {
    /// What a deployment made now would freeze.
    var content: V2.DeploymentContent {
        V2.DeploymentContent(
            routes: routes, integrations: integrations, corsConfiguration: api.corsConfiguration,
            disableExecuteApiEndpoint: api.disableExecuteApiEndpoint ?? false)
    }

    /// What the stage serves; nil before its first deployment.
    func content(of stage: V2.Stage) -> V2.DeploymentContent? {
        guard let deploymentId = stage.deploymentId else { return nil }
        return stage.autoDeploy == true ? content : contents[deploymentId]
    }

    func servedStages(account: AccountIdentity) -> [V2.StageDefinition] {
        stages.values.compactMap { stage in
            content(of: stage).map {
                V2.StageDefinition(account: account, apiId: id, stage: stage, content: $0)
            }
        }
    }
}
