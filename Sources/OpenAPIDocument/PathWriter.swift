import GatewayModel
import JSON

/// The paths of an export, and the components that they need.
struct PathWriter {
    private let content: V2.DeploymentContent
    private let account: AccountIdentity
    private let withExtensions: Bool
    private let integrations: [Substring: V2.Integration]

    init(content: V2.DeploymentContent, account: AccountIdentity, withExtensions: Bool) {
        self.content = content
        self.account = account
        self.withExtensions = withExtensions
        integrations = Dictionary(content.integrations.map { (Substring($0.integrationId), $0) }) { first, _ in first }
    }

    var paths: JSONValue {
        var paths: [(path: String, routes: [V2.Route])] = []
        var positions: [String: Int] = [:]
        for route in content.routes {
            let path = Self.path(of: route)
            if let position = positions[path] {
                paths[position].routes.append(route)
            } else {
                positions[path] = paths.count
                paths.append((path, [route]))
            }
        }
        if !withExtensions { paths.removeAll { $0.path == Self.defaultPath } }
        return .object(JSONObject(paths.map { ($0.path, item($0.path, $0.routes)) }))
    }

    /// The integrations that no route uses; without them an import of the export would lose them.
    var components: JSONValue? {
        var components = JSONObject()
        components["securitySchemes"] = securitySchemes
        components[IntegrationExtension.collection] = unusedIntegrations
        return components.isEmpty ? nil : .object(components)
    }

    private var securitySchemes: JSONValue? {
        let schemes = content.authorizers.map { authorizer -> (String, JSONValue) in
            guard authorizer.authorizerType == "JWT" else {
                return (authorizer.name, Self.functionScheme(authorizer))
            }
            let configuration = authorizer.jwtConfiguration
            let scheme: JSONValue = [
                "type": "oauth2",
                "x-amazon-apigateway-authorizer": [
                    "identitySource": .string(authorizer.identitySource.joined(separator: ",")),
                    "jwtConfiguration": [
                        "audience": .array((configuration?.audience ?? []).map(JSONValue.string)),
                        "issuer": .string(configuration?.issuer ?? ""),
                    ],
                    "type": "jwt",
                ],
            ]
            return (authorizer.name, scheme)
        }
        return schemes.isEmpty ? nil : .object(JSONObject(schemes))
    }

    /// A function authorizer is written as an API key, as AWS has it: the format has no kind of its own for it.
    private static func functionScheme(_ authorizer: V2.Authorizer) -> JSONValue {
        let header = authorizer.identitySource.compactMap { source -> String? in
            source.hasPrefix("$request.header.") ? String(source.dropFirst("$request.header.".count)) : nil
        }
        var members = JSONObject()
        if !authorizer.identitySource.isEmpty {
            members["identitySource"] = .string(authorizer.identitySource.joined(separator: ","))
        }
        members["authorizerUri"] = authorizer.authorizerUri.map(JSONValue.string)
        members["authorizerPayloadFormatVersion"] = authorizer.authorizerPayloadFormatVersion.map(JSONValue.string)
        members["authorizerResultTtlInSeconds"] = authorizer.authorizerResultTtlInSeconds.map { JSONValue.number($0) }
        members["type"] = "request"
        members["enableSimpleResponses"] = authorizer.enableSimpleResponses.map(JSONValue.bool)
        members["authorizerCredentials"] = authorizer.authorizerCredentialsArn.map(JSONValue.string)
        return [
            "type": "apiKey", "name": .string(header.first ?? "unused"), "in": "header",
            "x-amazon-apigateway-authorizer": .object(members),
        ]
    }

    private var unusedIntegrations: JSONValue? {
        let used = Set(content.routes.compactMap(\.integrationId))
        let unused = content.integrations.filter { !used.contains(Substring($0.integrationId)) }
        guard !unused.isEmpty else { return nil }
        let members = unused.map {
            ("unusedIntegration_\($0.integrationId)", IntegrationExtension.write($0, account: account))
        }
        return .object(JSONObject(members))
    }

    private static let anyMethod = "x-amazon-apigateway-any-method"
    private static let defaultPath = "/$default"
    /// The methods that ANY stands for.
    private static let allMethods = ["get", "head", "options", "patch", "post", "put", "delete"]

    private static func path(of route: V2.Route) -> String {
        route.routeKey.split(separator: " ", maxSplits: 1).dropFirst().first.map(String.init) ?? defaultPath
    }

    private static func method(of route: V2.Route) -> String {
        route.routeKey == "$default" ? "ANY" : String(route.routeKey.prefix { $0 != " " })
    }

    private func item(_ path: String, _ routes: [V2.Route]) -> JSONValue {
        var item = JSONObject()
        for route in routes where Self.method(of: route) != "ANY" {
            item[Self.method(of: route).lowercased()] = operation(route)
        }
        for route in routes where Self.method(of: route) == "ANY" {
            if withExtensions {
                item[Self.anyMethod] = operation(route)
            } else {
                for method in Self.allMethods where item[method] == nil { item[method] = operation(route) }
            }
        }
        let parameters = parameters(of: path)
        if !parameters.isEmpty { item["parameters"] = .array(parameters) }
        return .object(item)
    }

    private func operation(_ route: V2.Route) -> JSONValue {
        var operation = JSONObject()
        operation["operationId"] = route.operationName.map(JSONValue.string)
        operation["responses"] = [
            "default": ["description": .string("Default response for \(route.routeKey)")]
        ]
        guard withExtensions else { return .object(operation) }
        if let name = route.authorizerId.flatMap({ content.authorizers[$0]?.name }) {
            let scopes = JSONValue.array((route.authorizationScopes ?? []).map(JSONValue.string))
            operation["security"] = [.object(JSONObject([(name, scopes)]))]
        }
        if route.authorizationType == "AWS_IAM" { operation["x-amazon-apigateway-auth"] = ["type": "AWS_IAM"] }
        if route.routeKey == "$default" { operation["isDefaultRoute"] = true }
        operation[IntegrationExtension.name] = route.integrationId.flatMap { integrations[$0] }.map {
            IntegrationExtension.write($0, account: account)
        }
        return .object(operation)
    }

    /// A greedy variable keeps its plus, as in the service's exports.
    private func parameters(of path: String) -> [JSONValue] {
        path.split(separator: "/").filter { $0.hasPrefix("{") && $0.hasSuffix("}") }.map { segment in
            let name = String(segment.dropFirst().dropLast())
            return [
                "name": .string(name), "in": "path",
                "description": .string("Generated path parameter for \(name)"), "required": true,
                "schema": ["type": "string"],
            ]
        }
    }
}
