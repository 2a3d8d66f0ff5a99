package import JSON

extension V2 {
    /// An integration. Source: botocore `Integration` shape.
    package struct Integration: KeyedPart {
        package var apiGatewayManaged: Bool?
        package var connectionId: String?
        /// `INTERNET` or `VPC_LINK`.
        package var connectionType: String?
        /// Of a WebSocket API: `CONVERT_TO_BINARY` or `CONVERT_TO_TEXT`.
        package var contentHandlingStrategy: String?
        package var credentialsArn: String?
        package var description: String?
        package var integrationId: String
        package var integrationMethod: String?
        /// Of a WebSocket API, made by the type: yields a key of an integration response.
        package var integrationResponseSelectionExpression: String?
        package var integrationSubtype: String?
        /// `AWS_PROXY` or `HTTP_PROXY`; for WebSocket APIs also `AWS`, `HTTP` or `MOCK`.
        package var integrationType: String?
        package var integrationUri: String?
        /// Of a WebSocket API: `WHEN_NO_MATCH`, `WHEN_NO_TEMPLATES` or `NEVER`.
        package var passthroughBehavior: String?
        /// `1.0` or `2.0`
        package var payloadFormatVersion: String?
        package var requestParameters: OrderedMap<String>?
        /// Of a WebSocket API: mapping templates by what `templateSelectionExpression` yields.
        package var requestTemplates: OrderedMap<String>?
        /// By status code, `200` to `599`.
        package var responseParameters: OrderedMap<OrderedMap<String>>?
        /// Of a WebSocket API.
        package var templateSelectionExpression: String?
        /// 50 to 30000 ms, for WebSocket APIs to 29000 ms.
        package var timeoutInMillis: Int?
        package var tlsConfig: TlsConfig?

        /// Of a WebSocket API, stored with the integration; an answer with the integration has none.
        package var integrationResponses: [IntegrationResponse]?

        package var key: String { integrationId }

        package init(integrationId: String) { self.integrationId = integrationId }
    }

    package struct TlsConfig: Codable, Sendable, Equatable {
        package var serverNameToVerify: String?

        package init(serverNameToVerify: String?) { self.serverNameToVerify = serverNameToVerify }
    }

    /// What becomes of a backend's answer. Source: botocore `IntegrationResponse` shape.
    package struct IntegrationResponse: KeyedPart {
        /// `CONVERT_TO_BINARY` or `CONVERT_TO_TEXT`.
        package var contentHandlingStrategy: String?
        package var integrationResponseId: String
        /// `$default`, or a regular expression between slashes.
        package var integrationResponseKey: String
        package var responseParameters: OrderedMap<String>?
        package var responseTemplates: OrderedMap<String>?
        package var templateSelectionExpression: String?

        package init(integrationResponseId: String, integrationResponseKey: String) {
            self.integrationResponseId = integrationResponseId
            self.integrationResponseKey = integrationResponseKey
        }

        package var key: String { integrationResponseId }
    }
}
