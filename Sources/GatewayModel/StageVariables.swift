package import JSON

/// `${stageVariables.name}` in URIs of integrations.
package enum StageVariables {
    /// Replaces `${stageVariables.name}`; nil when a variable is not defined.
    package static func substitute(_ text: String, _ variables: OrderedMap<String>) -> String? {
        var result = ""
        var rest = text[...]
        while let open = rest.firstRange(of: "${stageVariables.") {
            result += rest[..<open.lowerBound]
            let after = rest[open.upperBound...]
            guard let close = after.firstIndex(of: "}"), let value = variables[String(after[..<close])] else {
                return nil
            }
            result += value
            rest = after[after.index(after: close)...]
        }
        return result + rest
    }

    /// Replaces `${stageVariables.name}`; one that is not defined is empty.
    package static func fill(_ text: String, _ variables: OrderedMap<String>) -> String {
        var result = ""
        var rest = text[...]
        while let open = rest.firstRange(of: "${stageVariables."),
            let close = rest[open.upperBound...].firstIndex(of: "}")
        {
            result += rest[..<open.lowerBound]
            result += variables[String(rest[open.upperBound..<close])] ?? ""
            rest = rest[rest.index(after: close)...]
        }
        return result + rest
    }
}
