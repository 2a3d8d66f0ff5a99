/// What all grammars of expressions share: tokens, paths, functions, and the faults of syntax.
///
/// Parsing gives a tree that still has the names as they were written; the scope of the request is asked afterwards,
/// so that a fault of syntax comes before all others.
struct ExpressionParser {
    let kind: ExpressionKind
    private let bytes: [UInt8]
    private let tokens: [ExpressionToken]
    private var position = 0
    private var operators = 0
    private var depth = 0
    /// Whether something stood in two pairs of parentheses.
    var hasRedundantParentheses = false

    init(_ text: String, kind: ExpressionKind) throws(TableError) {
        self.kind = kind
        bytes = Array(text.utf8)
        guard bytes.count <= ExpressionLimits.bytes else {
            // Update expressions do not tell their size.
            let size = kind == .update ? "" : " expression size: \(bytes.count)"
            throw kind.fault("Expression size has exceeded the maximum allowed size;\(size)")
        }
        tokens = ExpressionLexer.tokens(of: bytes)
        guard tokens.count > 1 else { throw kind.fault("The expression can not be empty;") }
    }

    /// The token that is next to be consumed; the end comes again and again.
    var current: ExpressionToken { tokens[min(position, tokens.count - 1)] }

    mutating func advance() { position += 1 }

    mutating func take(_ symbol: StaticString) -> Bool {
        guard current.isSymbol(symbol) else { return false }
        position += 1
        return true
    }

    mutating func takeKeyword(_ keyword: StaticString) -> Bool {
        guard current.isKeyword(keyword) else { return false }
        position += 1
        return true
    }

    mutating func expect(_ symbol: StaticString) throws(TableError) {
        guard take(symbol) else { throw syntaxFault() }
    }

    func expectEnd() throws(TableError) {
        guard current.kind == .end else { throw syntaxFault() }
    }

    /// The current token is not what should stand there. `near` goes from the token before to the token after it.
    func syntaxFault() -> TableError {
        let place = min(position, tokens.count - 1)
        let start = tokens[max(place - 1, 0)].range.lowerBound
        var end = tokens[place].range.upperBound
        if place + 1 < tokens.count, tokens[place + 1].kind != .end { end = tokens[place + 1].range.upperBound }
        // The end has no text of its own, nor have the blanks before it.
        if tokens[place].kind == .end { end = tokens[max(place - 1, 0)].range.upperBound }
        let near = String(decoding: bytes[start..<max(start, end)], as: UTF8.self)
        return kind.fault("Syntax error; token: \"\(tokens[place].text)\", near: \"\(near)\"")
    }

    mutating func countOperator() throws(TableError) {
        operators += 1
        guard operators <= ExpressionLimits.operatorsAndFunctions else {
            throw kind.fault("The expression contains too many operators; operator count: \(operators)")
        }
    }

    /// Parses what is enclosed by something; `parse` may come here again.
    mutating func nested<Result>(
        _ parse: (inout ExpressionParser) throws(TableError) -> Result
    ) throws(TableError) -> Result {
        depth += 1
        defer { depth -= 1 }
        guard depth <= ExpressionLimits.nestedParentheses else {
            throw kind.fault("The expression contains too many nested parentheses;")
        }
        return try parse(&self)
    }
}

/// A document path as it is written.
struct WrittenPath: Sendable {
    enum Step: Sendable {
        case name(String)
        case alias(String)
        case index(Int)
    }

    var steps: [Step]
}

extension ExpressionParser {
    /// `name`, `#alias`, then `.name`, `.#alias` or `[index]`.
    mutating func path() throws(TableError) -> WrittenPath {
        var path = WrittenPath(steps: [try nameStep()])
        while true {
            if take(".") {
                path.steps.append(try nameStep())
            } else if take("[") {
                guard current.kind == .number else { throw syntaxFault() }
                guard let index = Int(current.text), index <= ExpressionLimits.listIndex else {
                    throw kind.fault("List index is not within the allowable range; index: [\(current.text)]")
                }
                advance()
                try expect("]")
                path.steps.append(.index(index))
            } else {
                break
            }
        }
        guard path.steps.count <= ExpressionLimits.pathSteps else {
            throw kind.fault(
                "The document path has too many nesting elements; nesting levels: \(path.steps.count)")
        }
        return path
    }

    private mutating func nameStep() throws(TableError) -> WrittenPath.Step {
        let token = current
        switch token.kind {
        case .word where !Self.isOperatorWord(token):
            advance()
            return .name(token.text)
        case .nameAlias:
            advance()
            return .alias(token.text)
        default: throw syntaxFault()
        }
    }

    /// Words that are part of the grammar are never names, even where no other word could stand.
    private static func isOperatorWord(_ token: ExpressionToken) -> Bool {
        token.isKeyword("AND") || token.isKeyword("OR") || token.isKeyword("NOT") || token.isKeyword("IN")
            || token.isKeyword("BETWEEN")
    }
}

/// An operand as it is written.
indirect enum WrittenOperand: Sendable {
    case path(WrittenPath)
    case value(String)
    case function(String, [WrittenOperand])
}

extension ExpressionParser {
    /// A path, a value, or a function with its operands; no parentheses around it.
    mutating func operand() throws(TableError) -> WrittenOperand {
        let token = current
        switch token.kind {
        case .valueAlias:
            advance()
            return .value(token.text)
        case .word where isFunctionNext:
            advance()
            return .function(token.text, try arguments())
        case .word, .nameAlias: return .path(try path())
        default: throw syntaxFault()
        }
    }

    /// An operand, or one in parentheses.
    mutating func operandInParentheses() throws(TableError) -> WrittenOperand {
        guard take("(") else { return try operand() }
        let isNested = current.isSymbol("(")
        let operand = try nested { parser throws(TableError) in try parser.operandInParentheses() }
        try expect(")")
        if isNested { hasRedundantParentheses = true }
        return operand
    }

    private var isFunctionNext: Bool {
        !Self.isOperatorWord(current) && position + 1 < tokens.count && tokens[position + 1].isSymbol("(")
    }

    private mutating func arguments() throws(TableError) -> [WrittenOperand] {
        try countOperator()
        try expect("(")
        let arguments = try nested { parser throws(TableError) in
            var arguments = [try parser.operandInParentheses()]
            while parser.take(",") { arguments.append(try parser.operandInParentheses()) }
            return arguments
        }
        try expect(")")
        return arguments
    }
}
