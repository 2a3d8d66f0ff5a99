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

    func add(to api: inout HTTPAPI, now: String) throws(ServiceError) {
        var integration = V2.Integration(integrationId: api.freshId(of: V2.Integration.self))
        integration.apiGatewayManaged = true
        try Self.point(&integration, at: target)
        try api.put(integration)

        var route = Routes.make(id: api.freshId(of: V2.Route.self), routeKey: routeKey)
        route.apiGatewayManaged = true
        route.target = "integrations/\(integration.integrationId)"
        try api.put(route)

        var stage = Stages.make(name: "$default", now: now)
        stage.apiGatewayManaged = true
        stage.autoDeploy = true
        try api.put(stage)
    }

    /// UpdateApi changes the target and the route key of what quick create made; nil when it asks for neither.
    static func update(_ members: RequestMembers, _ api: inout HTTPAPI) throws(ServiceError) -> QuickCreate? {
        let target = try members.string("target")
        let routeKey = try members.string("routeKey")
        guard target != nil || routeKey != nil else { return nil }
        guard var integration = api.integrations.first(where: { $0.apiGatewayManaged == true }) else {
            throw V2Error.badRequest(
                "Target and route key can be updated only for an API that was created with a target.")
        }
        if let target {
            try point(&integration, at: target)
            try api.put(integration)
        }
        if let routeKey {
            guard var route = api.routes.first(where: { $0.apiGatewayManaged == true }) else {
                throw V2Error.badRequest("The route that was created with the API has been deleted.")
            }
            route.routeKey = routeKey
            try api.put(route)
        }
        return target.map { QuickCreate(target: $0, routeKey: routeKey ?? "") }
    }

    /// Lets API Gateway invoke the target, when it is a function that is here.
    func permitInvocation(_ control: ControlPlane, apiId: String) async throws(ServiceError) {
        guard let name = LambdaURI(target)?.functionName else { return }
        try await control.grantQuickCreatePermission(functionName: name, apiId: apiId)
    }

    /// The permission goes with the API; a function that does not let go of it is no reason to keep the API.
    static func withdrawPermission(_ control: ControlPlane, _ api: HTTPAPI) async {
        guard let integration = api.integrations.first(where: { $0.apiGatewayManaged == true }),
            let name = LambdaURI(integration.integrationUri ?? "")?.functionName
        else { return }
        try? await control.withdrawQuickCreatePermission(functionName: name, apiId: api.id)
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
