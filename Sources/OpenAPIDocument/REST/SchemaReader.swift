import GatewayModel
import JSON

/// The schemas of a document as models.
struct SchemaReader {
    let document: JSONValue
    let dialect: Dialect
    let apiId: String
    /// The document's schemas, by their names.
    private let known: JSONObject
    private(set) var warnings: [String] = []
    /// Of schemas that stand where they are used, without a name.
    private(set) var made: [REST.Model] = []
    private var madeNames: Set<String> = []
    private var madeBytes = 0

    init(document: JSONValue, dialect: Dialect, apiId: String) {
        self.document = document
        self.dialect = dialect
        self.apiId = apiId
        known = dialect.schemas(document)
    }

    /// Each schema by its name.
    mutating func models() -> [REST.Model] {
        var models: [REST.Model] = []
        for (name, schema) in known {
            var model = REST.Model(
                id: "", name: name, contentType: "application/json", schema: text(of: schema, "model '\(name)'"))
            model.description = schema["description"]?.string
            models.append(model)
        }
        return models
    }

    /// The name of the model that a body has: of a schema without a name one is made.
    mutating func name(of schema: JSONValue, at place: String) throws(DocumentError) -> String? {
        if let reference = schema["$ref"]?.string { return Self.name(in: reference) }
        guard schema.object?.isEmpty == false else { return nil }
        let name =
            "MODEL"
            + place.utf8.reduce(into: UInt64(14_695_981_039_346_656_037)) { hash, byte in
                hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211
            }.hexadecimal
        if madeNames.insert(name).inserted {
            let text = text(of: schema, "the schema of '\(place)'")
            madeBytes += text.utf8.count
            // One of them may be used by many, each of which gets its own.
            guard madeBytes <= DocumentLimits.bytes else { throw DocumentError(RestImport.invalid) }
            made.append(REST.Model(id: "", name: name, contentType: "application/json", schema: text))
        }
        return name
    }

    private static func name(in reference: String) -> String? {
        for prefix in ["#/definitions/", "#/components/schemas/"] where reference.hasPrefix(prefix) {
            return String(reference.dropFirst(prefix.count))
        }
        return nil
    }

    private mutating func text(of schema: JSONValue, _ owner: String) -> String {
        var missing: [String] = []
        let own = Set((schema["definitions"]?.object ?? [:]).map(\.key))
        let text = supported(schema, own: own, &missing).text
        for reference in Set(missing).sorted() {
            warnings.append("Unable to resolve reference '\(reference)' of \(owner): the document has no such schema")
        }
        return text
    }

    /// What models have of it: references are by address, and what they cannot have is left out, as the service does.
    ///
    /// - Parameter own: the schema's own definitions, which stay where they are.
    private func supported(_ schema: JSONValue, own: Set<String>, _ missing: inout [String]) -> JSONValue {
        guard let object = schema.object else { return schema }
        var result = JSONObject()
        for (key, value) in object where !Self.unsupported.contains(key) && !key.hasPrefix("x-") {
            switch key {
            case "$ref": result[key] = reference(value, own: own, &missing)
            case "properties", "patternProperties", "definitions":
                var members = JSONObject()
                for (name, value) in value.object ?? [:] { members[name] = supported(value, own: own, &missing) }
                result[key] = .object(members)
            case "items", "additionalItems", "additionalProperties", "not":
                result[key] =
                    value.array.map { .array(supported($0, own: own, &missing)) }
                    ?? supported(value, own: own, &missing)
            case "allOf", "anyOf", "oneOf": result[key] = .array(supported(value.array ?? [], own: own, &missing))
            default: result[key] = value
            }
        }
        return .object(result)
    }

    private func supported(_ schemas: [JSONValue], own: Set<String>, _ missing: inout [String]) -> [JSONValue] {
        var result: [JSONValue] = []
        for schema in schemas { result.append(supported(schema, own: own, &missing)) }
        return result
    }

    private func reference(_ value: JSONValue, own: Set<String>, _ missing: inout [String]) -> JSONValue {
        guard let text = value.string, let name = Self.name(in: text) else { return value }
        let isOwn = text.hasPrefix("#/definitions/") && own.contains(String(name.prefix { $0 != "/" }))
        if isOwn { return value }
        if known[name] == nil { missing.append(text) }
        return .string("https://apigateway.amazonaws.com/restapis/\(apiId)/models/\(name)")
    }

    /// Of OpenAPI's schemas and not of JSON Schema's draft 4. Source: docs/api-gateway-known-issues.
    private static let unsupported: Set = [
        "deprecated", "discriminator", "example", "examples", "externalDocs", "nullable", "readOnly", "writeOnly",
        "xml",
    ]
}

extension UInt64 {
    fileprivate var hexadecimal: String { String(self, radix: 16) }
}
