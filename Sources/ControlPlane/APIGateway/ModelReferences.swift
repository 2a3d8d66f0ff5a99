import GatewayModel
import JSON

/// How a schema refers to other models: `https://apigateway.amazonaws.com/restapis/{apiId}/models/{Name}`.
enum ModelReferences {
    private static let prefix = "https://apigateway.amazonaws.com/restapis/"

    /// The model that a reference names; nil when it is none to a model.
    static func name(in reference: String) -> String? {
        guard reference.hasPrefix(prefix) else { return nil }
        let parts = reference.dropFirst(prefix.count).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[1] == "models", parts[2].isWord() else { return nil }
        return String(parts[2])
    }

    /// The models that a model refers to.
    static func names(in model: REST.Model) -> Set<String> {
        guard let schema = model.parsed else { return [] }
        var names: Set<String> = []
        collect(schema, &names)
        return names
    }

    private static func collect(_ value: JSONValue, _ names: inout Set<String>) {
        switch value {
        case .array(let elements): for element in elements { collect(element, &names) }
        case .object(let object):
            for (key, value) in object {
                if key == "$ref", let name = value.string.flatMap(name) { names.insert(name) }
                collect(value, &names)
            }
        default: break
        }
    }

    /// The schema with all models that it refers to, by however many steps, in its own `definitions`.
    static func flat(_ model: REST.Model, in api: RESTAPI) -> String? {
        guard case .object(var schema)? = model.parsed else { return model.schema }
        var definitions = schema["definitions"]?.object ?? [:]
        var pending = names(in: model).sorted()
        var seen: Set = [model.name]
        while let name = pending.popLast() {
            guard seen.insert(name).inserted, let other = api.models[name], let parsed = other.parsed else { continue }
            definitions[name] = local(parsed)
            pending += names(in: other).sorted()
        }
        guard !definitions.isEmpty else { return model.schema }
        schema = local(.object(schema)).object ?? schema
        schema["definitions"] = .object(definitions)
        return String(decoding: JSONValue.object(schema).bytes, as: UTF8.self)
    }

    private static func local(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let elements): return .array(elements.map(local))
        case .object(let object):
            return .object(
                JSONObject(
                    object.map { key, value in
                        if key == "$ref", let name = value.string.flatMap(name) {
                            return (key, .string("#/definitions/\(name)"))
                        }
                        return (key, local(value))
                    }))
        default: return value
        }
    }
}

extension REST.Model {
    var parsed: JSONValue? { schema.flatMap { try? JSONValue(parsing: Array($0.utf8)) } }
}
