import GatewayModel
import JSON

/// The schemas of a document as models.
struct SchemaReader {
    let document: JSONValue
    let dialect: Dialect
    let apiId: String
    /// Of schemas that stand where they are used, without a name.
    private(set) var made: [REST.Model] = []
    private var madeNames: Set<String> = []
    private var madeBytes = 0

    init(document: JSONValue, dialect: Dialect, apiId: String) {
        self.document = document
        self.dialect = dialect
        self.apiId = apiId
    }

    /// Each schema by its name.
    func models() -> [REST.Model] {
        dialect.schemas(document).map { name, schema in
            var model = REST.Model(
                id: "", name: name, contentType: "application/json", schema: supported(schema).text)
            model.description = schema["description"]?.string
            return model
        }
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
            let text = supported(schema).text
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

    /// What models have of it: references are by address, and what they cannot have is left out, as the service does.
    private func supported(_ schema: JSONValue) -> JSONValue {
        guard let object = schema.object else { return schema }
        var result = JSONObject()
        for (key, value) in object where !Self.unsupported.contains(key) && !key.hasPrefix("x-") {
            switch key {
            case "$ref":
                result[key] =
                    value.string.flatMap(Self.name).map {
                        .string("https://apigateway.amazonaws.com/restapis/\(apiId)/models/\($0)")
                    } ?? value
            case "properties", "patternProperties", "definitions":
                result[key] = .object(JSONObject((value.object ?? [:]).map { ($0.key, supported($0.value)) }))
            case "items", "additionalItems", "additionalProperties", "not":
                result[key] = value.array.map { .array($0.map(supported)) } ?? supported(value)
            case "allOf", "anyOf", "oneOf": result[key] = .array((value.array ?? []).map(supported))
            default: result[key] = value
            }
        }
        return .object(result)
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
