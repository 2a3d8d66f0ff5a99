extension JavaParser {
    /// The characters up to the `]` that closes the class; its `[` is taken.
    mutating func characterClass(depth: Int) throws(PatternError) -> SetExpression {
        guard depth < Pattern.maximumNesting else { throw PatternError("pattern is nested too deep", at: at) }
        let isNegated = at < units.count && units[at] == "^"
        if isNegated { at += 1 }
        let set = try classMembers(depth: depth)
        at += 1
        return isNegated ? .complement(set) : set
    }

    /// Up to a `]`, which stays. One that comes first is a character, as a `&` is that stands alone.
    private mutating func classMembers(depth: Int) throws(PatternError) -> SetExpression {
        guard depth < Pattern.maximumNesting else { throw PatternError("pattern is nested too deep", at: at) }
        var members: SetExpression?
        func add(_ set: SetExpression) { members = members.map { .union($0, set) } ?? set }
        while true {
            guard let unit = peek() else { throw PatternError("Unclosed character class", at: units.count - 1) }
            if unit == "]", let members { return members }
            if unit == "[" {
                at += 1
                add(try characterClass(depth: depth + 1))
            } else if unit == "&", at + 1 < units.count, units[at + 1] == "&" {
                at += 2
                let right = try intersectionMembers(depth: depth)
                switch (members, right) {
                case (let left?, let right?): members = .intersection(left, right)
                case (nil, let right?): members = right
                case (_?, nil): break
                case (nil, nil): throw PatternError("Bad class syntax", at: at)
                }
            } else {
                add(try classRange())
            }
        }
    }

    /// What stands at the right of `&&`, up to the next one; nil for nothing.
    private mutating func intersectionMembers(depth: Int) throws(PatternError) -> SetExpression? {
        var right: SetExpression?
        while let unit = peek(), unit != "]", unit != "&" {
            if unit == "[" {
                at += 1
                let inner = try characterClass(depth: depth + 1)
                right = right.map { .union($0, inner) } ?? inner
            } else {
                right = try classMembers(depth: depth + 1)
            }
        }
        return right
    }

    /// One character, a range of them, or an escape that stands for many.
    private mutating func classRange() throws(PatternError) -> SetExpression {
        let first: UInt32
        switch try classAtom() {
        case .set(let set): return set
        case .character(let character): first = character
        }
        guard let dash = peek(), dash == "-", at + 1 < units.count, units[at + 1] != "]", units[at + 1] != "[" else {
            return single(first)
        }
        at += 1
        guard peek() != nil, case .character(let last) = try classAtom(), last >= first else {
            throw PatternError("Illegal character range", at: at)
        }
        return .ranges(CharacterRanges([first...last]), flags.folding)
    }

    private func single(_ character: UInt32) -> SetExpression {
        .ranges(CharacterRanges([character...character]), flags.folding)
    }

    private enum ClassAtom {
        case character(UInt32)
        case set(SetExpression)
    }

    private mutating func classAtom() throws(PatternError) -> ClassAtom {
        let unit = units[at]
        at += 1
        guard unit == "\\" else { return .character(unit.value) }
        guard at < units.count else { throw PatternError("Unexpected internal error", at: at) }
        let escaped = units[at]
        if let set = try escapedSet() { return .set(set) }
        if let character = try escapedCharacter() { return .character(character) }
        throw PatternError("Illegal/unsupported escape sequence '\\\(escaped)'", at: at)
    }

    // MARK: Escapes

    /// The node of an escape outside of classes; the backslash is taken.
    mutating func escape() throws(PatternError) -> Node {
        guard at < units.count else { throw PatternError("Unexpected internal error", at: at) }
        let unit = units[at]
        if let set = try escapedSet() { return .set(set) }
        at += 1
        switch unit {
        case "1"..."9": return reference(first: unit)
        case "A": return .assertion(.begin)
        case "B": return .assertion(.notUnicodeWordBoundary)
        case "b":
            if at + 1 < units.count, units[at] == "{", units[at + 1] == "g" {
                throw PatternError("boundaries of grapheme clusters are not supported", at: at)
            }
            return .assertion(.unicodeWordBoundary)
        case "G": return .assertion(.searchBegin)
        case "R":
            let lineEnds = CharacterRanges([0x0A...0x0D, 0x85...0x85, 0x2028...0x2029])
            return .alternation([.characters("\r\n", .none), .set(.ranges(lineEnds, .none))])
        case "Z": return .assertion(flags.unixLines ? .beforeFinalNewline : .beforeFinalLineEnd)
        case "z": return .assertion(.end)
        case "k": return try namedReference()
        default:
            at -= 1
            if let character = try escapedCharacter() { return .character(character, flags.folding) }
            throw PatternError("Illegal/unsupported escape sequence '\\\(unit)'", at: at)
        }
    }

    /// An escape that stands for many characters, or nil, and then nothing is taken.
    private mutating func escapedSet() throws(PatternError) -> SetExpression? {
        let unit = units[at]
        at += 1
        switch unit {
        case "d": return flags.digits
        case "D": return .complement(flags.digits)
        case "s": return flags.space
        case "S": return .complement(flags.space)
        case "w": return flags.word
        case "W": return .complement(flags.word)
        case "h": return Self.horizontalSpace
        case "H": return .complement(Self.horizontalSpace)
        case "v": return Self.verticalSpace
        case "V": return .complement(Self.verticalSpace)
        case "p": return try property()
        case "P": return .complement(try property())
        default:
            at -= 1
            return nil
        }
    }

    private static let horizontalSpace = SetExpression.ranges(
        CharacterRanges([
            0x09...0x09, 0x20...0x20, 0xA0...0xA0, 0x1680...0x1680, 0x180E...0x180E, 0x2000...0x200A, 0x202F...0x202F,
            0x205F...0x205F, 0x3000...0x3000,
        ]), .none)
    private static let verticalSpace = SetExpression.ranges(
        CharacterRanges([0x0A...0x0D, 0x85...0x85, 0x2028...0x2029]), .none)

    /// An escape that stands for one character; nil for one that Java reserves.
    private mutating func escapedCharacter() throws(PatternError) -> UInt32? {
        let unit = units[at]
        at += 1
        switch unit {
        case "0": return try octal()
        case "a": return 0x07
        case "e": return 0x1B
        case "f": return 0x0C
        case "n": return 0x0A
        case "r": return 0x0D
        case "t": return 0x09
        case "c":
            guard at < units.count else { throw PatternError("Illegal control escape sequence", at: at) }
            at += 1
            return units[at - 1].value ^ 64
        case "x": return try hexadecimal()
        case "u": return try utf16Unit()
        default: return unit.isLetter || unit.isDigit ? nil : unit.value
        }
    }

    private mutating func octal() throws(PatternError) -> UInt32 {
        let start = at
        var value: UInt32 = 0
        while at < units.count, at - start < 3, units[at].isOctalDigit {
            let next = value * 8 + units[at].value - 0x30
            if next > 0o377 { break }
            value = next
            at += 1
        }
        guard at > start else { throw PatternError("Illegal octal escape sequence", at: at) }
        return value
    }

    private mutating func hexadecimal() throws(PatternError) -> UInt32 {
        if at < units.count, units[at] == "{" {
            let start = at
            at += 1
            var value: UInt32 = 0
            while at < units.count, let digit = units[at].digit {
                value = value << 4 | digit
                guard value <= CharacterRanges.lastCharacter else {
                    throw PatternError("Hexadecimal codepoint is too big", at: at)
                }
                at += 1
            }
            guard at > start + 1, at < units.count, units[at] == "}" else {
                throw PatternError("Unclosed hexadecimal escape sequence", at: at)
            }
            at += 1
            return value
        }
        guard let value = hexadecimal(digits: 2) else {
            throw PatternError("Illegal hexadecimal escape sequence", at: at)
        }
        return value
    }

    /// `\uXXXX`, and two of them where they are the halves of one character.
    private mutating func utf16Unit() throws(PatternError) -> UInt32 {
        guard let high = hexadecimal(digits: 4) else { throw PatternError("Illegal Unicode escape sequence", at: at) }
        guard high & ~0x3FF == 0xD800, at + 1 < units.count, units[at] == "\\", units[at + 1] == "u" else {
            return high
        }
        let start = at
        at += 2
        if let low = hexadecimal(digits: 4), low & ~0x3FF == 0xDC00 {
            return 0x10000 + (high & 0x3FF) << 10 + low & 0x3FF
        }
        at = start
        return high
    }

    private mutating func hexadecimal(digits: Int) -> UInt32? {
        guard at + digits <= units.count else { return nil }
        var value: UInt32 = 0
        for position in at..<(at + digits) {
            guard let digit = units[position].digit else { return nil }
            value = value << 4 | digit
        }
        at += digits
        return value
    }
}

extension JavaFlags {
    fileprivate var digits: SetExpression {
        unicodeClasses
            ? .property(.categories(CharacterProperty.bit(.decimalNumber))) : .ranges(ECMAClasses.digit, .none)
    }

    fileprivate var word: SetExpression {
        unicodeClasses ? .property(.unicodeWord) : .ranges(ECMAClasses.word, .none)
    }

    fileprivate var space: SetExpression {
        unicodeClasses ? .property(.whiteSpace) : .ranges(CharacterRanges([0x09...0x0D, 0x20...0x20]), .none)
    }
}
