import GatewayModel

/// What a stage of an HTTP API has beyond what every stage has.
final class HTTPStage: Sendable {
    /// What it was made from.
    let content: V2.DeploymentContent
    let router: Router
    let routes: RouteTable
    /// What the stage's next version takes over.
    let routeSet: RouteSet
    let cors: CompiledCORS?

    init(_ content: V2.DeploymentContent, routes: RouteSet, cors: CompiledCORS?) {
        self.content = content
        router = routes.router
        self.routes = routes.table
        routeSet = routes
        self.cors = cors
    }
}

/// One route with the integration it calls.
final class CompiledRoute: Sendable {
    let source: V2.Route
    let integrationSource: V2.Integration?
    let key: RouteKey
    /// The route key as text.
    let keyText: [UInt8]
    /// The path template of the route key; `$default` for the default route.
    let resourcePath: [UInt8]
    /// Names of the path variables in order, without `+`.
    let variables: [[UInt8]]
    let integration: CompiledIntegration
    /// nil where anybody may call.
    let authorizer: (any Authorizer)?

    init(
        source: V2.Route, integrationSource: V2.Integration?, key: RouteKey, variables: [[UInt8]],
        integration: CompiledIntegration, authorizer: (any Authorizer)? = nil
    ) {
        self.source = source
        self.integrationSource = integrationSource
        self.key = key
        keyText = Array(source.routeKey.utf8)
        resourcePath = Array((key == .default ? "$default" : key.path).utf8)
        self.variables = variables
        self.integration = integration
        self.authorizer = authorizer
    }
}

enum CompiledIntegration: Sendable {
    case function(FunctionIntegration)
    case http(HTTPIntegration)
    /// The route has no target: it answers 500 (AWS's answer is unconfirmed).
    case missing
}
