/// Words that a message holds or does not: `ERROR "not found" -debug`, or one of several: `?ERROR ?WARN`.
struct TermPattern: Sendable {
    private enum Term: Sendable {
        case text([UInt8])
        case expression(FilterExpression)
    }

    private var required: [Term] = []
    private var optional: [Term] = []
    private var excluded: [Term] = []

    init(_ cursor: inout PatternCursor) throws(LogError) {
        cursor.skipBlanks()
        while !cursor.isAtEnd {
            let isOptional = cursor.take("?")
            let isExcluded = !isOptional && cursor.take("-")
            let term = try Self.term(&cursor)
            if isOptional {
                optional.append(term)
            } else if isExcluded {
                excluded.append(term)
            } else {
                required.append(term)
            }
            cursor.skipBlanks()
        }
    }

    private static func term(_ cursor: inout PatternCursor) throws(LogError) -> Term {
        switch cursor.next {
        case UInt8(ascii: "\"")?:
            let text = try cursor.quoted()
            guard !text.isEmpty else { throw .wrongTerm("\"\"") }
            return .text(text)
        case UInt8(ascii: "%")?: return .expression(try cursor.expression(most: LogLimits.filterPatternLength))
        default:
            // Letters of other scripts as well.
            let word = cursor.take { $0.isWord || $0 >= 0x80 }
            guard cursor.isAtEnd || cursor.next?.isBlank == true else {
                throw .wrongTerm(
                    String(decoding: cursor.take { !$0.isWord && !$0.isBlank && $0 < 0x80 }, as: UTF8.self))
            }
            guard !word.isEmpty else { throw .wrongPattern }
            return .text(word)
        }
    }

    /// Beside others, terms with a question mark say nothing (documented).
    func matches(_ message: [UInt8], _ steps: inout MatchingSteps) -> Bool {
        func holds(_ term: Term) -> Bool {
            switch term {
            case .text(let text): message.firstPlace(of: text) != nil
            case .expression(let expression): expression.matches(message, &steps)
            }
        }
        guard required.allSatisfy(holds), !excluded.contains(where: holds) else { return false }
        return !required.isEmpty || !excluded.isEmpty || optional.contains(where: holds)
    }
}
