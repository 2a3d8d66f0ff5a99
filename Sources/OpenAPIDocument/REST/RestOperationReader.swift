import GatewayModel
import JSON

/// Walks a document's paths, and collects methods and findings in the document's order.
struct RestOperationReader {
    private let document: JSONValue
    private let dialect: Dialect
    private let prefix: String
    private(set) var schemas: SchemaReader
    private(set) var paths: [String] = []
    private(set) var methods: [ImportedMethod] = []
    private(set) var warnings: [String] = []
    private(set) var errors: [String] = []

    init(document: JSONValue, dialect: Dialect, prefix: String, schemas: SchemaReader) {
        self.document = document
        self.dialect = dialect
        self.prefix = prefix
        self.schemas = schemas
    }

    mutating func read() {
        for (path, item) in document["paths"]?.object ?? [:] where !path.hasPrefix("x-") {
            guard path.hasPrefix("/") else {
                errors.append("Unable to create resource at path '\(path)': Resource paths must begin with /.")
                continue
            }
            let whole = path == "/" && !prefix.isEmpty ? prefix : prefix + path
            paths.append(whole)
            for (member, operation) in item.object ?? [:] {
                guard let verb = Self.verbs[member] else { continue }
                methods.append(method(verb, whole, operation, item))
            }
        }
    }

    private static let verbs = [
        "get": "GET", "put": "PUT", "post": "POST", "delete": "DELETE", "options": "OPTIONS", "head": "HEAD",
        "patch": "PATCH", "x-amazon-apigateway-any-method": "ANY",
    ]

    private mutating func method(
        _ verb: String, _ path: String, _ operation: JSONValue, _ item: JSONValue
    ) -> ImportedMethod {
        var imported = ImportedMethod(path: path, method: REST.Method(httpMethod: verb))
        imported.method.operationName = operation["operationId"]?.string
        imported.requestValidator =
            (operation["x-amazon-apigateway-request-validator"] ?? document["x-amazon-apigateway-request-validator"])?
            .string
        readParameters(operation, item, &imported)
        readBody(operation, &imported)
        readResponses(operation, &imported)
        for name in SecuritySchemes.apply(to: &imported, operation, document, dialect) {
            warnings.append(
                "Ignoring security requirement '\(name)' of method '\(verb)' for resource at path '\(path)': it is no "
                    + "authorizer and no API key")
        }
        if let value = operation["x-amazon-apigateway-integration"], !value.isNull {
            var found: [String] = []
            imported.method.methodIntegration = RestIntegrationExtension.read(value) { found.append($0) }
            warnings += found.map { text in
                "Invalid format for 'requestParameters'. "
                    + text.replacing("%@", with: "resource '\(path)' and method '\(verb)'")
            }
        }
        return imported
    }

    /// An operation's own win over its path's; variables of the path are parameters, declared or not.
    private func readParameters(_ operation: JSONValue, _ item: JSONValue, _ imported: inout ImportedMethod) {
        var parameters: OrderedMap<Bool> = [:]
        for segment in imported.path.split(separator: "/") where segment.hasPrefix("{") && segment.hasSuffix("}") {
            let name = segment.dropFirst().dropLast().filter { $0 != "+" }
            parameters["method.request.path.\(name)"] = true
        }
        for parameter in (item["parameters"]?.array ?? []) + (operation["parameters"]?.array ?? []) {
            let parameter = resolved(parameter)
            guard let name = parameter["name"]?.string, let place = parameter["in"]?.string else { continue }
            switch place {
            case "header", "path":
                parameters["method.request.\(place).\(name)"] = place == "path" || parameter["required"]?.bool == true
            case "query": parameters["method.request.querystring.\(name)"] = parameter["required"]?.bool == true
            default: continue
            }
        }
        imported.method.requestParameters = parameters.isEmpty ? nil : parameters
    }

    private mutating func readBody(_ operation: JSONValue, _ imported: inout ImportedMethod) {
        let place = "\(imported.method.httpMethod) \(imported.path)"
        var models: OrderedMap<String> = [:]
        switch dialect {
        case .openAPI:
            for (type, content) in resolved(operation["requestBody"] ?? .null)["content"]?.object ?? [:] {
                if let schema = content["schema"] { models[type] = schemas.name(of: schema, at: place + type) }
            }
        case .swagger:
            for parameter in operation["parameters"]?.array ?? [] {
                let parameter = resolved(parameter)
                guard parameter["in"]?.string == "body", let schema = parameter["schema"] else { continue }
                for type in types(operation, "consumes") { models[type] = schemas.name(of: schema, at: place) }
            }
        }
        imported.method.requestModels = models.isEmpty ? nil : models
    }

    private mutating func readResponses(_ operation: JSONValue, _ imported: inout ImportedMethod) {
        var responses: OrderedMap<REST.MethodResponse> = [:]
        for (code, value) in operation["responses"]?.object ?? [:] where code.utf8.count == 3 && Int(code) != nil {
            let value = resolved(value)
            let place = "\(imported.method.httpMethod) \(imported.path) \(code)"
            var response = REST.MethodResponse(statusCode: code)
            let headers = (value["headers"]?.object ?? [:]).map { ("method.response.header.\($0.key)", false) }
            response.responseParameters = headers.isEmpty ? nil : OrderedMap(headers)
            var models: OrderedMap<String> = [:]
            if dialect == .openAPI {
                for (type, content) in value["content"]?.object ?? [:] {
                    if let schema = content["schema"] { models[type] = schemas.name(of: schema, at: place + type) }
                }
            } else if let schema = value["schema"] {
                for type in types(operation, "produces") { models[type] = schemas.name(of: schema, at: place) }
            }
            response.responseModels = models.isEmpty ? nil : models
            responses[code] = response
        }
        imported.method.methodResponses = responses.isEmpty ? nil : responses
    }

    /// The media types of a Swagger operation, or else of its document.
    private func types(_ operation: JSONValue, _ member: String) -> [String] {
        let types = (operation[member] ?? document[member])?.array?.compactMap(\.string) ?? []
        return types.isEmpty ? ["application/json"] : types
    }

    /// What a reference within the document stands for, by one step: references to references are no OpenAPI.
    private func resolved(_ value: JSONValue) -> JSONValue {
        guard let reference = value["$ref"]?.string, reference.hasPrefix("#/") else { return value }
        var found = document
        for part in reference.dropFirst(2).split(separator: "/") {
            guard let next = found[String(part.replacing("~1", with: "/").replacing("~0", with: "~"))] else {
                return .null
            }
            found = next
        }
        return found
    }
}
