import GatewayModel
import JSON

/// One stage of one API, described shortly.
struct TestAPI {
    static let id = "a1b2c3d4e5"
    static let host = "\(id).execute-api.localhost:4566"
    static let logGroup = "arn:aws:logs:us-east-1:000000000000:log-group:test"

    var apiId = Self.id
    var stage = "$default"
    /// In the order in which they are created.
    var routes: [(key: String, integration: V2.Integration?)] = []
    var cors: V2.Cors?
    var variables: OrderedMap<String> = [:]
    var logFormat: String?
    var isEndpointDisabled = false
    var routeSettings: (all: V2.RouteSettings?, routes: OrderedMap<V2.RouteSettings>) = (nil, [:])
    /// Of all routes.
    /// Of all routes.
    var authorizer: V2.Authorizer?
    var scopes: [String]?
    var authorizationType: String?

    var key: StageKey { StageKey(apiId: apiId, stageName: stage) }

    var definition: StageDefinition { definition(content) }

    func definition(_ content: V2.DeploymentContent) -> StageDefinition {
        var stage = V2.Stage(stageName: stage)
        if !variables.isEmpty { stage.stageVariables = variables }
        (stage.defaultRouteSettings, stage.routeSettings) = routeSettings
        if let logFormat {
            var settings = V2.AccessLogSettings()
            settings.destinationArn = Self.logGroup
            settings.format = logFormat
            stage.accessLogSettings = settings
        }
        return StageDefinition(account: AccountIdentity(), apiId: apiId, stage: stage, content: content)
    }

    var content: V2.DeploymentContent {
        var content = V2.DeploymentContent(
            routes: [], integrations: [], corsConfiguration: cors, disableExecuteApiEndpoint: isEndpointDisabled)
        for (number, (key, integration)) in routes.enumerated() {
            var route = V2.Route(routeId: "r\(number)", routeKey: key)
            route.authorizationType = authorizationType
            route.authorizerId = authorizer?.authorizerId
            route.authorizationScopes = scopes
            if var integration {
                integration.integrationId = "i\(number)"
                route.target = "integrations/i\(number)"
                content.integrations.put(integration)
            }
            content.routes.put(route)
        }
        if let authorizer { content.authorizers.put(authorizer) }
        return content
    }
}

extension V2.Integration {
    /// A Lambda proxy integration of the function `f`.
    static func function(_ version: String = "2.0", name: String = "f", timeout: Int? = nil) -> V2.Integration {
        var integration = V2.Integration(integrationId: "")
        integration.integrationType = "AWS_PROXY"
        integration.integrationUri = AccountIdentity().functionARN(name)
        integration.payloadFormatVersion = version
        integration.timeoutInMillis = timeout
        return integration
    }

    static func http(
        _ uri: String, method: String = "ANY", timeout: Int? = nil, request: OrderedMap<String>? = nil,
        response: OrderedMap<OrderedMap<String>>? = nil
    ) -> V2.Integration {
        var integration = V2.Integration(integrationId: "")
        integration.integrationType = "HTTP_PROXY"
        integration.integrationUri = uri
        integration.integrationMethod = method
        integration.timeoutInMillis = timeout
        integration.requestParameters = request
        integration.responseParameters = response
        return integration
    }
}

extension V2.Cors {
    init(
        origins: [String], methods: [String]? = nil, headers: [String]? = nil, expose: [String]? = nil,
        maxAge: Int? = nil, credentials: Bool? = nil
    ) {
        self.init()
        allowOrigins = origins
        allowMethods = methods
        allowHeaders = headers
        exposeHeaders = expose
        self.maxAge = maxAge
        allowCredentials = credentials
    }
}
