import JSON

/// Finds references to components that are not there, which the service tells as parse issues.
struct References {
    private let document: JSONValue

    init(_ document: JSONValue) { self.document = document }

    /// Looks into the parts of an operation that may refer to schemas, parameters and responses.
    func missing(in operation: JSONValue, at place: String) -> [String] {
        var issues: [String] = []
        for key in ["parameters", "requestBody", "responses"] {
            if let part = operation[key] { collect(part, "\(place).\(key)", depth: 0, &issues) }
        }
        return issues
    }

    private func collect(_ value: JSONValue, _ path: String, depth: Int, _ issues: inout [String]) {
        guard depth < DocumentLimits.depth else { return }
        switch value {
        case .array(let elements):
            for (position, element) in elements.enumerated() {
                collect(element, "\(path).[\(position)]", depth: depth + 1, &issues)
            }
        case .object(let object):
            for (key, value) in object {
                if key == "$ref", let reference = value.string, reference.hasPrefix("#/"), !exists(reference) {
                    issues.append("Parse issue: attribute \(path).\(reference) is missing")
                } else {
                    // The service's path names no media type.
                    collect(value, key.contains("/") ? path : "\(path).\(key)", depth: depth + 1, &issues)
                }
            }
        default: break
        }
    }

    private func exists(_ reference: String) -> Bool {
        var value: JSONValue? = document
        for part in reference.dropFirst(2).split(separator: "/", omittingEmptySubsequences: false) {
            // JSON Pointer (RFC 6901 section 4).
            let key = part.replacing("~1", with: "/").replacing("~0", with: "~")
            value = value?[String(key)]
        }
        return value != nil
    }
}
