/// Walks along the text of a pattern.
struct PatternCursor {
    private let text: [UInt8]
    private var place = 0
    /// Expressions that were read, which are counted.
    private var expressions = 0

    init(_ text: [UInt8]) { self.text = text }

    var isAtEnd: Bool { place >= text.count }
    var next: UInt8? { place < text.count ? text[place] : nil }

    mutating func skipBlanks() {
        while let byte = next, byte.isBlank { place += 1 }
    }

    mutating func take() -> UInt8? {
        guard let byte = next else { return nil }
        place += 1
        return byte
    }

    /// Passes over a word or an operator that follows.
    mutating func take(_ word: String) -> Bool {
        guard text[place...].starts(with: word.utf8) else { return false }
        place += word.utf8.count
        return true
    }

    mutating func need(_ word: String) throws(LogError) {
        skipBlanks()
        guard take(word) else { throw .wrongPattern }
    }

    mutating func take(while isPart: (UInt8) -> Bool) -> [UInt8] {
        let start = place
        while let byte = next, isPart(byte) { place += 1 }
        return Array(text[start..<place])
    }

    /// What stands in quotation marks, the first of which is next; a backslash takes the next letter as it is.
    mutating func quoted() throws(LogError) -> [UInt8] {
        var content: [UInt8] = []
        place += 1
        while let byte = take() {
            switch byte {
            case UInt8(ascii: "\""): return content
            case UInt8(ascii: "\\"):
                guard let escaped = take() else { throw .wrongPattern }
                content.append(escaped)
            default: content.append(byte)
            }
        }
        throw .wrongPattern
    }

    /// The expression between percent signs, the first of which is next.
    mutating func expression(most: Int) throws(LogError) -> FilterExpression {
        var content: [UInt8] = []
        place += 1
        while let byte = take() {
            if byte == UInt8(ascii: "%") {
                expressions += 1
                guard !content.isEmpty, expressions <= most else { throw .wrongPattern }
                return try FilterExpression(content)
            }
            content.append(byte)
            if byte == UInt8(ascii: "\\"), let escaped = take() { content.append(escaped) }
        }
        throw .wrongPattern
    }
}
