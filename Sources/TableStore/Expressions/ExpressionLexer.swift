/// A token of an expression, and where it stands in the text.
struct ExpressionToken: Sendable {
    enum Kind: Sendable {
        /// A keyword, or the name of a function or an attribute.
        case word
        /// `#name`, of ExpressionAttributeNames.
        case nameAlias
        /// `:value`, of ExpressionAttributeValues.
        case valueAlias
        /// Digits, as in a list index.
        case number
        /// One of `( ) [ ] , . = <> < <= > >= + -`.
        case symbol
        /// A character that no expression has.
        case unknown
        case end
    }

    let kind: Kind
    let text: String
    let range: Range<Int>

    func isSymbol(_ symbol: StaticString) -> Bool { kind == .symbol && text == symbol.description }

    /// Keywords are not case-sensitive. `keyword` is in capitals.
    func isKeyword(_ keyword: StaticString) -> Bool {
        guard kind == .word, text.utf8.count == keyword.utf8CodeUnitCount else { return false }
        return text.uppercased() == keyword.description
    }
}

/// Cuts the text of an expression into tokens.
struct ExpressionLexer {
    private let bytes: [UInt8]
    private var position = 0

    /// All tokens; the last one is the end.
    static func tokens(of text: [UInt8]) -> [ExpressionToken] {
        var lexer = ExpressionLexer(bytes: text)
        var tokens: [ExpressionToken] = []
        repeat { tokens.append(lexer.next()) } while tokens.last?.kind != .end
        return tokens
    }

    /// Whether a name, or an alias behind its sign, may have this byte.
    static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"): true
        default: isDigit(byte)
        }
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func next() -> ExpressionToken {
        skip { $0 == 0x20 || (0x09...0x0D).contains($0) }
        let start = position
        guard let first = current else { return ExpressionToken(kind: .end, text: "<EOF>", range: start..<start) }
        position += 1
        switch first {
        case UInt8(ascii: "#"), UInt8(ascii: ":"):
            skip(Self.isNameByte)
            guard position > start + 1 else { return token(.unknown, from: start) }
            return token(first == UInt8(ascii: "#") ? .nameAlias : .valueAlias, from: start)
        case UInt8(ascii: "<"):
            if current == UInt8(ascii: ">") || current == UInt8(ascii: "=") { position += 1 }
            return token(.symbol, from: start)
        case UInt8(ascii: ">"):
            if current == UInt8(ascii: "=") { position += 1 }
            return token(.symbol, from: start)
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: ","),
            UInt8(ascii: "."), UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"):
            return token(.symbol, from: start)
        case _ where Self.isDigit(first):
            skip(Self.isDigit)
            return token(.number, from: start)
        // A bare name begins with a letter, though `_` may stand inside it and anywhere in an alias.
        case _ where first != UInt8(ascii: "_") && Self.isNameByte(first):
            skip(Self.isNameByte)
            return token(.word, from: start)
        default:
            // The other bytes of the same character.
            skip { $0 & 0xC0 == 0x80 }
            return token(.unknown, from: start)
        }
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skip(_ isPart: (UInt8) -> Bool) {
        while let byte = current, isPart(byte) { position += 1 }
    }

    private func token(_ kind: ExpressionToken.Kind, from start: Int) -> ExpressionToken {
        ExpressionToken(
            kind: kind, text: String(decoding: bytes[start..<position], as: UTF8.self), range: start..<position)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
