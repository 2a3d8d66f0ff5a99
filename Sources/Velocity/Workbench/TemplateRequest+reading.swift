package import JSON

/// Why a request that was written down cannot be read.
package struct TemplateRequestError: Error, Hashable, CustomStringConvertible {
    package let description: String
}

extension TemplateRequest {
    /// Reads a request from a file's JSON:
    ///
    ///     {"body": …, "params": {"path": {}, "querystring": {}, "header": {}}, "stageVariables": {}, "context": {}}
    ///
    /// A body that is no string stands for its JSON text. Every member may be absent, and no other may be there.
    package convenience init(_ value: JSONValue) throws(TemplateRequestError) {
        let request = try Self.members(value, "a request", known: ["body", "params", "stageVariables", "context"])
        let params = try Self.members(
            request["params"] ?? .object(JSONObject()), "params", known: ["path", "querystring", "header"])
        let body: String =
            switch request["body"] {
            case nil: ""
            case .string(let text)?: text
            case let value?: value.text
            }
        self.init(
            body: body, path: try Self.texts(params["path"], "params.path"),
            querystring: try Self.texts(params["querystring"], "params.querystring"),
            header: try Self.texts(params["header"], "params.header"),
            stageVariables: try Self.texts(request["stageVariables"], "stageVariables"),
            context: try Self.members(request["context"] ?? .object(JSONObject()), "context", known: nil))
    }

    private static func members(
        _ value: JSONValue, _ name: String, known: [String]?
    ) throws(TemplateRequestError) -> JSONObject {
        guard case .object(let object) = value else {
            throw TemplateRequestError(description: "\(name) is to be an object, not a \(value.kind)")
        }
        if let known, let other = object.keys.first(where: { !known.contains($0) }) {
            throw TemplateRequestError(
                description: "\(name) has no member \"\(other)\": it has \(known.joined(separator: ", "))")
        }
        return object
    }

    private static func texts(
        _ value: JSONValue?, _ name: String
    ) throws(TemplateRequestError) -> [(name: String, value: String)] {
        guard let value else { return [] }
        var texts: [(name: String, value: String)] = []
        for member in try members(value, name, known: nil) {
            guard case .string(let text) = member.value else {
                throw TemplateRequestError(description: "\(name).\(member.key) is to be a string")
            }
            texts.append((member.key, text))
        }
        return texts
    }
}
