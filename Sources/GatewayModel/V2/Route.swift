package import JSON

extension V2 {
    /// A route. Source: botocore `Route` shape.
    package struct Route: KeyedPart {
        package var apiGatewayManaged: Bool?
        package var apiKeyRequired: Bool?
        package var authorizationScopes: [String]?
        /// `NONE`, `JWT`, `CUSTOM` or `AWS_IAM`; `JWT` of HTTP APIs only.
        package var authorizationType: String?
        package var authorizerId: String?
        /// Of a WebSocket API: yields a key of `requestModels`.
        package var modelSelectionExpression: String?
        /// Stored only: a name for generated clients.
        package var operationName: String?
        /// Of a WebSocket API: names of models.
        package var requestModels: OrderedMap<String>?
        /// Of `$connect` of a WebSocket API: `route.request.{header|querystring}.NAME`.
        package var requestParameters: OrderedMap<ParameterConstraints>?
        package var routeId: String
        package var routeKey: String
        /// Of a WebSocket API: `$default`, which with a route response makes the route two-way.
        package var routeResponseSelectionExpression: String?
        /// `integrations/{integrationId}`
        package var target: String?

        /// Of a WebSocket API, stored with the route; an answer with the route has none.
        package var routeResponses: [RouteResponse]?

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

    package struct ParameterConstraints: Codable, Sendable, Equatable {
        package var required: Bool?

        package init(required: Bool?) { self.required = required }
    }

    /// What is sent back on a two-way route. Source: botocore `RouteResponse` shape.
    package struct RouteResponse: KeyedPart {
        package var modelSelectionExpression: String?
        package var responseModels: OrderedMap<String>?
        package var responseParameters: OrderedMap<ParameterConstraints>?
        package var routeResponseId: String
        /// `$default`
        package var routeResponseKey: String

        package init(routeResponseId: String, routeResponseKey: String) {
            self.routeResponseId = routeResponseId
            self.routeResponseKey = routeResponseKey
        }

        package var key: String { routeResponseId }
    }
}
