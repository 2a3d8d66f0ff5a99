package import GatewayModel
package import JSON

/// What a document says: an API, its routes and integrations, and what the import found to remark.
package struct ImportedAPI: Sendable, Equatable {
    package var name: String
    package var version: String?
    package var description: String?
    package var corsConfiguration: V2.Cors?
    /// Nil when the document does not say.
    package var disableExecuteApiEndpoint: Bool?
    /// Nil when the document has no tags at all.
    package var tags: OrderedMap<String>?
    package var integrations: [ImportedIntegration] = []
    package var routes: [ImportedRoute] = []
    /// Without ids; routes name them by their names, which are those of their security schemes.
    package var authorizers: [V2.Authorizer] = []
    /// What is valid OpenAPI and means nothing to API Gateway.
    package var info: [String] = []
    package var warnings: [String] = []
}

/// An integration as the document has it, unchecked and without an id.
package struct ImportedIntegration: Sendable, Equatable {
    /// Where it stands, as warnings name it: `resource at path 'GET /pets'`.
    package let place: String
    package let integration: V2.Integration
}

package struct ImportedRoute: Sendable, Equatable {
    /// `GET /pets/{id}` or `$default`, unchecked.
    package let routeKey: String
    package let operationName: String?
    /// Position in the document's integrations.
    package let integration: Int?
    package var security: Security?

    /// What has to let a caller pass.
    package enum Security: Sendable, Equatable {
        /// One of the document's authorizers, and the scopes of which one has to be there.
        case authorizer(String, scopes: [String])
        /// AWS_IAM.
        case signature
    }
}

extension ImportedRoute {
    /// The route as warnings name it: `method 'GET' on resource at path '/pets'`.
    package var place: String {
        let parts = routeKey.split(separator: " ", maxSplits: 1)
        guard parts.count == 2 else { return "method 'ANY' on resource at path '\(routeKey)'" }
        return "method '\(parts[0])' on resource at path '\(parts[1])'"
    }
}
