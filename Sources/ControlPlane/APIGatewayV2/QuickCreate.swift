import GatewayModel

/// Quick create: one target makes an integration, a route and a `$default` stage that deploys by itself. API Gateway
/// manages the three: the route keeps its key, the integration cannot be deleted, nor can the stage.
///
/// What they read back as is recorded from the service. That API Gateway gives itself the permission to invoke a
/// function is the console's doing on AWS; here every quick create does so.
struct QuickCreate {
    private let target: String
    private let routeKey: String
    private let credentials: String?

    /// Nil when the call does not ask for a quick create.
    init?(_ members: RequestMembers) throws(ServiceError) {
        guard let target = try members.string("target") else {
            if members.has("routeKey") {
                throw V2Error.badRequest("Target is required when a route key is specified.")
            }
            if try Self.credentials(members) != nil {
                throw V2Error.badRequest("Target is required when credentials are specified.")
            }
            return nil
        }
        self.target = target
        routeKey = try members.string("routeKey") ?? "$default"
        credentials = try Self.credentials(members)
    }

    /// Empty ones are none.
    private static func credentials(_ members: RequestMembers) throws(ServiceError) -> String? {
        try members.string("credentialsArn").flatMap { $0.isEmpty ? nil : $0 }
    }

    /// - Returns: the target.
    func add(to api: inout HTTPAPI, _ call: Call) throws(ServiceError) -> V2.Integration {
        var integration = V2.Integration(integrationId: api.freshId(of: V2.Integration.self))
        integration.apiGatewayManaged = true
        integration.credentialsArn = credentials
        Self.point(&integration, at: target)
        try Self.check(&integration, call.limits)
        try api.put(integration)

        var route = Routes.make(id: api.freshId(of: V2.Route.self), routeKey: routeKey)
        route.apiGatewayManaged = true
        route.target = "integrations/\(integration.integrationId)"
        try api.put(route)

        var stage = Stages.make(name: "$default", now: call.timestamp)
        stage.apiGatewayManaged = true
        stage.autoDeploy = true
        try api.put(stage)
        return integration
    }

    /// UpdateApi changes the target, the credentials and the route key of what quick create made.
    ///
    /// - Returns: the target that the API may have to be let call; nil when it is what it was.
    static func update(
        _ members: RequestMembers, _ api: inout HTTPAPI, _ limits: CallLimits
    ) throws(ServiceError) -> V2.Integration? {
        let target = try members.string("target")
        let routeKey = try members.string("routeKey")
        let made = api.integrations.first { $0.apiGatewayManaged == true }
        let credentials = try credentials(members)
        let hasCredentials = members.has("credentialsArn") && (made != nil || credentials != nil)
        guard target != nil || routeKey != nil || hasCredentials else { return nil }
        guard var integration = made else {
            throw V2Error.badRequest(
                "Target and route key can be updated only for an API that was created with a target.")
        }
        if target != nil || hasCredentials {
            if hasCredentials { integration.credentialsArn = credentials }
            if let target { point(&integration, at: target) }
            try check(&integration, limits)
            try api.put(integration)
        }
        if let routeKey {
            guard var route = api.routes.first(where: { $0.apiGatewayManaged == true }) else {
                throw V2Error.badRequest("The route that was created with the API has been deleted.")
            }
            route.routeKey = routeKey
            try api.put(route)
        }
        return target != nil || hasCredentials ? integration : nil
    }

    /// Lets API Gateway invoke the target, when it is a function that is here and called with no other's credentials.
    static func permitInvocation(
        of target: V2.Integration, _ control: ControlPlane, apiId: String
    ) async throws(ServiceError) {
        guard CallCredentials(target.credentialsArn) == .own,
            let name = LambdaURI(target.integrationUri ?? "")?.functionName
        else { return }
        try await control.grantQuickCreatePermission(functionName: name, apiId: apiId)
    }

    /// The permission goes with the API; a function that does not let go of it is no reason to keep the API.
    static func withdrawPermission(_ control: ControlPlane, _ api: HTTPAPI) async {
        guard let integration = api.integrations.first(where: { $0.apiGatewayManaged == true }),
            let name = LambdaURI(integration.integrationUri ?? "")?.functionName
        else { return }
        try? await control.withdrawQuickCreatePermission(functionName: name, apiId: api.id)
    }

    private static func point(_ integration: inout V2.Integration, at target: String) {
        let isFunction = target.hasPrefix("arn:")
        integration.integrationUri = target
        integration.integrationType = isFunction ? "AWS_PROXY" : "HTTP_PROXY"
        integration.integrationMethod = isFunction ? "POST" : "ANY"
        integration.payloadFormatVersion = isFunction ? "2.0" : "1.0"
    }

    private static func check(_ integration: inout V2.Integration, _ limits: CallLimits) throws(ServiceError) {
        try IntegrationRules.refuseUnsupported(integration)
        try IntegrationRules.check(&integration, limits)
    }
}
