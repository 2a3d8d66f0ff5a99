import GatewayModel
import JSON

/// What a document asks for to protect its routes: authorizers in its security schemes, and what each operation names
/// of them. What is not enforced makes the import fail: it must not become an API that lets everyone in.
struct SecurityReader {
    private static let authorizer = "x-amazon-apigateway-authorizer"
    private static let discovery = "/.well-known/openid-configuration"

    private let document: JSONValue
    private let schemes: JSONObject

    init(_ document: JSONValue) {
        self.document = document
        schemes = document["components"]?["securitySchemes"]?.object ?? [:]
    }

    /// The authorizers that the schemes describe, by the schemes' names.
    func authorizers(_ errors: inout [String]) -> [V2.Authorizer] {
        schemes.members.compactMap { name, scheme in
            guard let value = scheme[Self.authorizer] else { return nil }
            let type = value["type"]?.string?.lowercased()
            if type == "request" { return Self.functionAuthorizer(name, value) }
            guard type == "jwt" else {
                errors.append(
                    "Gatehouse serves no authorizers of the type '\(value["type"]?.string ?? "")' yet: the security "
                        + "scheme '\(name)' is one.")
                return nil
            }
            let configuration = value["jwtConfiguration"]
            let url = scheme["openIdConnectUrl"]?.string.map { url in
                url.hasSuffix(Self.discovery) ? String(url.dropLast(Self.discovery.count)) : url
            }
            let audience = configuration?["audience"]
            var made = V2.Authorizer(
                authorizerId: name, name: name, authorizerType: "JWT",
                identitySource: [value["identitySource"]?.string ?? "$request.header.Authorization"])
            made.jwtConfiguration = V2.JWTConfiguration(
                audience: audience?.array?.compactMap(\.string) ?? audience?.string.map { [$0] } ?? [],
                issuer: configuration?["issuer"]?.string ?? url ?? "")
            return made
        }
    }

    private static func functionAuthorizer(_ name: String, _ value: JSONValue) -> V2.Authorizer {
        // The guide writes them in one text; SAM's translator writes a list.
        let written = value["identitySource"]
        let sources =
            written?.array?.map { $0.string ?? "" }
            ?? (written?.string ?? "").split(separator: ",").map { source in
                String(source.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
            }
        var made = V2.Authorizer(
            authorizerId: name, name: name, authorizerType: "REQUEST", identitySource: sources)
        made.authorizerUri = value["authorizerUri"]?.string
        made.authorizerCredentialsArn = value["authorizerCredentials"]?.string
        // Written as a number too.
        switch value["authorizerPayloadFormatVersion"] {
        case .string(let version)?: made.authorizerPayloadFormatVersion = version
        case .number(let text)?: made.authorizerPayloadFormatVersion = Double(text).map { "\($0)" }
        default: break
        }
        made.authorizerResultTtlInSeconds = value["authorizerResultTtlInSeconds"]?.integer
        made.enableSimpleResponses = value["enableSimpleResponses"]?.bool
        return made
    }

    /// What lets a caller of the operation pass; nil when it is meant to be open.
    func security(
        of operation: JSONValue, routeKey: String, _ errors: inout [String]
    ) -> ImportedRoute.Security? {
        let isSigned = self.isSigned(operation, routeKey, &errors)
        guard let security = SecuritySchemes.asked(operation, document) else { return isSigned ? .signature : nil }
        // An empty list lifts the document's requirement, and so does a list of empty ones.
        let wanted = security.array?.filter { $0.object?.isEmpty != true } ?? [security]
        guard !wanted.isEmpty else { return isSigned ? .signature : nil }
        let name = wanted.count == 1 ? wanted[0].object.flatMap { $0.count == 1 ? $0.keys.first : nil } : nil
        // SAM's word for a route that its API's default authorizer does not guard; no scheme has the name.
        if name == "NONE", schemes["NONE"] == nil { return isSigned ? .signature : nil }
        let scopes = name.flatMap { wanted[0][$0] }
        if let name, scopes?.isNull == true || scopes?.array?.allSatisfy({ $0.string != nil }) == true {
            let scopes = scopes?.array?.compactMap(\.string) ?? []
            if schemes[name]?[Self.authorizer] != nil, !isSigned { return .authorizer(name, scopes: scopes) }
            // As SAM's translator and REST APIs' documents write AWS_IAM.
            if schemes[name]?["x-amazon-apigateway-authtype"]?.string?.lowercased() == "awssigv4",
                schemes[name]?[Self.authorizer] == nil, scopes.isEmpty
            {
                return .signature
            }
        }
        errors.append(
            "'\(routeKey)' asks for a protection (security) that is no single authorizer of this document: "
                + "Gatehouse cannot enforce it.")
        return nil
    }

    /// Whether the operation asks for AWS_IAM by its extension.
    private func isSigned(_ operation: JSONValue, _ routeKey: String, _ errors: inout [String]) -> Bool {
        guard let auth = operation["x-amazon-apigateway-auth"] else { return false }
        switch auth["type"]?.string?.uppercased() {
        case "AWS_IAM": return true
        case "NONE": return false
        default:
            errors.append(
                "Invalid x-amazon-apigateway-auth of '\(routeKey)': its type has to be AWS_IAM or NONE.")
            return false
        }
    }
}
