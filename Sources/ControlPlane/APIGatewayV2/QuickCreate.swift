import GatewayModel

/// Quick create: one target makes an integration, a route and a `$default` stage that deploys by itself. API Gateway
/// manages the three: the route keeps its key, the integration cannot be deleted, nor can the stage.
///
/// What they read back as is recorded from the service. That API Gateway gives itself the permission to invoke a
/// function is the console's doing on AWS; here every quick create does so.
struct QuickCreate {
    private let target: String
    private let routeKey: String

    /// Nil when the call does not ask for a quick create.
    init?(_ members: RequestMembers) throws(ServiceError) {
        guard let target = try members.string("target") else {
            if members.has("routeKey") {
                throw V2Error.badRequest("Target is required when a route key is specified.")
            }
            return nil
        }
        self.target = target
        routeKey = try members.string("routeKey") ?? "$default"
    }

    private init(target: String, routeKey: String) {
        self.target = target
        self.routeKey = routeKey
    }

    func add(to change: inout APIChange, now: String) throws(ServiceError) {
        var integration = V2.Integration(integrationId: change.next.freshIntegrationId())
        integration.apiGatewayManaged = true
        try Self.point(&integration, at: target)
        try change.put(integration)

        var route = Routes.make(id: change.next.freshRouteId(), routeKey: routeKey)
        route.apiGatewayManaged = true
        route.target = "integrations/\(integration.integrationId)"
        try change.put(route, try RouteRules.parse(routeKey))

        var stage = Stages.make(name: "$default", now: now)
        stage.apiGatewayManaged = true
        stage.autoDeploy = true
        try change.put(stage)
    }

    /// UpdateApi changes the target and the route key of what quick create made; nil when it asks for neither.
    static func update(_ members: RequestMembers, _ change: inout APIChange) throws(ServiceError) -> QuickCreate? {
        let target = try members.string("target")
        let routeKey = try members.string("routeKey")
        guard target != nil || routeKey != nil else { return nil }
        guard var integration = change.next.integrations.values.first(where: { $0.apiGatewayManaged == true }) else {
            throw V2Error.badRequest(
                "Target and route key can be updated only for an API that was created with a target.")
        }
        if let target {
            try point(&integration, at: target)
            try change.put(integration)
        }
        if let routeKey {
            guard var route = change.next.routes.values.first(where: { $0.apiGatewayManaged == true }) else {
                throw V2Error.badRequest("The route that was created with the API has been deleted.")
            }
            route.routeKey = routeKey
            try change.put(route, try RouteRules.parse(routeKey))
        }
        return target.map { QuickCreate(target: $0, routeKey: routeKey ?? "") }
    }

    /// Lets API Gateway invoke the target, when it is a function that is here.
    func permitInvocation(_ control: isolated ControlPlane, apiId: String) async throws(ServiceError) {
        guard let name = LambdaURI(target)?.functionName else { return }
        try await control.grantQuickCreatePermission(functionName: name, apiId: apiId)
    }

    private static func point(_ integration: inout V2.Integration, at target: String) throws(ServiceError) {
        let isFunction = target.hasPrefix("arn:")
        integration.integrationUri = target
        integration.integrationType = isFunction ? "AWS_PROXY" : "HTTP_PROXY"
        integration.integrationMethod = isFunction ? "POST" : "ANY"
        integration.payloadFormatVersion = isFunction ? "2.0" : "1.0"
        try IntegrationRules.check(&integration)
    }
}
