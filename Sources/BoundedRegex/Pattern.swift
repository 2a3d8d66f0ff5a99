/// A regular expression of someone else's: compiled once, matched within a bounded number of steps.
///
/// It backtracks, as the engines do whose patterns it runs, because look-around and back-references are legal there. What
/// would take an exponential time ends with `MatchError.stepLimitExceeded`; no pattern and no text can crash it.
/// Texts are UTF-8, and every range is one of bytes. A text that is no valid UTF-8 is matched in an unspecified way, safely.
package struct Pattern: Sendable {
    package enum Dialect: Sendable {
        /// ECMA-262 as Rhino runs it, without flags: `pattern` of JSON Schema. A character is a UTF-16 unit there, so
        /// `^.$` does not match an emoji.
        case ecma
        /// `java.util.regex`: `selectionPattern`, and the string methods of mapping templates.
        case java
    }

    /// Longer patterns are refused. AWS has no quota for one pattern; all models of an API together have 400 KB.
    package static let maximumLength = 65_536
    /// How deep groups and classes may nest. The library that AWS runs overflows its stack at some thousands.
    package static let maximumNesting = 200

    package let text: String
    package let dialect: Dialect
    /// The number of capturing groups, the whole match not counted.
    package let groupCount: Int
    /// The names of Java's named groups, by number.
    package let groupNames: [String: Int]
    let program: Program

    package init(_ text: String, dialect: Dialect) throws(PatternError) {
        guard text.utf8.count <= Self.maximumLength else {
            throw PatternError("pattern is longer than \(Self.maximumLength) bytes", at: Self.maximumLength)
        }
        self.text = text
        self.dialect = dialect
        let parsed: Parsed
        switch dialect {
        case .ecma: parsed = try ECMAParser.parse(text)
        case .java: parsed = try JavaParser.parse(text)
        }
        groupCount = parsed.groupCount
        groupNames = parsed.groupNames
        program = Compiler.compile(parsed, dialect: dialect)
    }
}

/// What a parser makes of a pattern's text.
struct Parsed {
    var node: Node
    var groupCount: Int
    var groupNames: [String: Int] = [:]
}

/// Why a text is no pattern of its dialect, and where.
package struct PatternError: Error, Hashable, CustomStringConvertible {
    package let reason: String
    /// The offset in characters (UTF-16 units for `.ecma`, code points for `.java`) from the pattern's start.
    package let offset: Int

    init(_ reason: String, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    package var description: String { "\(reason) near index \(offset)" }
}

/// Why a match was not decided.
package enum MatchError: Error, Hashable, CustomStringConvertible {
    /// The pattern took more steps, or more memory, over this text than is granted.
    case stepLimitExceeded
    /// A replacement names no group, or ends in the middle of a reference (Java's words).
    case invalidReplacement(String)

    package var description: String {
        switch self {
        case .stepLimitExceeded: "matching the regular expression takes too many steps"
        case .invalidReplacement(let reason): reason
        }
    }
}

/// Where a pattern and its groups matched: ranges of bytes of the text.
package struct Match: Hashable, Sendable {
    /// The whole match at 0, then each group, nil for one that took no part.
    package let groups: [Range<Int>?]
    package let range: Range<Int>
}

/// How many steps matches may still take: shared by several matches of one request, it bounds all of them together.
package struct StepBudget: Sendable {
    /// What one match may take, and each byte of its text in addition: a scan over a long text is no attack.
    /// Some ten milliseconds in all.
    package static let stepsPerMatch = 1_000_000
    package static let stepsPerByte = 4

    package var steps: Int

    package init(steps: Int) { self.steps = steps }

    /// The budget of one match over a text of `count` bytes.
    package init(textOf count: Int) { steps = Self.stepsPerMatch + Self.stepsPerByte * count }
}
