package import JSON

extension REST {
    /// How the gateway tells an error of its own. Source: botocore `GatewayResponse` shape.
    package struct GatewayResponse: KeyedPart {
        /// True when the API has not set it.
        package var defaultResponse: Bool
        /// Sources by `gatewayresponse.header.NAME`.
        package var responseParameters: OrderedMap<String>?
        /// By media type.
        package var responseTemplates: OrderedMap<String>?
        package var responseType: String
        package var statusCode: String?

        package var key: String { responseType }

        package init(responseType: String, statusCode: String? = nil) {
            defaultResponse = false
            self.responseType = responseType
            self.statusCode = statusCode
        }
    }
}
