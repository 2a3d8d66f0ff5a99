import GatewayModel

/// What a stage of an HTTP API has beyond what every stage has.
final class HTTPStage: Sendable {
    /// What it was made from.
    let definition: V2.StageDefinition
    let router: Router
    let routes: RouteTable
    /// What the stage's next version takes over.
    let routeSet: RouteSet
    let cors: CompiledCORS?

    init(_ definition: V2.StageDefinition, routes: RouteSet, cors: CompiledCORS?) {
        self.definition = definition
        router = routes.router
        self.routes = routes.table
        routeSet = routes
        self.cors = cors
    }
}
