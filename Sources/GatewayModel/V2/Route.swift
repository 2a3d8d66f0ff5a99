extension V2 {
    /// A route. Source: botocore `Route` shape, less what only WebSocket APIs have.
    package struct Route: KeyedPart {
        package var apiGatewayManaged: Bool?
        package var apiKeyRequired: Bool?
        package var authorizationScopes: [String]?
        /// `NONE`, `JWT`, `CUSTOM` or `AWS_IAM`.
        package var authorizationType: String?
        package var authorizerId: String?
        /// Stored only: a name for generated clients.
        package var operationName: String?
        package var routeId: String
        package var routeKey: String
        /// `integrations/{integrationId}`
        package var target: String?

        package init(routeId: String, routeKey: String) {
            self.routeId = routeId
            self.routeKey = routeKey
        }

        package var key: String { routeId }

        /// The integration that `target` names.
        package var integrationId: Substring? {
            guard let target, target.hasPrefix("integrations/") else { return nil }
            return target.dropFirst("integrations/".count)
        }
    }
}
