extension V2 {
    /// An authorizer of an HTTP API. Source: botocore `Authorizer` shape, less what only function authorizers have.
    package struct Authorizer: KeyedPart {
        package var authorizerId: String
        /// `JWT`; `REQUEST` is not served yet.
        package var authorizerType: String
        /// One expression: `$request.header.NAME` or `$request.querystring.NAME`.
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
