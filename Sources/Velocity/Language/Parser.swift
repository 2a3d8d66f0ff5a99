/// Reads template text into a program, the way Velocity 1.7 reads it: text that is not clearly meant as language is text.
///
/// One pass from left to right; a string with references in it is read once more for each level of quotes.
struct Parser {
    var builder = ProgramBuilder()
    /// The template's text, and behind it the strings of it that had to be decoded.
    var bytes: [UInt8]
    var position = 0
    /// Where the text being read ends: the template's end, or that of the string in it.
    var end: Int
    /// Velocity reads a string as if a space stood behind it, so that it may end in `$` or `#`; not one with a comment.
    var mayEndOpen = false
    private(set) var depth = 0
    /// The ends of the loops of the routine being read: instructions to mend once the end is known.
    var loopExits: [[Int]] = []

    init(_ text: [UInt8]) throws(TemplateError) {
        guard text.count <= TemplateLimits.templateBytes else {
            throw TemplateError(
                line: 1, column: 1, message: "a template has at most \(TemplateLimits.templateBytes / 1024) KB")
        }
        bytes = text
        end = text.count
        builder.program.textCount = text.count
    }

    mutating func parse() throws(TemplateError) -> Program {
        let outer = builder.beginRoutine()
        try block(until: .endOfText)
        builder.program.entry = Int(builder.endRoutine(outer: outer))
        nameShortcuts()
        builder.program.bytes = bytes
        return builder.program
    }

    // MARK: - Text

    /// What may close a block.
    enum Closing {
        case endOfText
        /// `#end`, `#else` or `#elseif`
        case branch
        /// `#end`
        case directive
    }

    enum Closed {
        case endOfText
        case end
        case otherwise(at: Int)
        case elseIf(at: Int)
    }

    /// Reads statements up to what closes them, and that too.
    @discardableResult
    mutating func block(until closing: Closing) throws(TemplateError) -> Closed {
        try enter()
        defer { depth -= 1 }
        while position < end {
            let start = position
            skipText()
            if position > start {
                // Spaces before #set belong to it, but only where they begin what is read as text.
                let isIndent = opensSet(position) && (start..<position).allSatisfy { isBlank(bytes[$0]) }
                if !isIndent { builder.text(start..<position) }
                continue
            }
            switch bytes[position] {
            case UInt8(ascii: "$"): try referenceStatement(backslashes: 0)
            case UInt8(ascii: "\\"): try backslashes()
            default:
                if let closed = try hash(closing) { return closed }
            }
        }
        guard case .endOfText = closing else { throw error("#end is missing", at: end) }
        return .endOfText
    }

    private mutating func skipText() {
        while position < end {
            switch bytes[position] {
            case UInt8(ascii: "$"), UInt8(ascii: "#"), UInt8(ascii: "\\"): return
            default: position += 1
            }
        }
    }

    /// Backslashes mean something only before a reference or a directive; elsewhere they are text.
    private mutating func backslashes() throws(TemplateError) {
        let start = position
        while byte(position) == UInt8(ascii: "\\") { position += 1 }
        let count = position - start
        switch byte(position) {
        case UInt8(ascii: "$"):
            try referenceStatement(backslashes: count)
        case UInt8(ascii: "#"):
            guard let word = directiveWord(position) else { return builder.text(start..<position) }
            let isDirective = Self.directives.contains(text(word.name))
            if count.isMultiple(of: 2) {
                // Half of them before a directive, but Velocity forgets #set here.
                builder.text(start..<(isDirective && !opensSet(position) ? start + count / 2 : position))
            } else if isDirective {
                builder.text(start..<(start + count / 2))
                builder.text(position..<word.end)
                position = word.end
            } else {
                builder.text(start..<word.end)
                position = word.end
            }
        default: builder.text(start..<position)
        }
    }

    /// Reads what begins with `#`; returns what it closes.
    private mutating func hash(_ closing: Closing) throws(TemplateError) -> Closed? {
        let start = position
        switch byte(start + 1) {
        case nil:
            guard mayEndOpen else { throw error("'#' ends the template", at: start) }
            position = end
            builder.text(start..<end)
        case UInt8(ascii: "["):
            guard byte(start + 2) == UInt8(ascii: "[") else {
                literalHash()
                return nil
            }
            guard let close = find("]]#", from: start + 3) else { throw error("#[[ without ]]#", at: start) }
            builder.text((start + 3)..<close)
            position = close + 3
        case UInt8(ascii: "*"):
            let body = byte(start + 2) == UInt8(ascii: "*") && byte(start + 3) != UInt8(ascii: "#") ? 3 : 2
            position = find("*#", from: start + body).map { $0 + 2 } ?? end
        case UInt8(ascii: "#"):
            position = start + 2
            while let byte = byte(position), byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r") { position += 1 }
            skipNewline()
        default:
            if opensSet(start) {
                try set()
            } else if let word = directiveWord(start) {
                return try directive(word, at: start, closing)
            } else {
                literalHash()
            }
        }
        return nil
    }

    // MARK: - Small steps

    func byte(_ offset: Int) -> UInt8? { offset < end ? bytes[offset] : nil }

    func text(_ range: Range<Int>) -> String {
        String(decoding: bytes[range], as: UTF8.self)
    }

    func error(_ message: String, at offset: Int) -> TemplateError {
        var program = builder.program
        program.bytes = bytes
        return program.error(message, at: offset)
    }

    /// Counts one more level of nesting; every caller counts it down again.
    mutating func enter() throws(TemplateError) {
        guard depth < TemplateLimits.nesting else {
            throw error("nested more than \(TemplateLimits.nesting) levels deep", at: position)
        }
        depth += 1
    }

    mutating func leave() { depth -= 1 }

    func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    mutating func skipSpace() {
        while let byte = byte(position), isBlank(byte) || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
            position += 1
        }
    }

    mutating func skipNewline() {
        if byte(position) == UInt8(ascii: "\r") { position += 1 }
        if byte(position) == UInt8(ascii: "\n") { position += 1 }
    }

    /// Directives swallow blanks behind them when nothing else follows on the line.
    mutating func swallowLineEnd() {
        let start = position
        while let byte = byte(position), isBlank(byte) { position += 1 }
        if let byte = byte(position), byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
            skipNewline()
        } else {
            position = start
        }
    }

    func matches(_ word: StaticString, at offset: Int) -> Bool {
        guard offset + word.utf8CodeUnitCount <= end else { return false }
        for index in 0..<word.utf8CodeUnitCount where bytes[offset + index] != word.utf8Start[index] { return false }
        return true
    }

    private func find(_ word: StaticString, from start: Int) -> Int? {
        var offset = start
        while offset < end {
            if bytes[offset] == word.utf8Start[0], matches(word, at: offset) { return offset }
            offset += 1
        }
        return nil
    }
}
