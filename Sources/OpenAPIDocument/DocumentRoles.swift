package import GatewayModel
import JSON

/// The roles that a document hands to API Gateway, and whether it sets the API's policy.
package struct DocumentRoles: Sendable {
    package private(set) var roles: [String] = []
    package private(set) var hasPolicy = false

    /// Of a text that is no document there are none: it is not imported either.
    package init(_ text: String, account: AccountIdentity) {
        guard let document = try? DocumentReader.read(text) else { return }
        take(AWSVariables(account).resolve(document))
    }

    /// Anywhere: an extension may stand behind a reference.
    private mutating func take(_ value: JSONValue) {
        for element in value.array ?? [] { take(element) }
        for (name, value) in value.object ?? [:] {
            if name == "x-amazon-apigateway-policy" { hasPolicy = true }
            if name == "credentials" || name == "authorizerCredentials", let role = value.string { roles.append(role) }
            take(value)
        }
    }
}
