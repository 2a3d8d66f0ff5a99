package import JSON

extension V2 {
    /// An integration. Source: botocore `Integration` shape, less what only WebSocket APIs have.
    package struct Integration: KeyedPart {
        package var apiGatewayManaged: Bool?
        package var connectionId: String?
        /// `INTERNET` or `VPC_LINK`.
        package var connectionType: String?
        package var credentialsArn: String?
        package var description: String?
        package var integrationId: String
        package var integrationMethod: String?
        package var integrationSubtype: String?
        /// `AWS_PROXY` or `HTTP_PROXY` for HTTP APIs.
        package var integrationType: String?
        package var integrationUri: String?
        /// `1.0` or `2.0`
        package var payloadFormatVersion: String?
        package var requestParameters: OrderedMap<String>?
        /// By status code, `200` to `599`.
        package var responseParameters: OrderedMap<OrderedMap<String>>?
        /// 50 to 30000 ms.
        package var timeoutInMillis: Int?
        package var tlsConfig: TlsConfig?

        package var key: String { integrationId }

        package init(integrationId: String) { self.integrationId = integrationId }
    }

    package struct TlsConfig: Codable, Sendable, Equatable {
        package var serverNameToVerify: String?

        package init(serverNameToVerify: String?) { self.serverNameToVerify = serverNameToVerify }
    }
}
