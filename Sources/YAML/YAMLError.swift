/// Why a text is not read.
package struct YAMLError: Error, Hashable, Sendable {
    /// Whether the text breaks YAML's own rules; else it asks for more than is read.
    package let isSyntax: Bool
    package let reason: String
    /// From 1, as the column.
    package let line: Int?
    package let column: Int?

    init(_ reason: String, line: Int?, column: Int? = nil) {
        isSyntax = false
        self.reason = reason
        self.line = line
        self.column = column
    }

    init(syntax reason: String, line: Int?, column: Int? = nil) {
        isSyntax = true
        self.reason = reason
        self.line = line
        self.column = column
    }
}
