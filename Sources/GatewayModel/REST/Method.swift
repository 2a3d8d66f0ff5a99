package import JSON

extension REST {
    /// A method of a resource, with its integration. Source: botocore `Method` shape.
    package struct Method: Codable, Sendable, Equatable {
        package var apiKeyRequired: Bool
        package var authorizationScopes: [String]?
        /// `NONE`, `AWS_IAM`, `CUSTOM`, `COGNITO_USER_POOLS` or `JWT`.
        package var authorizationType: String
        package var authorizerId: String?
        package var httpMethod: String
        package var methodIntegration: Integration?
        /// By status code.
        package var methodResponses: OrderedMap<MethodResponse>?
        package var operationName: String?
        /// Names of models by media type.
        package var requestModels: OrderedMap<String>?
        /// Whether a parameter is required, by `method.request.{header,querystring,path}.NAME`.
        package var requestParameters: OrderedMap<Bool>?
        package var requestValidatorId: String?

        package init(httpMethod: String, authorizationType: String = "NONE") {
            apiKeyRequired = false
            self.authorizationType = authorizationType
            self.httpMethod = httpMethod
        }
    }

    /// What a method may answer. Source: botocore `MethodResponse` shape.
    package struct MethodResponse: Codable, Sendable, Equatable {
        package var responseModels: OrderedMap<String>?
        /// By `method.response.header.NAME`; the value says nothing at run time.
        package var responseParameters: OrderedMap<Bool>?
        package var statusCode: String

        package init(statusCode: String) { self.statusCode = statusCode }
    }
}
