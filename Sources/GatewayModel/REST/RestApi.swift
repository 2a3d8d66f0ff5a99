package import JSON

extension REST {
    /// A REST API. Source: botocore `RestApi` shape.
    package struct RestApi: Codable, Sendable, Equatable {
        /// `HEADER` or `AUTHORIZER`.
        package var apiKeySource: String
        package var apiStatus: String?
        package var apiStatusMessage: String?
        package var binaryMediaTypes: [String]?
        package var createdDate: Int
        package var description: String?
        package var disableExecuteApiEndpoint: Bool
        /// Stored only.
        package var endpointAccessMode: String?
        package var endpointConfiguration: EndpointConfiguration
        package var id: String
        /// 0 to 10485760; nil: nothing is compressed.
        package var minimumCompressionSize: Int?
        package var name: String
        /// The resource policy as JSON text.
        package var policy: String?
        package var rootResourceId: String
        /// Stored only.
        package var securityPolicy: String?
        package var tags: OrderedMap<String>?
        package var version: String?
        /// Of an import alone.
        package var warnings: [String]?

        package init(id: String, name: String, rootResourceId: String, createdDate: Int) {
            apiKeySource = "HEADER"
            self.createdDate = createdDate
            disableExecuteApiEndpoint = false
            endpointConfiguration = EndpointConfiguration()
            self.id = id
            self.name = name
            self.rootResourceId = rootResourceId
        }
    }

    package struct EndpointConfiguration: Codable, Sendable, Equatable {
        /// `ipv4` or `dualstack`; stored only.
        package var ipAddressType: String?
        /// One of `EDGE`, `REGIONAL`, `PRIVATE`.
        package var types: [String]
        package var vpcEndpointIds: [String]?

        package init(types: [String] = ["EDGE"], ipAddressType: String? = "ipv4") {
            self.ipAddressType = ipAddressType
            self.types = types
        }
    }
}
