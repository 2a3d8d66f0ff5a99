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
        package var corsConfiguration: Cors?
        package var disableExecuteApiEndpoint: Bool

        package init(
            routes: PartList<Route>, integrations: PartList<Integration>, authorizers: PartList<Authorizer> = [],
            corsConfiguration: Cors?, disableExecuteApiEndpoint: Bool
        ) {
            self.routes = routes
            self.integrations = integrations
            self.authorizers = authorizers
            self.corsConfiguration = corsConfiguration
            self.disableExecuteApiEndpoint = disableExecuteApiEndpoint
        }

        /// What was stored when there were no authorizers has none.
        package init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            routes = try container.decode(PartList<Route>.self, forKey: .routes)
            integrations = try container.decode(PartList<Integration>.self, forKey: .integrations)
            authorizers = try container.decodeIfPresent(PartList<Authorizer>.self, forKey: .authorizers) ?? []
            corsConfiguration = try container.decodeIfPresent(Cors.self, forKey: .corsConfiguration)
            disableExecuteApiEndpoint = try container.decode(Bool.self, forKey: .disableExecuteApiEndpoint)
        }
    }
}
