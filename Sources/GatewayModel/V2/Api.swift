package import JSON

extension V2 {
    /// An API. Source: botocore `Api` shape.
    package struct Api: Codable, Sendable, Equatable {
        package var apiEndpoint: String?
        /// True only for parts made by quick create.
        package var apiGatewayManaged: Bool?
        package var apiId: String
        package var apiKeySelectionExpression: String?
        package var corsConfiguration: Cors?
        package var createdDate: String?
        package var description: String?
        package var disableExecuteApiEndpoint: Bool?
        /// Of a WebSocket API; stored only: models are checked when they are made.
        package var disableSchemaValidation: Bool?
        package var importInfo: [String]?
        /// `ipv4` or `dualstack`; stored only.
        package var ipAddressType: String?
        package var name: String
        /// `HTTP` or `WEBSOCKET`.
        package var protocolType: String
        package var routeSelectionExpression: String?
        package var tags: OrderedMap<String>?
        package var version: String?
        package var warnings: [String]?
    }

    /// CORS of an HTTP API. Source: botocore `Cors` shape.
    package struct Cors: Codable, Sendable, Equatable {
        package var allowCredentials: Bool?
        package var allowHeaders: [String]?
        package var allowMethods: [String]?
        package var allowOrigins: [String]?
        package var exposeHeaders: [String]?
        /// Seconds, -1 to 86400; -1 means the header says -1 (no caching).
        package var maxAge: Int?

        package init() {}
    }
}

extension V2.Api {
    package init(apiId: String, name: String, protocolType: String) {
        self.apiId = apiId
        self.name = name
        self.protocolType = protocolType
    }

    package var isWebSocket: Bool { protocolType == "WEBSOCKET" }
}
