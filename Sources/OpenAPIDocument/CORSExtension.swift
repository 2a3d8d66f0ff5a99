import GatewayModel
import JSON

/// `x-amazon-apigateway-cors`, at the root of a document.
enum CORSExtension {
    /// Nil when the extension says nothing that API Gateway knows.
    static func read(_ value: JSONValue?) throws(DocumentError) -> V2.Cors? {
        guard let value, !value.isNull else { return nil }
        var cors = V2.Cors()
        cors.allowCredentials = try bool(value, "allowCredentials")
        cors.allowHeaders = try strings(value, "allowHeaders")
        cors.allowMethods = try strings(value, "allowMethods")
        cors.allowOrigins = try strings(value, "allowOrigins")
        cors.exposeHeaders = try strings(value, "exposeHeaders")
        if let maxAge = value["maxAge"], !maxAge.isNull {
            guard let seconds = maxAge.integer else { throw wrongKind("maxAge", "a number of seconds") }
            cors.maxAge = seconds
        }
        return cors == V2.Cors() ? nil : cors
    }

    static func write(_ cors: V2.Cors) -> JSONValue {
        var object = JSONObject()
        for (name, list) in [
            ("allowMethods", cors.allowMethods), ("allowHeaders", cors.allowHeaders),
            ("exposeHeaders", cors.exposeHeaders),
        ] {
            if let list, !list.isEmpty { object[name] = .array(list.map(JSONValue.string)) }
        }
        object["maxAge"] = .number(cors.maxAge ?? 0)
        object["allowCredentials"] = .bool(cors.allowCredentials ?? false)
        if let origins = cors.allowOrigins, !origins.isEmpty {
            object["allowOrigins"] = .array(origins.map(JSONValue.string))
        }
        return .object(object)
    }

    private static func bool(_ value: JSONValue, _ name: String) throws(DocumentError) -> Bool? {
        guard let member = value[name], !member.isNull else { return nil }
        guard let bool = member.bool else { throw wrongKind(name, "a boolean") }
        return bool
    }

    private static func strings(_ value: JSONValue, _ name: String) throws(DocumentError) -> [String]? {
        guard let member = value[name], !member.isNull else { return nil }
        guard let array = member.array else { throw wrongKind(name, "a list") }
        let strings = array.compactMap(\.string)
        guard strings.count == array.count else { throw wrongKind(name, "a list of strings") }
        return strings.isEmpty ? nil : strings
    }

    private static func wrongKind(_ name: String, _ wanted: String) -> DocumentError {
        DocumentError("x-amazon-apigateway-cors.\(name) must be \(wanted).")
    }
}
