import BoundedRegex
import JSON

/// What events are chosen by.
///
/// Source: CloudWatch Logs User Guide, FilterAndPatternSyntax and the pages that it leads to.
enum FilterPattern: Sendable {
    case all
    case terms(TermPattern)
    case members(MemberCondition)
    case columns(ColumnPattern)

    init(_ text: String) throws(LogError) {
        let text = Array(text.utf8).trimmed
        guard let first = text.first, let last = text.last else {
            self = .all
            return
        }
        var cursor = PatternCursor(text)
        switch (first, last) {
        case (UInt8(ascii: "{"), UInt8(ascii: "}")): self = .members(try MemberCondition(&cursor))
        case (UInt8(ascii: "["), UInt8(ascii: "]")): self = .columns(try ColumnPattern(&cursor))
        default: self = .terms(try TermPattern(&cursor))
        }
    }

    func matches(_ message: [UInt8], _ steps: inout MatchingSteps) -> Bool {
        switch self {
        case .all: true
        case .terms(let pattern): pattern.matches(message, &steps)
        case .members(let condition):
            // A function's line has an end.
            if let value = try? JSONValue(parsing: message.trimmed) { condition.holds(value, &steps) } else { false }
        case .columns(let pattern): pattern.matches(Columns(message).texts, &steps)
        }
    }

    /// What TestMetricFilter shows of a message that matches.
    func extracted(_ message: [UInt8]) -> JSONObject {
        switch self {
        case .all, .terms: [:]
        case .members(let condition):
            if let value = try? JSONValue(parsing: message.trimmed) { condition.extracted(value) } else { [:] }
        case .columns(let pattern): pattern.extracted(Columns(message).texts)
        }
    }
}

/// What matching may still cost, over all events of a page.
struct MatchingSteps {
    fileprivate(set) var left = LogLimits.searchSteps

    var isExhausted: Bool { left <= 0 }
}

/// A pattern, with what it has cost so far.
struct PatternMatching {
    let pattern: FilterPattern
    private var steps = MatchingSteps()

    init(_ pattern: FilterPattern) { self.pattern = pattern }

    var isExhausted: Bool { steps.isExhausted }

    mutating func matches(_ message: [UInt8]) -> Bool { pattern.matches(message, &steps) }
}

/// A regular expression between percent signs.
struct FilterExpression: Sendable {
    private let pattern: Pattern

    /// Documented: letters, digits and these; parentheses are not among them.
    private static let symbols = Set(#":_#=@/;,-^$?[]{}|\*+. "#.utf8)

    init(_ text: [UInt8]) throws(LogError) {
        var isEscaped = false
        for byte in text {
            guard byte < 0x80, isEscaped || byte.isWord || Self.symbols.contains(byte) else {
                throw .wrongTerm(String(decoding: [byte], as: UTF8.self))
            }
            isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
        }
        do throws(PatternError) {
            pattern = try Pattern(String(decoding: text, as: UTF8.self), dialect: .java)
        } catch { throw .wrongPattern }
    }

    /// What takes too many steps does not match.
    func matches(_ text: [UInt8], _ steps: inout MatchingSteps) -> Bool {
        var budget = StepBudget(textOf: text.count)
        let all = budget.steps
        defer { steps.left -= all - budget.steps }
        return (try? pattern.matchesSomewhere(in: text.span, budget: &budget)) ?? false
    }
}

/// Text in which stars stand for anything.
struct StarredText: Sendable {
    let text: [UInt8]
    /// What lies between the stars.
    private let parts: [[UInt8]]

    init(_ text: [UInt8]) {
        self.text = text
        parts = text.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map(Array.init)
    }

    func matches(_ other: [UInt8]) -> Bool {
        guard parts.count > 1, let first = parts.first, let last = parts.last else { return other == text }
        guard other.count >= first.count + last.count, other.starts(with: first), other.suffix(last.count) == last[...]
        else { return false }
        // The earliest place of each part leaves the most room for those that follow.
        var rest = other[first.count..<(other.count - last.count)]
        for part in parts.dropFirst().dropLast() where !part.isEmpty {
            guard let place = rest.firstPlace(of: part) else { return false }
            rest = rest[(place + part.count)...]
        }
        return true
    }
}

extension LogError {
    static let wrongPattern = invalid("Invalid filter pattern")
    static func wrongTerm(_ characters: String) -> LogError { invalid("Invalid character(s) in term '\(characters)'") }
}

extension RandomAccessCollection<UInt8> where Index == Int {
    var trimmed: [UInt8] {
        guard let first = firstIndex(where: { !$0.isBlank }), let last = lastIndex(where: { !$0.isBlank }) else {
            return []
        }
        return Array(self[first...last])
    }

    func firstPlace(of part: [UInt8]) -> Int? {
        guard let head = part.first else { return startIndex }
        guard count >= part.count else { return nil }
        var place = startIndex
        while place + part.count <= endIndex {
            guard let found = self[place..<(endIndex - part.count + 1)].firstIndex(of: head) else { return nil }
            if self[found..<(found + part.count)].elementsEqual(part) { return found }
            place = found + 1
        }
        return nil
    }
}

extension UInt8 {
    var isBlank: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}
