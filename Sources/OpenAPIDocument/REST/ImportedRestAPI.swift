package import GatewayModel
package import JSON

/// What a document says of a REST API, unchecked, with names where ids will be.
package struct ImportedRestAPI: Sendable, Equatable {
    /// Of the API itself: only what the document says is set.
    package struct Settings: Sendable, Equatable {
        /// nil: it keeps the one it has.
        package var name: String?
        package var description: String?
        package var version: String?
        package var apiKeySource: String?
        package var binaryMediaTypes: [String]?
        package var minimumCompressionSize: Int?
        package var disableExecuteApiEndpoint: Bool?
        package var vpcEndpointIds: [String]?
        package var policy: String?
        package var securityPolicy: String?
        package var endpointAccessMode: String?
        package var tags: OrderedMap<String>?
    }

    package var settings: Settings
    package var models: [REST.Model] = []
    package var requestValidators: [REST.RequestValidator] = []
    package var authorizers: [REST.Authorizer] = []
    package var gatewayResponses: [REST.GatewayResponse] = []
    package var documentationParts: [REST.DocumentationPart] = []
    package var documentationVersion: String?
    /// In the document's order.
    package var methods: [ImportedMethod] = []
    /// Paths without methods are resources too.
    package var paths: [String] = []
    package var warnings: [String] = []
}

/// A method of a document: its authorizer and its validator go by their names.
package struct ImportedMethod: Sendable, Equatable {
    package let path: String
    package var method: REST.Method
    package var authorizer: String?
    package var requestValidator: String?
}
