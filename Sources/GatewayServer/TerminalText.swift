/// Text of clients and functions on its way to a terminal.
package enum TerminalText {
    /// Longer ones are cut: a token may name an issuer of many kilobytes.
    static let limit = 4_000

    /// The text without what a terminal would obey. Its further lines are indented, so that none passes for a line of
    /// the log's own.
    package static func safe(_ text: String) -> String {
        var result = ""
        for (count, scalar) in text.unicodeScalars.enumerated() {
            guard count < limit else { return result + "…" }
            switch scalar.properties.generalCategory {
            case _ where scalar == "\n": result += "\n    "
            case _ where scalar == "\t": result += "\t"
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse:
                result += "\\u{\(String(scalar.value, radix: 16))}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
