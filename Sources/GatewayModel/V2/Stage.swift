package import JSON

extension V2 {
    /// A stage. Source: botocore `Stage` shape.
    package struct Stage: KeyedPart {
        package var accessLogSettings: AccessLogSettings?
        package var apiGatewayManaged: Bool?
        package var autoDeploy: Bool?
        package var clientCertificateId: String?
        package var createdDate: String?
        package var defaultRouteSettings: RouteSettings?
        package var deploymentId: String?
        package var description: String?
        package var lastDeploymentStatusMessage: String?
        package var lastUpdatedDate: String?
        package var routeSettings: OrderedMap<RouteSettings>?
        /// A name, or `$default`.
        package var stageName: String
        package var stageVariables: OrderedMap<String>?
        package var tags: OrderedMap<String>?

        package var key: String { stageName }

        package init(stageName: String) { self.stageName = stageName }
    }

    package struct AccessLogSettings: Codable, Sendable, Equatable {
        package var destinationArn: String?
        package var format: String?

        package init() {}
    }

    package struct RouteSettings: Codable, Sendable, Equatable {
        package var dataTraceEnabled: Bool?
        package var detailedMetricsEnabled: Bool?
        package var loggingLevel: String?
        package var throttlingBurstLimit: Int?
        package var throttlingRateLimit: Double?

        package init(detailedMetricsEnabled: Bool? = nil) { self.detailedMetricsEnabled = detailedMetricsEnabled }
    }
}
