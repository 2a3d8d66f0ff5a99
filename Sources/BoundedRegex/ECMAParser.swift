/// Reads a pattern as Rhino does: ECMA-262 third edition with the leniency of browsers (a `{` that opens no quantifier is a
/// character, an unknown escape is what it escapes, `\8` without such a group is no reference).
struct ECMAParser {
    private let units: [PatternUnit]
    private var at = 0
    private var groupCount = 0
    private var greatestReference = 0
    /// References above this are octal escapes.
    private let referenceLimit: Int

    static func parse(_ text: String) throws(PatternError) -> Parsed {
        let units = text.utf16.map { PatternUnit(UInt32($0)) }
        var parser = ECMAParser(units: units, referenceLimit: .max)
        var node = try parser.wholePattern()
        if parser.greatestReference > parser.groupCount {
            // How many groups there are is known only now: an escape above that number was no reference.
            parser = ECMAParser(units: units, referenceLimit: parser.groupCount)
            node = try parser.wholePattern()
        }
        return Parsed(node: node, groupCount: parser.groupCount)
    }

    private init(units: [PatternUnit], referenceLimit: Int) {
        self.units = units
        self.referenceLimit = referenceLimit
    }

    private mutating func wholePattern() throws(PatternError) -> Node {
        let node = try disjunction(depth: 0)
        if at < units.count { throw PatternError("unmatched )", at: at) }
        return node
    }

    private mutating func disjunction(depth: Int) throws(PatternError) -> Node {
        guard depth < Pattern.maximumNesting else { throw PatternError("pattern is nested too deep", at: at) }
        var alternatives: [Node] = []
        repeat {
            var terms: [Node] = []
            while at < units.count, !isNext("|"), !isNext(")") { terms.append(try term(depth: depth)) }
            alternatives.append(terms.count == 1 ? terms[0] : .sequence(terms))
        } while take("|")
        return alternatives.count == 1 ? alternatives[0] : .alternation(alternatives)
    }

    private mutating func term(depth: Int) throws(PatternError) -> Node {
        let groupsBefore = groupCount
        let atom: Node
        let unit = units[at]
        at += 1
        switch unit {
        // Rhino takes no quantifier behind these: what follows is a term of its own, and none begins with one.
        case "^": return .assertion(.begin)
        case "$": return .assertion(.end)
        case "*", "+", "?": throw PatternError("invalid quantifier \(unit)", at: at - 1)
        case "\\":
            if take("b") { return .assertion(.wordBoundary) }
            if take("B") { return .assertion(.notWordBoundary) }
            atom = try escape()
        case "(": atom = try group(depth: depth)
        case "[": atom = .set(.ranges(try characterClass(), .none))
        case ".": atom = .set(.ranges(ECMAClasses.any, .none))
        default: atom = .character(unit.value, .none)
        }
        return try quantified(atom, groupsBefore: groupsBefore)
    }

    private mutating func group(depth: Int) throws(PatternError) -> Node {
        let start = at - 1
        let node: Node
        if isNext("?"), at + 1 < units.count, [":", "=", "!"].contains(units[at + 1]) {
            let kind = units[at + 1]
            at += 2
            let inner = try disjunction(depth: depth + 1)
            node = kind == ":" ? inner : .look(inner, kind == "=" ? .ahead : .notAhead)
        } else {
            groupCount += 1
            let number = groupCount
            node = .capture(try disjunction(depth: depth + 1), group: number)
        }
        guard take(")") else { throw PatternError("unterminated parenthetical", at: start) }
        return node
    }

    private mutating func quantified(_ atom: Node, groupsBefore: Int) throws(PatternError) -> Node {
        var repetition = Repetition(
            minimum: 0, maximum: Repetition.unbounded, mode: .greedy, groups: (groupsBefore + 1)..<(groupCount + 1))
        if take("*") {
        } else if take("+") {
            repetition.minimum = 1
        } else if take("?") {
            repetition.maximum = 1
        } else if let (minimum, maximum) = try bounds() {
            repetition.minimum = minimum
            repetition.maximum = maximum
        } else {
            return atom
        }
        if take("?") { repetition.mode = .lazy }
        return .repeated(atom, repetition)
    }

    /// `{n}`, `{n,}` or `{n,m}`; anything else is left where it is, as characters.
    private mutating func bounds() throws(PatternError) -> (Int32, Int32)? {
        let start = at
        guard take("{"), let minimum = try decimal() else {
            at = start
            return nil
        }
        var maximum = minimum
        if take(",") {
            maximum = Repetition.unbounded
            if let number = try decimal() {
                if number < minimum { throw PatternError("maximum \(number) less than minimum", at: at) }
                maximum = number
            }
        }
        guard take("}") else {
            at = start
            return nil
        }
        return (minimum, maximum)
    }

    private mutating func decimal() throws(PatternError) -> Int32? {
        guard at < units.count, units[at].isDigit else { return nil }
        var value: Int32 = 0
        while at < units.count, units[at].isDigit {
            value = value * 10 + Int32(units[at].value - 0x30)
            guard value <= 0xFFFF else { throw PatternError("overlarge number", at: at) }
            at += 1
        }
        return value
    }

    // MARK: Escapes outside of classes

