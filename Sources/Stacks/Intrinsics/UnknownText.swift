/// What stands for a value that is known only when a resource is made: no value that was recorded is the same.
package enum UnknownText {
    private static let ending = ", not made yet)"
    /// What AWS shows in its place.
    static let shown = "{{changeSet:KNOWN_AFTER_APPLY}}"

    /// - Parameter what: `Api` or `Api.Endpoint`.
    package static func of(_ what: String) -> String { "(\(what)\(ending)" }

    static func stands(in text: String) -> Bool { text.contains(ending) }

    /// The text as a change set shows it.
    static func shown(_ text: String) -> String {
        var result = ""
        var rest = text[...]
        while let end = rest.firstRange(of: ending), let start = rest[..<end.lowerBound].lastIndex(of: "(") {
            result += rest[..<start] + shown
            rest = rest[end.upperBound...]
        }
        return result + rest
    }
}
