/// What picks a key out of a message or an answer: of a route, a template, a model, an API key.
///
/// A variable begins with `$`, and `${…}` says where it ends; text may stand around it. `\$` is a dollar, and `$default`
/// stands for itself. Source: Developer Guide, apigateway-websocket-api-selection-expressions.
package struct SelectionExpression: Sendable, Equatable {
    package enum Part: Sendable, Equatable {
        case text(String)
        /// Without the dollar: `request.body.action`.
        case variable(String)
    }

    package let parts: [Part]

    /// Nil for an empty text, and where a variable has no name or no end.
    package init?(_ text: String) {
        var parts: [Part] = []
        var literal = ""
        var rest = text[...]
        func close() {
            if !literal.isEmpty { parts.append(.text(literal)) }
            literal = ""
        }
        while let first = rest.first {
            rest.removeFirst()
            if first == "\\", rest.first == "$" {
                rest.removeFirst()
                literal.append("$")
                continue
            }
            guard first == "$" else {
                literal.append(first)
                continue
            }
            var name: Substring
            if rest.first == "{" {
                guard let end = rest.firstIndex(of: "}") else { return nil }
                name = rest[rest.index(after: rest.startIndex)..<end]
                rest = rest[rest.index(after: end)...]
            } else {
                name = rest.prefix(while: Self.isOfName)
                rest = rest[name.endIndex...]
                guard name != "default" else {
                    literal += "$default"
                    continue
                }
            }
            guard !name.isEmpty, !name.contains("{"), !name.contains("$") else { return nil }
            close()
            parts.append(.variable(String(name)))
        }
        close()
        guard !parts.isEmpty else { return nil }
        self.parts = parts
    }

    /// All names that it asks for.
    package var variables: [String] {
        parts.compactMap { if case .variable(let name) = $0 { name } else { nil } }
    }

    private static func isOfName(_ character: Character) -> Bool {
        guard let byte = character.asciiValue else { return false }
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            return true
        default: return "_-.[]'".utf8.contains(byte)
        }
    }
}
