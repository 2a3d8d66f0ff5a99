/// A pattern as its parser understood it.
indirect enum Node {
    case empty
    case character(UInt32, Folding)
    case set(SetExpression)
    case sequence([Node])
    case alternation([Node])
    case capture(Node, group: Int)
    case repeated(Node, Repetition)
    case look(Node, Look)
    /// What matched inside is not tried again in another way: `(?>…)`.
    case atomic(Node)
    case backReference(group: Int, Folding)
    case assertion(Assertion)
}

/// What counts as the same letter.
enum Folding: UInt8, Sendable {
    case none
    /// `(?i)` of Java: a-z and A-Z.
    case ascii
    /// `(?iu)` of Java: simple case mappings.
    case unicode
}

struct Repetition {
    enum Mode: UInt8, Sendable { case greedy, lazy, possessive }

    /// Stands for no upper bound.
    static let unbounded = Int32.max

    var minimum: Int32
    var maximum: Int32
    var mode: Mode
    /// The capturing groups inside, which ECMAScript empties before each turn.
    var groups: Range<Int>
}

enum Look {
    case ahead
    case notAhead
    /// The number of characters that the group can have matched.
    case behind(ClosedRange<Int>)
    case notBehind(ClosedRange<Int>)
}

enum Assertion: UInt8, Sendable {
    /// `^` without a flag, `\A`.
    case begin
    /// `\z`, and `$` of ECMAScript.
    case end
    /// `$` and `\Z` of Java: at the end, or before the line end there.
    case beforeFinalLineEnd, beforeFinalNewline
    /// `(?m)^`, `(?m)$`, and the same with `(?d)`, where only `\n` ends lines.
    case lineBegin, lineEnd, newlineBegin, newlineEnd
    case wordBoundary, notWordBoundary
    case unicodeWordBoundary, notUnicodeWordBoundary
    /// `\G`: where the match before ended.
    case searchBegin
}

extension Node {
    static func characters(_ text: String, _ folding: Folding) -> Node {
        .sequence(text.unicodeScalars.map { .character($0.value, folding) })
    }

    /// The least and the greatest number of characters that this can match; no greatest number if there is none, or if
    /// Java finds none.
    var length: (least: Int, greatest: Int?) {
        switch self {
        case .empty, .look, .assertion: return (0, 0)
        case .character, .set: return (1, 1)
        case .backReference: return (0, nil)
        case .capture(let node, _), .atomic(let node): return node.length
        case .sequence(let nodes):
            return nodes.reduce((0, 0)) { sum, node in
                let length = node.length
                return (Self.sum(sum.0, length.least), Self.sum(sum.1, length.greatest))
            }
        case .alternation(let nodes):
            let lengths = nodes.map(\.length)
            let greatest = lengths.reduce(0 as Int?) { most, length in
                if let most, let greatest = length.greatest { max(most, greatest) } else { nil }
            }
            return (lengths.map(\.least).min() ?? 0, greatest)
        case .repeated(let node, let repetition):
            let length = node.length
            let least = Self.product(length.least, Int(repetition.minimum))
            // Java takes a single character over and over in a look-behind, though there is no greatest number.
            if repetition.maximum == Repetition.unbounded, node.asSet != nil { return (least, Self.farBeyond) }
            guard repetition.maximum != Repetition.unbounded, let greatest = length.greatest else {
                return (least, nil)
            }
            return (least, Self.product(greatest, Int(repetition.maximum)))
        }
    }

    /// The node as a set, if it matches just one character.
    var asSet: SetExpression? {
        switch self {
        case .set(let set): set
        case .character(let character, let folding): .ranges(CharacterRanges([character...character]), folding)
        default: nil
        }
    }

    /// Lengths beyond any text are all the same: they must only not overflow.
    private static let farBeyond = Int(Int32.max)

    private static func sum(_ left: Int, _ right: Int) -> Int { min(left + right, farBeyond) }

    private static func sum(_ left: Int?, _ right: Int?) -> Int? {
        if let left, let right { sum(left, right) } else { nil }
    }

    private static func product(_ left: Int, _ right: Int) -> Int { min(left * right, farBeyond) }
}
