extension REST {
    /// Source: botocore `Authorizer` shape.
    package struct Authorizer: KeyedPart {
        package var authType: String?
        package var authorizerCredentials: String?
        package var authorizerResultTtlInSeconds: Int?
        package var authorizerUri: String?
        package var id: String
        package var identitySource: String?
        package var identityValidationExpression: String?
        package var jwtConfiguration: JwtConfiguration?
        package var name: String
        package var providerARNs: [String]?
        /// `TOKEN`, `REQUEST`, `COGNITO_USER_POOLS` or `JWT`.
        package var type: String

        package var key: String { id }

        package init(id: String, name: String, type: String) {
            self.id = id
            self.name = name
            self.type = type
        }
    }

    package struct JwtConfiguration: Codable, Sendable, Equatable {
        package var defaultAlgorithms: [String]?
        package var issuers: [JwtIssuer]?

        package init() {}
    }

    package struct JwtIssuer: Codable, Sendable, Equatable {
        package var additionalClaims: [JwtAdditionalClaim]?
        package var audiences: [String]
        package var issuer: String
    }

    package struct JwtAdditionalClaim: Codable, Sendable, Equatable {
        package var claimName: String
        package var expectedValues: [String]?
        package var format: String
        package var required: Bool?
    }
}
