import GatewayModel
import JSON

/// Walks a document's components and paths, and collects routes, integrations and findings in the document's order.
struct OperationReader {
    private let document: JSONValue
    private let prefix: String
    private let security: SecurityReader
    private(set) var integrations: [ImportedIntegration] = []
    private(set) var routes: [ImportedRoute] = []
    private(set) var authorizers: [V2.Authorizer] = []
    private(set) var info: [String] = []
    private(set) var warnings: [String] = []
    private(set) var errors: [String] = []
    /// Position of each integration that the components name: all operations that refer to it share it.
    private var shared: [String: Int] = [:]

    init(document: JSONValue, prefix: String) {
        self.document = document
        self.prefix = prefix
        security = SecurityReader(document)
    }

    mutating func read() throws(DocumentError) {
        readComponents()
        authorizers = security.authorizers(&errors)
        if document["x-amazon-apigateway-policy"] != nil {
            errors.append("HTTP APIs have no resource policies: x-amazon-apigateway-policy would not be enforced.")
        }
        for path in document["paths"]?.object ?? [:] where !path.key.hasPrefix("x-") { readPath(path.key, path.value) }
    }

    private mutating func readComponents() {
        for component in document["components"]?.object ?? [:] {
            if component.key == IntegrationExtension.collection {
                for integration in component.value.object ?? [:] {
                    shared["#/components/\(IntegrationExtension.collection)/\(integration.key)"] = integrations.count
                    integrations.append(
                        ImportedIntegration(
                            place: "component '\(integration.key)'",
                            integration: IntegrationExtension.read(integration.value)))
                }
            } else if component.key != "securitySchemes", !component.key.hasPrefix("x-") {
                info.append("components: key [\(component.key)] will be ignored by API Gateway")
            }
        }
    }

    private mutating func readPath(_ path: String, _ item: JSONValue) {
        if !path.hasPrefix("/") {
            warnings.append("Parse issue: attribute paths. Resource \(path) should start with /")
            // The default route is understood all the same.
            guard path == "$default" else { return }
        }
        for member in item.object ?? [:] {
            guard let method = Self.methods[member.key] else { continue }
            readOperation(member.value, method: method, member: member.key, path: path)
        }
    }

    private mutating func readOperation(_ operation: JSONValue, method: String, member: String, path: String) {
        for key in operation.object?.keys ?? [] where Self.ignored.contains(key) {
            info.append("paths.\(path).\(member): key [\(key)] will be ignored by API Gateway")
        }
        let key = routeKey(operation, method: method, path: path)
        warnings += References(document).missing(in: operation, at: "paths.'\(path)'(\(member))")
        routes.append(
            ImportedRoute(
                routeKey: key, operationName: operation["operationId"]?.string,
                integration: integration(operation[IntegrationExtension.name], routeKey: key),
                security: security.security(of: operation, routeKey: key, &errors)))
    }

    private func routeKey(_ operation: JSONValue, method: String, path: String) -> String {
        let isDefault = path == "$default" || path == "/$default" || operation["isDefaultRoute"]?.bool == true
        if method == "ANY", isDefault { return "$default" }
        return "\(method) " + (path == "/" && !prefix.isEmpty ? prefix : prefix + path)
    }

    private mutating func integration(_ value: JSONValue?, routeKey: String) -> Int? {
        guard let value, !value.isNull else { return nil }
        if let reference = value["$ref"]?.string {
            guard let position = shared[reference] else {
                warnings.append(
                    "Unable to create integration for resource at path '\(routeKey)': \(reference) is missing. "
                        + "Ignoring.")
                return nil
            }
            return position
        }
        integrations.append(
            ImportedIntegration(
                place: "resource at path '\(routeKey)'", integration: IntegrationExtension.read(value)))
        return integrations.count - 1
    }

    private static let methods = [
        "get": "GET", "put": "PUT", "post": "POST", "delete": "DELETE", "options": "OPTIONS", "head": "HEAD",
        "patch": "PATCH", "trace": "TRACE", "x-amazon-apigateway-any-method": "ANY",
    ]

    /// What OpenAPI has and API Gateway tells that it passes over.
    private static let ignored: Set<String> = ["parameters", "requestBody", "responses", "callbacks", "servers"]
}
