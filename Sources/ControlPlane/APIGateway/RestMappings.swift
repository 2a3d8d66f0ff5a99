import GatewayModel
import JSON

/// A place that parameters are mapped to or from: `method.request.header.X`.
struct MappingPlace {
    enum Kind: String {
        case header
        case querystring
        case path
        case body
    }

    let kind: Kind
    /// All values of a name, not the last one.
    let isMultivalue: Bool
    /// Of the parameter; for a body the JSON path, or nothing.
    let name: String

    /// - Parameter message: what the place belongs to, such as `method.request`.
    init?(_ text: String, of message: String) {
        guard text.hasPrefix(message + ".") else { return nil }
        let rest = text.dropFirst(message.utf8.count + 1)
        let word = rest.prefix { $0 != "." }
        let tail = rest.dropFirst(word.count)
        let name = tail.dropFirst()
        switch word {
        case "body":
            // A path may follow: `.pets[0].name`, or `[0]`.
            self.init(.body, false, String(name))
            return
        case "header", "querystring", "path": self.init(Kind(rawValue: String(word)) ?? .header, false, String(name))
        case "multivalueheader": self.init(.header, true, String(name))
        case "multivaluequerystring": self.init(.querystring, true, String(name))
        default: return nil
        }
        guard tail.hasPrefix("."), Self.isName(name) else { return nil }
    }

    private init(_ kind: Kind, _ isMultivalue: Bool, _ name: String) {
        self.kind = kind
        self.isMultivalue = isMultivalue
        self.name = name
    }

    /// `^[a-zA-Z0-9._$-]+$`
    private static func isName(_ name: Substring) -> Bool { name.isWord(and: ".$") }
}

/// Sources and destinations of parameter mappings. Source: docs/rest-api-parameter-mapping-sources.
enum RestMappings {
    /// Of an integration: what it may set, and from what the method declares.
    static func checkRequest(_ mappings: OrderedMap<String>, of method: REST.Method) throws(ServiceError) {
        for (destination, source) in mappings {
            guard let place = MappingPlace(destination, of: "integration.request"), place.kind != .body,
                !place.isMultivalue
            else { throw RESTError.invalidMapping("Invalid mapping expression specified: \(destination)") }
            if let declared = MappingPlace(source, of: "method.request") {
                guard declared.kind == .body || method.declares(declared) else {
                    throw RESTError.invalidMapping("Invalid mapping expression parameter specified: \(source)")
                }
            } else if !isGeneral(source) {
                throw RESTError.invalidMapping("Invalid mapping expression specified: \(source)")
            }
        }
    }

    /// Of an integration response: headers that the method response declares.
    static func checkResponse(
        _ mappings: OrderedMap<String>, of method: REST.Method, statusCode: String
    ) throws(ServiceError) {
        for (destination, source) in mappings {
            guard let place = MappingPlace(destination, of: "method.response"), place.kind == .header,
                !place.isMultivalue
            else { throw RESTError.invalidMapping("Invalid mapping expression specified: \(destination)") }
            guard let response = method.methodResponses?[statusCode] else {
                throw RESTError.invalidMapping("No method response exists for method.")
            }
            guard response.responseParameters?[destination] != nil else {
                throw RESTError.invalidMapping("Invalid mapping expression parameter specified: \(destination)")
            }
            let found = MappingPlace(source, of: "integration.response")
            guard found?.kind == .header || found?.kind == .body || isGeneral(source) else {
                throw RESTError.invalidMapping("Invalid mapping expression specified: \(source)")
            }
        }
    }

    /// A stage variable, something of the context, or a text in quotation marks.
    static func isGeneral(_ source: String) -> Bool {
        if source.hasPrefix("'") { return source.utf8.count >= 2 && source.hasSuffix("'") }
        for prefix in ["stageVariables.", "context."] where source.hasPrefix(prefix) {
            return source.dropFirst(prefix.count).isWord(and: ".$")
        }
        return false
    }
}

extension REST.Method {
    /// Whether the method declares the parameter, by whatever name its values go.
    fileprivate func declares(_ place: MappingPlace) -> Bool {
        requestParameters?.keys.contains("method.request.\(place.kind.rawValue).\(place.name)") == true
    }
}

/// Keys of templates and models.
enum MediaTypes {
    static func check(_ type: String) throws(ServiceError) {
        guard type != "$default" else { return }
        let parts = type.prefix { $0 != ";" }.split(separator: "/", omittingEmptySubsequences: false)
        // It becomes a field of answers: nothing in it may end a line.
        let isText = type.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
        guard isText, parts.count == 2, parts.allSatisfy({ $0.isWord(and: ".+*!#$&^") }) else {
            throw RESTError.invalidResult("", "Invalid content type specified: \(type)")
        }
    }

    /// Templates by media type; an empty one is none, and is shown as null.
    static func templates(_ templates: OrderedMap<String?>?) throws(ServiceError) -> OrderedMap<String?>? {
        guard let templates else { return nil }
        var stored: OrderedMap<String?> = [:]
        for (type, template) in templates {
            try check(type)
            stored[type] = .some(try self.template(template))
        }
        return stored
    }

    static func template(_ text: String?) throws(ServiceError) -> String? {
        guard let text, !text.isEmpty else { return nil }
        guard text.utf8.count <= RESTQuotas.templateBytes else {
            throw RESTError.badRequest("A mapping template can have at most \(RESTQuotas.templateBytes) bytes.")
        }
        return text
    }
}
