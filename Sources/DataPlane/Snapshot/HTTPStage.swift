import GatewayModel

/// What a stage of an HTTP API has beyond what every stage has.
final class HTTPStage: Sendable {
    /// What it was made from.
    let content: V2.DeploymentContent
    let router: Router
    let routes: RouteTable
    /// What the stage's next version takes over.
    let routeSet: RouteSet
    let limits: RouteLimits
    let cors: CompiledCORS?

    init(_ content: V2.DeploymentContent, routes: RouteSet, limits: RouteLimits, cors: CompiledCORS?) {
        self.content = content
        router = routes.router
        self.routes = routes.table
        routeSet = routes
        self.limits = limits
        self.cors = cors
    }
}
