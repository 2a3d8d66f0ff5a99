/// Why a template does not parse or render, and where.
package struct TemplateError: Error, Hashable, CustomStringConvertible {
    package let line: Int
    package let column: Int
    package let message: String

    package init(line: Int, column: Int, message: String) {
        self.line = line
        self.column = column
        self.message = message
    }

    package var description: String { "\(line):\(column): \(message)" }
}

/// A place in a template's text, both from 1; the column counts characters.
package struct TemplatePosition: Hashable, Sendable, CustomStringConvertible {
    package let line: Int
    package let column: Int

    /// The place of the byte at `offset` of `text`.
    init(of offset: Int, in text: some Collection<UInt8>) {
        var line = 1
        var column = 1
        for byte in text.prefix(offset) {
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        self.line = line
        self.column = column
    }

    package var description: String { "\(line):\(column)" }
}
