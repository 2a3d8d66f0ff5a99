extension V2 {
    /// A deployment: an immutable copy of an API's routes and integrations. Source: botocore `Deployment` shape.
    package struct Deployment: KeyedPart {
        package var autoDeployed: Bool?
        package var createdDate: String?
        package var deploymentId: String
        /// `PENDING`, `FAILED` or `DEPLOYED`.
        package var deploymentStatus: String?
        package var deploymentStatusMessage: String?
        package var description: String?

        package var key: String { deploymentId }

        package init(deploymentId: String) { self.deploymentId = deploymentId }
    }

    /// What a deployment froze; it serves until the stage gets another deployment.
    package struct DeploymentContent: Codable, Sendable, Equatable {
        package var routes: PartList<Route>
        package var integrations: PartList<Integration>
        package var authorizers: PartList<Authorizer>
        package var models: PartList<Model>
        package var corsConfiguration: Cors?
        package var disableExecuteApiEndpoint: Bool
        /// Of a WebSocket API; nil of others.
        package var webSocket: WebSocketSettings?

        package init(
            routes: PartList<Route>, integrations: PartList<Integration>, authorizers: PartList<Authorizer> = [],
            models: PartList<Model> = [], corsConfiguration: Cors?, disableExecuteApiEndpoint: Bool,
            webSocket: WebSocketSettings? = nil
        ) {
            self.routes = routes
            self.integrations = integrations
            self.authorizers = authorizers
            self.models = models
            self.corsConfiguration = corsConfiguration
            self.disableExecuteApiEndpoint = disableExecuteApiEndpoint
            self.webSocket = webSocket
        }

        /// What was stored when there were no authorizers, no models or no WebSocket APIs has none.
        package init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            routes = try container.decode(PartList<Route>.self, forKey: .routes)
            integrations = try container.decode(PartList<Integration>.self, forKey: .integrations)
            authorizers = try container.decodeIfPresent(PartList<Authorizer>.self, forKey: .authorizers) ?? []
            models = try container.decodeIfPresent(PartList<Model>.self, forKey: .models) ?? []
            corsConfiguration = try container.decodeIfPresent(Cors.self, forKey: .corsConfiguration)
            disableExecuteApiEndpoint = try container.decode(Bool.self, forKey: .disableExecuteApiEndpoint)
            webSocket = try container.decodeIfPresent(WebSocketSettings.self, forKey: .webSocket)
        }
    }

    /// What a WebSocket API says of itself, for all its routes.
    package struct WebSocketSettings: Codable, Sendable, Equatable {
        package var apiKeySelectionExpression: String
        package var routeSelectionExpression: String

        package init(apiKeySelectionExpression: String, routeSelectionExpression: String) {
            self.apiKeySelectionExpression = apiKeySelectionExpression
            self.routeSelectionExpression = routeSelectionExpression
        }
    }
}
