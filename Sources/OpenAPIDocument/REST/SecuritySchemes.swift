import GatewayModel
import JSON

/// The schemes of a document's security, and what operations ask of them.
enum SecuritySchemes {
    private static let authorizer = "x-amazon-apigateway-authorizer"
    private static let authType = "x-amazon-apigateway-authtype"

    static func authorizers(_ document: JSONValue, _ dialect: Dialect) -> [REST.Authorizer] {
        dialect.securitySchemes(document).compactMap { name, scheme in
            guard let value = scheme[authorizer], let type = value["type"]?.string else { return nil }
            var made = REST.Authorizer(id: "", name: name, type: type.uppercased())
            made.authType = scheme[authType]?.string
            made.authorizerUri = value["authorizerUri"]?.string
            // Recorded: an empty text counts as none.
            made.authorizerCredentials = value["authorizerCredentials"]?.string.flatMap { $0.isEmpty ? nil : $0 }
            made.identitySource = value["identitySource"]?.string.flatMap { $0.isEmpty ? nil : $0 }
            made.identityValidationExpression = value["identityValidationExpression"]?.string
            made.authorizerResultTtlInSeconds = value["authorizerResultTtlInSeconds"]?.integer
            made.providerARNs = value["providerARNs"]?.array?.compactMap(\.string)
            if made.identitySource == nil, scheme["in"]?.string == "header", let header = scheme["name"]?.string {
                made.identitySource = "method.request.header.\(header)"
            }
            return made
        }
    }

    static func requirements(_ operation: JSONValue, _ document: JSONValue) -> [JSONValue] {
        (operation["security"] ?? document["security"])?.array ?? []
    }

    /// Puts on a method what its operation, or else the document, asks for. Recorded: what the document asks for counts
    /// for operations that say nothing. Answers the names of schemes that mean nothing here.
    static func apply(
        to imported: inout ImportedMethod, _ operation: JSONValue, _ document: JSONValue, _ dialect: Dialect
    ) -> [String] {
        if let type = operation["x-amazon-apigateway-auth"]?["type"]?.string {
            imported.method.authorizationType = type.uppercased()
        }
        let requirements = requirements(operation, document)
        if requirements.isEmpty { return [] }
        let schemes = dialect.securitySchemes(document)
        var unknown: [String] = []
        for requirement in requirements {
            for (name, scopes) in requirement.object ?? [:] {
                guard let scheme = schemes[name] else {
                    unknown.append(name)
                    continue
                }
                if let type = scheme[authorizer]?["type"]?.string?.uppercased() {
                    imported.authorizer = name
                    imported.method.authorizationType =
                        type == "COGNITO_USER_POOLS" || type == "JWT" ? type : "CUSTOM"
                    let scopes = (scopes.array ?? []).compactMap(\.string)
                    imported.method.authorizationScopes = scopes.isEmpty ? nil : scopes
                } else if scheme[authType]?.string?.lowercased() == "awssigv4" {
                    imported.method.authorizationType = "AWS_IAM"
                } else if scheme["type"]?.string == "apiKey", scheme["name"]?.string?.lowercased() == "x-api-key" {
                    imported.method.apiKeyRequired = true
                } else {
                    unknown.append(name)
                }
            }
        }
        return unknown
    }
}
