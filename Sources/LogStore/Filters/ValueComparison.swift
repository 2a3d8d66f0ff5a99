/// How a value is compared with one of a pattern: `= 4*`, `!= "a b"`, `>= 10`, `= %regex%`.
struct ValueComparison: Sendable {
    enum Sign: String, CaseIterable, Sendable {
        // Longer ones first.
        case notEqual = "!="
        case atMost = "<="
        case atLeast = ">="
        case equal = "="
        case less = "<"
        case more = ">"
    }

    private enum Wanted: Sendable {
        case text(StarredText)
        case number(Double, StarredText)
        case expression(FilterExpression)
    }

    private let sign: Sign
    private let wanted: Wanted

    /// What a value without quotation marks ends at.
    private static let ends = Set(#"&|,()[]{}="!<>"#.utf8)

    /// Nil where no sign follows.
    init?(_ cursor: inout PatternCursor) throws(LogError) {
        cursor.skipBlanks()
        guard let sign = Sign.allCases.first(where: { cursor.take($0.rawValue) }) else { return nil }
        self.sign = sign
        cursor.skipBlanks()
        switch cursor.next {
        case UInt8(ascii: "\"")?: wanted = .text(StarredText(try cursor.quoted()))
        case UInt8(ascii: "%")?: wanted = .expression(try cursor.expression(most: LogLimits.regularExpressions))
        default:
            let word = cursor.take { !$0.isBlank && !Self.ends.contains($0) }
            guard !word.isEmpty else { throw .wrongPattern }
            let text = StarredText(word)
            wanted = Self.number(word).map { .number($0, text) } ?? .text(text)
        }
        if ![.equal, .notEqual].contains(sign) {
            // Only numbers have an order.
            guard case .number = wanted else { throw .wrongPattern }
        }
    }

    func holds(_ value: [UInt8], _ steps: inout MatchingSteps) -> Bool {
        switch wanted {
        case .expression(let expression): return expression.matches(value, &steps) == (sign == .equal)
        case .text(let text): return text.matches(value) == (sign == .equal)
        case .number(let number, let text):
            guard let value = Self.number(value) else {
                return sign == .notEqual || sign == .equal && text.matches(value)
            }
            switch sign {
            case .equal: return value == number
            case .notEqual: return value != number
            case .less: return value < number
            case .atMost: return value <= number
            case .more: return value > number
            case .atLeast: return value >= number
            }
        }
    }

    /// As JSON writes numbers, with a sign in front or not; no words that mean infinity.
    private static func number(_ text: [UInt8]) -> Double? {
        guard !text.isEmpty, text.allSatisfy({ ($0 >= 0x30 && $0 <= 0x39) || "+-.eE".utf8.contains($0) }) else {
            return nil
        }
        return Double(String(decoding: text, as: UTF8.self))
    }
}

/// Comparisons that hold together: `&&` binds closer than `||`, parentheses closer than both.
indirect enum Combined<Part: Sendable>: Sendable {
    case part(Part)
    case all([Combined])
    case any([Combined])

    init(
        _ cursor: inout PatternCursor, nesting: Int = 0, _ part: (inout PatternCursor) throws(LogError) -> Part
    ) throws(LogError) {
        guard nesting < LogLimits.patternNesting else { throw .wrongPattern }
        var choices: [Combined] = []
        repeat {
            var parts: [Combined] = []
            repeat {
                cursor.skipBlanks()
                if cursor.take("(") {
                    parts.append(try Combined(&cursor, nesting: nesting + 1, part))
                    try cursor.need(")")
                } else {
                    parts.append(.part(try part(&cursor)))
                }
                cursor.skipBlanks()
            } while cursor.take("&&")
            choices.append(parts.count == 1 ? parts[0] : .all(parts))
        } while cursor.take("||")
        self = choices.count == 1 ? choices[0] : .any(choices)
    }

    func holds(_ holds: (Part) -> Bool) -> Bool {
        switch self {
        case .part(let part): holds(part)
        case .all(let parts): parts.allSatisfy { $0.holds(holds) }
        case .any(let parts): parts.contains { $0.holds(holds) }
        }
    }

    var parts: [Part] {
        switch self {
        case .part(let part): [part]
        case .all(let parts), .any(let parts): parts.flatMap(\.parts)
        }
    }
}
