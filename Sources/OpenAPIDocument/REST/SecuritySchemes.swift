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
        asked(operation, document)?.array ?? []
    }

    /// A member without a value asks for nothing itself.
    static func asked(_ operation: JSONValue, _ document: JSONValue) -> JSONValue? {
        [operation["security"], document["security"]].compactMap { $0 }.first { !$0.isNull }
    }

    /// What cannot be put on a method as it was meant.
    struct Findings {
        /// The names of schemes that mean nothing here.
        var ignored: [String] = []
        /// What has a form that says nothing: the method must not be open for it (AWS's answer is unknown).
        var faults: [String] = []
    }

    /// Puts on a method what its operation, or else the document, asks for. Recorded: what the document asks for counts
    /// for operations that say nothing.
    static func apply(
        to imported: inout ImportedMethod, _ operation: JSONValue, _ document: JSONValue, _ dialect: Dialect
    ) -> Findings {
        var findings = Findings()
        if let auth = operation["x-amazon-apigateway-auth"], !auth.isNull {
            if let type = auth["type"]?.string {
                imported.method.authorizationType = type.uppercased()
            } else {
                findings.faults.append("Invalid x-amazon-apigateway-auth: it must be an object with a type")
            }
        }
        let requirements = requirements(operation, document)
        if requirements.isEmpty {
            if asked(operation, document).map({ $0.array == nil }) == true { findings.faults.append(noList) }
            return findings
        }
        let schemes = dialect.securitySchemes(document)
        for requirement in requirements {
            guard let members = requirement.object else {
                findings.faults.append(noList)
                continue
            }
            for (name, scopes) in members {
                guard scopes.isNull || scopes.array?.allSatisfy({ $0.string != nil }) == true else {
                    findings.faults.append("Invalid security: the scopes of '\(name)' must be a list of strings")
                    continue
                }
                guard let scheme = schemes[name] else {
                    findings.ignored.append(name)
                    continue
                }
                if let type = scheme[authorizer]?["type"]?.string?.uppercased() {
                    imported.authorizer = name
                    imported.method.authorizationType =
                        type == "COGNITO_USER_POOLS" || type == "JWT" ? type : "CUSTOM"
                    let scopes = (scopes.array ?? []).compactMap(\.string)
                    imported.method.authorizationScopes = scopes.isEmpty ? nil : scopes
                } else if let value = scheme[authorizer], !value.isNull {
                    findings.faults.append("Invalid security: the authorizer of '\(name)' has no type")
                } else if scheme[authType]?.string?.lowercased() == "awssigv4" {
                    imported.method.authorizationType = "AWS_IAM"
                } else if scheme["type"]?.string == "apiKey", scheme["name"]?.string?.lowercased() == "x-api-key" {
                    imported.method.apiKeyRequired = true
                } else {
                    findings.ignored.append(name)
                }
            }
        }
        return findings
    }

    private static let noList = "Invalid security: it must be a list of objects, each with names of security schemes"
}
