package import JSON

extension REST {
    /// Source: botocore `Deployment` shape.
    package struct Deployment: KeyedPart {
        /// By path and verb; only where a call asks for it.
        package var apiSummary: OrderedMap<OrderedMap<MethodSnapshot>>?
        package var createdDate: Int
        package var description: String?
        package var id: String

        package var key: String { id }

        package init(id: String, createdDate: Int) {
            self.createdDate = createdDate
            self.id = id
        }
    }

    package struct MethodSnapshot: Codable, Sendable, Equatable {
        package var apiKeyRequired: Bool
        package var authorizationType: String

        package init(_ method: Method) {
            apiKeyRequired = method.apiKeyRequired
            authorizationType = method.authorizationType
        }
    }

    /// What a deployment froze: all that its stages are served by until they get another deployment.
    package struct DeploymentContent: Codable, Sendable, Equatable {
        package var apiKeySource: String
        package var authorizers: PartList<Authorizer>
        package var binaryMediaTypes: [String]
        package var disableExecuteApiEndpoint: Bool
        /// Those that the API has set.
        package var gatewayResponses: PartList<GatewayResponse>
        /// The API has a resource policy.
        package var hasPolicy: Bool
        package var minimumCompressionSize: Int?
        /// The API's name, which metrics have.
        package var name: String
        /// The resource policy as JSON text.
        package var policy: String?
        package var models: PartList<Model>
        package var requestValidators: PartList<RequestValidator>
        /// With their methods.
        package var resources: PartList<Resource>

        package init(
            _ api: RestApi, resources: PartList<Resource>, models: PartList<Model>,
            requestValidators: PartList<RequestValidator>, authorizers: PartList<Authorizer>,
            gatewayResponses: PartList<GatewayResponse>
        ) {
            apiKeySource = api.apiKeySource
            self.authorizers = authorizers
            binaryMediaTypes = api.binaryMediaTypes ?? []
            disableExecuteApiEndpoint = api.disableExecuteApiEndpoint
            self.gatewayResponses = gatewayResponses
            hasPolicy = api.policy != nil
            minimumCompressionSize = api.minimumCompressionSize
            name = api.name
            policy = api.policy
            self.models = models
            self.requestValidators = requestValidators
            self.resources = resources
        }
    }
}
