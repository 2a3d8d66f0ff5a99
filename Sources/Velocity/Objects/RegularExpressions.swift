internal import BoundedRegex

/// The methods of Java's String that take a regular expression. A pattern that takes too many steps is an error of the
/// template, as one that is no pattern is.
extension Renderer {
    mutating func split(_ text: String, by pattern: String, limit: Int) throws(TemplateError) -> [String] {
        try charge(20 + text.utf8.count)
        // Most templates split at a plain character.
        if limit == 0, let separator = Self.plainCharacter(pattern) {
            var parts = text.utf8.split(separator: separator, omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) }
            if parts.count > 1 { while parts.last?.isEmpty == true { parts.removeLast() } }
            return parts
        }
        let compiled = try compile(pattern)
        do throws(MatchError) { return try compiled.split(text, limit: limit) } catch { throw self.error("\(error)") }
    }

    mutating func replace(
        _ text: String, _ pattern: String, with replacement: String, onlyFirst: Bool
    ) throws(TemplateError) -> String {
        try charge(20 + text.utf8.count * Self.stepsPerByte)
        let compiled = try compile(pattern)
        let result: [UInt8]
        do throws(MatchError) {
            let text = Array(text.utf8)
            let replacement = Array(replacement.utf8)
            result =
                onlyFirst
                ? try compiled.replaceFirst(in: text, with: replacement)
                : try compiled.replaceAll(in: text, with: replacement)
        } catch { throw self.error("\(error)") }
        try charge(result.count / 8)
        return String(decoding: result, as: UTF8.self)
    }

    mutating func matches(_ text: String, _ pattern: String) throws(TemplateError) -> Bool {
        try charge(20 + text.utf8.count * Self.stepsPerByte)
        let compiled = try compile(pattern)
        do throws(MatchError) { return try compiled.matchesWhole(text) } catch { throw self.error("\(error)") }
    }

    private mutating func compile(_ pattern: String) throws(TemplateError) -> Pattern {
        try charge(50 + pattern.utf8.count)
        if let known = patterns[pattern] { return known }
        do throws(PatternError) {
            let compiled = try Pattern(pattern, dialect: .java)
            if patterns.count < Self.keptPatterns { patterns[pattern] = compiled }
            return compiled
        } catch { throw self.error("\"\(pattern.prefix(40))\" is no regular expression: \(error)") }
    }

    /// Every byte may be a match of its own, which takes its time.
    private static let stepsPerByte = 16

    /// How many patterns a rendering keeps: a loop matches the same ones again and again.
    private static let keptPatterns = 16

    /// The byte of a pattern that is one plain ASCII character, as Java takes it without its engine too.
    private static func plainCharacter(_ pattern: String) -> UInt8? {
        var bytes = pattern.utf8.makeIterator()
        guard let first = bytes.next() else { return nil }
        guard let second = bytes.next() else {
            return first < 0x80 && !".$|()[{^?*+\\".utf8.contains(first) ? first : nil
        }
        let isLetterOrDigit =
            (second | 0x20 >= UInt8(ascii: "a") && second | 0x20 <= UInt8(ascii: "z"))
            || (second >= UInt8(ascii: "0") && second <= UInt8(ascii: "9"))
        guard first == UInt8(ascii: "\\"), bytes.next() == nil, second < 0x80, !isLetterOrDigit else { return nil }
        return second
    }
}