    private mutating func escape() throws(PatternError) -> Node {
        guard at < units.count else { throw PatternError("trailing \\ in regular expression", at: at - 1) }
        let unit = units[at]
        at += 1
        switch unit {
        case "d": return .set(.ranges(ECMAClasses.digit, .none))
        case "D": return .set(.ranges(ECMAClasses.digit.inverted, .none))
        case "s": return .set(.ranges(ECMAClasses.space, .none))
        case "S": return .set(.ranges(ECMAClasses.space.inverted, .none))
        case "w": return .set(.ranges(ECMAClasses.word, .none))
        case "W": return .set(.ranges(ECMAClasses.word.inverted, .none))
        case "0": return .character(octal(from: 0), .none)
        case "1"..."9": return try reference(first: unit)
        case "c":
            if at < units.count, units[at].isLetter {
                at += 1
                return .character(units[at - 1].value & 0x1F, .none)
            }
            at -= 1
            return .character(Self.backslash, .none)
        case "x", "u": return .character(hexadecimal(digits: unit == "x" ? 2 : 4) ?? unit.value, .none)
        default: return .character(Self.control(unit) ?? unit.value, .none)
        }
    }

    private mutating func reference(first: PatternUnit) throws(PatternError) -> Node {
        let start = at - 1
        at = start
        let number = Int(try decimal() ?? 0)
        greatestReference = max(greatestReference, number)
        guard number > referenceLimit else { return .backReference(group: number, .none) }
        at = start
        if first >= "8" { return .character(Self.backslash, .none) }
        at += 1
        return .character(octal(from: first.value - 0x30), .none)
    }

    private mutating func octal(from first: UInt32) -> UInt32 {
        var value = first
        while value < 32, at < units.count, units[at].isOctalDigit {
            value = value * 8 + units[at].value - 0x30
            at += 1
        }
        return value
    }

    /// The number that so many digits write, or fewer where the pattern or the class ends; nil if another character stands
    /// among them, and then nothing is taken.
    private mutating func hexadecimal(digits: Int, inClass: Bool = false) -> UInt32? {
        var value: UInt32 = 0
        var end = at
        while end < min(at + digits, units.count), !inClass || units[end] != "]" {
            guard let digit = units[end].digit else { return nil }
            value = value << 4 | digit
            end += 1
        }
        at = end
        return value
    }

    private static let backslash: UInt32 = 0x5C
    private static let dash: UInt32 = 0x2D

    private static func control(_ unit: PatternUnit) -> UInt32? {
        switch unit {
        case "f": 0x0C
        case "n": 0x0A
        case "r": 0x0D
        case "t": 0x09
        case "v": 0x0B
        default: nil
        }
    }

    // MARK: Classes

    private mutating func characterClass() throws(PatternError) -> CharacterRanges {
        let start = at - 1
        let isNegated = take("^")
        var ranges: [ClosedRange<UInt32>] = []
        while !isNext("]") {
            guard at < units.count else { throw PatternError("unterminated character class", at: start) }
            let first = try classAtom()
            guard isNext("-"), at + 1 < units.count, units[at + 1] != "]" else {
                ranges += first.ranges
                continue
            }
            let dash = at
            at += 1
            let last = try classAtom()
            // `[\d-x]` and `[x-\d]`: the dash stands for itself. Yet Rhino looks whether x comes behind `9`.
            let low = first.single ?? (units[dash - 1] == "d" ? 0x39 : 0)
            if let high = last.single, low > high {
                throw PatternError("invalid range in character class", at: at)
            }
            if let low = first.single, let high = last.single {
                ranges.append(low...high)
            } else {
                ranges += first.ranges + [Self.dash...Self.dash]
                at = first.single == nil ? dash + 1 : at
                if first.single != nil { ranges += last.ranges }
            }
        }
        at += 1
        let result = CharacterRanges(ranges)
        return isNegated ? result.inverted : result
    }

    private mutating func classAtom() throws(PatternError) -> (ranges: [ClosedRange<UInt32>], single: UInt32?) {
        let unit = units[at]
        at += 1
        guard unit == "\\" else { return ([unit.value...unit.value], unit.value) }
        guard at < units.count else { throw PatternError("unterminated character class", at: at) }
        let escaped = units[at]
        at += 1
        let single: UInt32
        switch escaped {
        case "d": return (ECMAClasses.digit.ranges, nil)
        case "D": return (ECMAClasses.digit.inverted.ranges, nil)
        case "s": return (ECMAClasses.space.ranges, nil)
        case "S": return (ECMAClasses.space.inverted.ranges, nil)
        case "w": return (ECMAClasses.word.ranges, nil)
        case "W": return (ECMAClasses.word.inverted.ranges, nil)
        case "b": single = 0x08
        case "c":
            if at < units.count, units[at].isLetter {
                single = units[at].value & 0x1F
                at += 1
            } else {
                single = Self.backslash
                at -= 1
            }
        case "x", "u":
            if let value = hexadecimal(digits: escaped == "x" ? 2 : 4, inClass: true) {
                single = value
            } else {
                single = Self.backslash
            }
        case "0"..."7": single = octal(from: escaped.value - 0x30)
        default: single = Self.control(escaped) ?? escaped.value
        }
        return ([single...single], single)
    }

    // MARK: Units

    private func isNext(_ unit: PatternUnit) -> Bool { at < units.count && units[at] == unit }

    private mutating func take(_ unit: PatternUnit) -> Bool {
        guard isNext(unit) else { return false }
        at += 1
        return true
    }
}

enum ECMAClasses {
    static let digit = CharacterRanges([0x30...0x39])
    static let word = CharacterRanges([0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A])
    static let space = CharacterRanges([
        0x09...0x0D, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x2000...0x200A, 0x2028...0x2029, 0x202F...0x202F,
        0x205F...0x205F, 0x3000...0x3000, 0xFEFF...0xFEFF,
    ])
    static let any = CharacterRanges([0x0A...0x0A, 0x0D...0x0D, 0x2028...0x2029]).inverted
}
