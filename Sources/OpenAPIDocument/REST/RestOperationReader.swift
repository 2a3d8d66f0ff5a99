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
    /// A reference is a few bytes, and what it stands for may be the document: what is written out is counted.
    private var allowance = DocumentLimits.values

    init(document: JSONValue, dialect: Dialect, prefix: String, schemas: SchemaReader) {
        self.document = document
        self.dialect = dialect
        self.prefix = prefix
        self.schemas = schemas
    }

    mutating func read() throws(DocumentError) {
        for (path, item) in document["paths"]?.object ?? [:] where !path.hasPrefix("x-") {
            guard path.hasPrefix("/") else {
                errors.append("Unable to create resource at path '\(path)': Resource paths must begin with /.")
                continue
            }
            let whole = path == "/" && !prefix.isEmpty ? prefix : prefix + path
            paths.append(whole)
            guard let item = try pathItem(item) else {
                errors.append("Unable to create resource at path '\(whole)': its reference leads nowhere")
                continue
            }
            for (member, operation) in item.object ?? [:] {
                guard let verb = Self.verbs[member] else { continue }
                let place = "paths.'\(path)'(\(member))"
                methods.append(try method(verb, whole, operation, item, at: place))
            }
        }
    }

    /// A path's item may refer to another one; what it says itself counts more.
    private mutating func pathItem(_ item: JSONValue) throws(DocumentError) -> JSONValue? {
        guard item["$ref"] != nil, let own = item.object else { return item }
        guard var found = try resolved(item)?.object else { return nil }
        for (member, value) in own where member != "$ref" { found[member] = value }
        return .object(found)
    }

    private mutating func spend(_ count: Int) throws(DocumentError) {
        allowance -= count
        if allowance < 0 { throw DocumentError(RestImport.invalid) }
    }

    private mutating func warn(_ found: [String]) throws(DocumentError) {
        for warning in found {
            try spend(warning.utf8.count)
            warnings.append(warning)
        }
    }

    private static let verbs = [
        "get": "GET", "put": "PUT", "post": "POST", "delete": "DELETE", "options": "OPTIONS", "head": "HEAD",
        "patch": "PATCH", "x-amazon-apigateway-any-method": "ANY",
    ]

    private mutating func method(
        _ verb: String, _ path: String, _ operation: JSONValue, _ item: JSONValue, at place: String
    ) throws(DocumentError) -> ImportedMethod {
        var imported = ImportedMethod(path: path, method: REST.Method(httpMethod: verb))
        imported.method.operationName = operation["operationId"]?.string
        imported.requestValidator =
            (operation["x-amazon-apigateway-request-validator"] ?? document["x-amazon-apigateway-request-validator"])?
            .string
        try readParameters(operation, item, &imported, at: place)
        try readBody(operation, &imported, at: place)
        try readResponses(operation, &imported, at: place)
        try spend(SecuritySchemes.requirements(operation, document).reduce(0) { $0 + ($1.object?.count ?? 1) })
        let security = SecuritySchemes.apply(to: &imported, operation, document, dialect)
        errors += security.faults.map { "Unable to put method '\(verb)' for resource at path '\(path)': \($0)" }
        try warn(
            security.ignored.map { name in
                "Ignoring security requirement '\(name)' of method '\(verb)' for resource at path '\(path)': it is no "
                    + "authorizer and no API key"
            })
        if let value = operation["x-amazon-apigateway-integration"], !value.isNull {
            var found: [String] = []
            imported.method.methodIntegration = RestIntegrationExtension.read(
                value, of: "resource '\(path)' and method '\(verb)'", &found)
            try warn(found)
        }
        return imported
    }

    /// An operation's own win over its path's; variables of the path are parameters, declared or not.
    private mutating func readParameters(
        _ operation: JSONValue, _ item: JSONValue, _ imported: inout ImportedMethod, at place: String
    ) throws(DocumentError) {
        var parameters: OrderedMap<Bool> = [:]
        for segment in imported.path.split(separator: "/") where segment.hasPrefix("{") && segment.hasSuffix("}") {
            let name = segment.dropFirst().dropLast().filter { $0 != "+" }
            parameters["method.request.path.\(name)"] = true
        }
        let all = (item["parameters"]?.array ?? []) + (operation["parameters"]?.array ?? [])
        for (position, parameter) in all.enumerated() {
            try spend(1)
            let parameter = try written(parameter, at: "\(place).parameters.[\(position)]")
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

    private mutating func readBody(
        _ operation: JSONValue, _ imported: inout ImportedMethod, at whole: String
    ) throws(DocumentError) {
        let place = "\(imported.method.httpMethod) \(imported.path)"
        var models: OrderedMap<String> = [:]
        switch dialect {
        case .openAPI:
            let body = try written(operation["requestBody"] ?? .null, at: whole + ".requestBody")
            for (type, content) in body["content"]?.object ?? [:] {
                if let schema = content["schema"] { models[type] = try model(of: schema, at: place + type) }
            }
        case .swagger:
            for parameter in operation["parameters"]?.array ?? [] {
                let parameter = try resolved(parameter) ?? .null
                guard parameter["in"]?.string == "body", let schema = parameter["schema"] else { continue }
                for type in types(operation, "consumes") { models[type] = try model(of: schema, at: place) }
            }
        }
        imported.method.requestModels = models.isEmpty ? nil : models
    }

    private mutating func readResponses(
        _ operation: JSONValue, _ imported: inout ImportedMethod, at whole: String
    ) throws(DocumentError) {
        var responses: OrderedMap<REST.MethodResponse> = [:]
        for (code, value) in operation["responses"]?.object ?? [:] where code.utf8.count == 3 && Int(code) != nil {
            let value = try written(value, at: "\(whole).responses.\(code)")
            try spend(value["headers"]?.object?.count ?? 0)
            let place = "\(imported.method.httpMethod) \(imported.path) \(code)"
            var response = REST.MethodResponse(statusCode: code)
            let headers = (value["headers"]?.object ?? [:]).map { ("method.response.header.\($0.key)", false) }
            response.responseParameters = headers.isEmpty ? nil : OrderedMap(headers)
            var models: OrderedMap<String> = [:]
            if dialect == .openAPI {
                for (type, content) in value["content"]?.object ?? [:] {
                    if let schema = content["schema"] { models[type] = try model(of: schema, at: place + type) }
                }
            } else if let schema = value["schema"] {
                for type in types(operation, "produces") { models[type] = try model(of: schema, at: place) }
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

    private mutating func model(of schema: JSONValue, at place: String) throws(DocumentError) -> String? {
        try spend(1)
        return try schemas.name(of: schema, at: place)
    }

    /// What a part of an operation stands for. One that stands for nothing is told.
    private mutating func written(_ value: JSONValue, at place: String) throws(DocumentError) -> JSONValue {
        if let found = try resolved(value) { return found }
        try warn(["Parse issue: attribute \(place).\(value["$ref"]?.string ?? "") is missing"])
        return .null
    }

    /// What a value within the document stands for; nil where a reference leads out of it, to nothing or in a circle.
    private mutating func resolved(_ value: JSONValue) throws(DocumentError) -> JSONValue? {
        var value = value
        var followed: Set<String> = []
        while let reference = value["$ref"]?.string {
            let steps = reference.split(separator: "/")
            try spend(steps.count)
            guard reference.hasPrefix("#/"), followed.insert(reference).inserted else { return nil }
            var found = document
            for step in steps.dropFirst() {
                // JSON Pointer (RFC 6901 section 4).
                let name = step.replacing("~1", with: "/").replacing("~0", with: "~")
                guard let next = found[String(name)] else { return nil }
                found = next
            }
            value = found
        }
        return value
    }
}
