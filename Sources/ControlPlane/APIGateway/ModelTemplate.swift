import GatewayModel
import JSON

/// A mapping template that makes something of a model's shape, as a start for one's own.
enum ModelTemplate {
    /// What the template may nest; models may refer to themselves.
    private static let maximumDepth = 16
    private static let maximumLength = 100_000

    /// - Parameter models: by name.
    static func text(of model: REST.Model, models: @escaping (String) -> REST.Model?) -> String {
        var writer = Writer(models: models)
        if let schema = model.parsed { writer.write(schema, of: schema, "$inputRoot", depth: 0) }
        return "#set($inputRoot = $input.path('$'))\n" + writer.text
    }

    private struct Writer {
        let models: (String) -> REST.Model?
        var text = ""

        mutating func write(_ schema: JSONValue, of root: JSONValue, _ variable: String, depth: Int) {
            guard depth < maximumDepth, text.utf8.count < maximumLength else {
                text += "{ }"
                return
            }
            if let reference = schema["$ref"]?.string {
                let (found, foundRoot) = resolve(reference, root)
                return write(found, of: foundRoot, variable, depth: depth + 1)
            }
            switch schema["type"]?.string ?? (schema["properties"] == nil ? "" : "object") {
            case "string": text += "\"foo\""
            case "integer": text += "42"
            case "number": text += "42.0"
            case "boolean": text += "true"
            case "null": text += "null"
            case "array": writeArray(schema["items"] ?? [:], root, variable, depth)
            default: writeObject(schema["properties"]?.object ?? [:], root, variable, depth)
            }
        }

        private mutating func writeObject(_ properties: JSONObject, _ root: JSONValue, _ variable: String, _ depth: Int)
        {
            guard !properties.isEmpty else {
                text += "{ }"
                return
            }
            let indent = String(repeating: "  ", count: depth)
            text += "{\n"
            for (position, (name, schema)) in properties.enumerated() {
                text += "\(indent)  \"\(name)\" : "
                write(schema, of: root, "\(variable).\(name)", depth: depth + 1)
                text += position == properties.count - 1 ? "\n" : ",\n"
            }
            text += indent + "}"
        }

        private mutating func writeArray(_ items: JSONValue, _ root: JSONValue, _ variable: String, _ depth: Int) {
            let indent = String(repeating: "  ", count: depth)
            text += "[\n##TODO: Update this foreach loop to reference array from input json\n"
            text += "#foreach($elem in \(variable))\n\(indent)  "
            write(items, of: root, "$elem", depth: depth + 1)
            text += "#if($foreach.hasNext),#end\n\n#end\n\(indent)]"
        }

        /// Another model, or a place in the same one.
        private func resolve(_ reference: String, _ root: JSONValue) -> (JSONValue, JSONValue) {
            if let name = ModelReferences.name(in: reference), let schema = models(name)?.parsed {
                return (schema, schema)
            }
            guard reference.hasPrefix("#") else { return ([:], root) }
            var value = root
            for segment in PatchPath(String(reference.dropFirst())).segments where !segment.isEmpty {
                value = value[segment] ?? [:]
            }
            return (value, root)
        }
    }
}
