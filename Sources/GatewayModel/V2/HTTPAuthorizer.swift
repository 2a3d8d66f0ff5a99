extension V2 {
    /// An authorizer. Source: botocore `Authorizer` shape.
    package struct Authorizer: KeyedPart {
        /// The role as which the function is called; nil: its resource policy says whether it may be.
        package var authorizerCredentialsArn: String?
        package var authorizerId: String
        /// `1.0` or `2.0`.
        package var authorizerPayloadFormatVersion: String?
        package var authorizerResultTtlInSeconds: Int?
        /// `REQUEST`; for HTTP APIs also `JWT`.
        package var authorizerType: String
        package var authorizerUri: String?
        package var enableSimpleResponses: Bool?
        /// `$request.header.NAME`, `$request.querystring.NAME`; of a function authorizer any number, also
        /// `$context.NAME` and `$stageVariables.NAME`. Of a WebSocket API `route.request.header.NAME`,
        /// `route.request.querystring.NAME`, `context.NAME` and `stageVariables.NAME`.
        package var identitySource: [String]
        package var jwtConfiguration: JWTConfiguration?
        package var name: String

        package init(authorizerId: String, name: String, authorizerType: String, identitySource: [String]) {
            self.authorizerId = authorizerId
            self.name = name
            self.authorizerType = authorizerType
            self.identitySource = identitySource
        }

        package var key: String { authorizerId }
    }

    package struct JWTConfiguration: Codable, Sendable, Hashable {
        package var audience: [String]
        /// The base of the issuer's addresses, and what a token has to call itself issued by.
        package var issuer: String

        package init(audience: [String], issuer: String) {
            self.audience = audience
            self.issuer = issuer
        }
    }
}
