package import JSON

extension REST {
    /// Where a method leads. Source: botocore `Integration` shape.
    package struct Integration: Codable, Sendable, Equatable {
        /// Names of parameters, as the method or the integration declares them.
        package var cacheKeyParameters: [String]
        /// The resource's id unless something else was asked for.
        package var cacheNamespace: String?
        package var connectionId: String?
        /// `INTERNET` or `VPC_LINK`; only for HTTP types.
        package var connectionType: String?
        /// `CONVERT_TO_BINARY` or `CONVERT_TO_TEXT`.
        package var contentHandling: String?
        /// A role's ARN.
        package var credentials: String?
        /// The verb towards the backend.
        package var httpMethod: String?
        /// By status code.
        package var integrationResponses: OrderedMap<IntegrationResponse>?
        /// A listener's ARN behind a VPC link.
        package var integrationTarget: String?
        /// `WHEN_NO_MATCH`, `WHEN_NO_TEMPLATES` or `NEVER`.
        package var passthroughBehavior: String
        /// Sources by `integration.request.{header,querystring,path}.NAME`.
        package var requestParameters: OrderedMap<String>?
        /// Templates by media type, or `$default`. Nil as a template: the body passes through.
        package var requestTemplates: OrderedMap<String?>?
        /// `BUFFERED` or `STREAM`.
        package var responseTransferMode: String?
        package var timeoutInMillis: Int
        package var tlsConfig: TlsConfig?
        /// `HTTP`, `AWS`, `MOCK`, `HTTP_PROXY` or `AWS_PROXY`.
        package var type: String
        package var uri: String?

        package init(type: String) {
            cacheKeyParameters = []
            passthroughBehavior = "WHEN_NO_MATCH"
            timeoutInMillis = 29_000
            self.type = type
        }
    }

    package struct TlsConfig: Codable, Sendable, Equatable {
        package var insecureSkipVerification: Bool

        package init(insecureSkipVerification: Bool) { self.insecureSkipVerification = insecureSkipVerification }
    }

    /// Which answer of the integration becomes which answer of the method. Source: botocore `IntegrationResponse` shape.
    package struct IntegrationResponse: Codable, Sendable, Equatable {
        package var contentHandling: String?
        /// Sources by `method.response.header.NAME`.
        package var responseParameters: OrderedMap<String>?
        /// By media type. Nil as a template: the body passes through.
        package var responseTemplates: OrderedMap<String?>?
        /// A Java pattern, matched against the whole text; none or an empty one: the default response.
        package var selectionPattern: String?
        package var statusCode: String

        package init(statusCode: String) { self.statusCode = statusCode }
    }
}
