/// Reads a pattern of `java.util.regex`, with that class's words for what is wrong.
///
/// Not read are `\X`, `\N{…}` and blocks (`\p{InGreek}`): they are refused.
struct JavaParser {
    var units: [PatternUnit]
    var at = 0
    var flags = JavaFlags()
    private var groupCount = 0
    private var groupNames: [String: Int] = [:]

    static func parse(_ text: String) throws(PatternError) -> Parsed {
        var parser = JavaParser(units: quoted(text.unicodeScalars.map { PatternUnit($0.value) }))
        let node = try parser.alternatives(depth: 0)
        if parser.at < parser.units.count { throw PatternError("Unmatched closing ')'", at: parser.at) }
        return Parsed(node: node, groupCount: parser.groupCount, groupNames: parser.groupNames)
    }

    private init(units: [PatternUnit]) { self.units = units }

    /// `\Q…\E` as escapes, which then need no care of their own.
    private static func quoted(_ units: [PatternUnit]) -> [PatternUnit] {
        var result: [PatternUnit] = []
        var position = 0
        var isQuoting = false
        while position < units.count {
            let unit = units[position]
            let following: PatternUnit? = position + 1 < units.count ? units[position + 1] : nil
            position += 1
            if isQuoting {
                if unit == "\\", following == "E" {
                    isQuoting = false
                    position += 1
                } else if unit.isDigit {
                    result += ["\\", "x", "3", unit]
                } else {
                    if unit.isASCII, !unit.isLetter { result.append("\\") }
                    result.append(unit)
                }
            } else if unit == "\\", let following {
                position += 1
                if following == "Q" { isQuoting = true } else { result += [unit, following] }
            } else {
                result.append(unit)
            }
        }
        return result
    }

    mutating func alternatives(depth: Int) throws(PatternError) -> Node {
        guard depth < Pattern.maximumNesting else { throw PatternError("pattern is nested too deep", at: at) }
        var alternatives: [Node] = []
        repeat { alternatives.append(try sequence(depth: depth)) } while take("|")
        return alternatives.count == 1 ? alternatives[0] : .alternation(alternatives)
    }

    private mutating func sequence(depth: Int) throws(PatternError) -> Node {
        var nodes: [Node] = []
        while let unit = peek(), unit != "|", unit != ")" {
            let groupsBefore = groupCount
            let atom: Node
            switch unit {
            case "(":
                guard let group = try group(depth: depth) else { continue }
                atom = group
            case "[":
                at += 1
                atom = .set(try characterClass(depth: depth))
            case "\\":
                at += 1
                atom = try escape()
            case "^":
                at += 1
                atom = .assertion(flags.multiline ? flags.unixLines ? .newlineBegin : .lineBegin : .begin)
            case "$":
                at += 1
                atom = .assertion(
                    flags.multiline
                        ? flags.unixLines ? .newlineEnd : .lineEnd
                        : flags.unixLines ? .beforeFinalNewline : .beforeFinalLineEnd)
            case ".":
                at += 1
                atom = .set(flags.any)
            case "?", "*", "+": throw PatternError("Dangling meta character '\(unit)'", at: at)
            // Here a quantifier may stand: it repeats nothing.
            case "{": atom = .empty
            default:
                at += 1
                atom = .character(unit.value, flags.folding)
            }
            nodes.append(try quantified(atom, groupsBefore: groupsBefore))
        }
        return nodes.count == 1 ? nodes[0] : .sequence(nodes)
    }

    // MARK: Groups

    /// A group, or nil for flags that hold from here on.
    private mutating func group(depth: Int) throws(PatternError) -> Node? {
        at += 1
        let saved = flags
        let node: Node
        if isNext("?") {
            at += 1
            guard at < units.count else { throw PatternError("Unknown inline modifier", at: at) }
            let kind = units[at]
            at += 1
            switch kind {
            case ":": node = try alternatives(depth: depth + 1)
            case "=": node = .look(try alternatives(depth: depth + 1), .ahead)
            case "!": node = .look(try alternatives(depth: depth + 1), .notAhead)
            case ">": node = .atomic(try alternatives(depth: depth + 1))
            case "<" where isNext("=") || isNext("!"): node = try lookBehind(depth: depth)
            case "<":
                let name = try groupName()
                guard groupNames[name] == nil else {
                    throw PatternError("Named capturing group <\(name)> is already defined", at: at)
                }
                groupNames[name] = groupCount + 1
                node = try capture(depth: depth)
            default:
                at -= 1
                try changeFlags()
                if take(")") { return nil }
                guard take(":") else { throw PatternError("Unknown inline modifier", at: at) }
                node = try alternatives(depth: depth + 1)
            }
        } else {
            node = try capture(depth: depth)
        }
        guard take(")") else { throw PatternError("Unclosed group", at: at) }
        flags = saved
        return node
    }

    private mutating func capture(depth: Int) throws(PatternError) -> Node {
        groupCount += 1
        let number = groupCount
        return .capture(try alternatives(depth: depth + 1), group: number)
    }

    private mutating func lookBehind(depth: Int) throws(PatternError) -> Node {
        let isNegated = units[at] == "!"
        at += 1
        let node = try alternatives(depth: depth + 1)
        let length = node.length
        guard let greatest = length.greatest else {
            throw PatternError("Look-behind group does not have an obvious maximum length", at: at)
        }
        let range = length.least...max(length.least, greatest)
        return .look(node, isNegated ? .notBehind(range) : .behind(range))
    }

    private mutating func groupName() throws(PatternError) -> String {
        var name = ""
        guard at < units.count, units[at].isLetter else {
            throw PatternError("capturing group name does not start with a Latin letter", at: at)
        }
        while at < units.count, units[at].isLetter || units[at].isDigit {
            name += units[at].description
            at += 1
        }
        guard at < units.count, units[at] == ">" else {
            throw PatternError("named capturing group is missing trailing '>'", at: at)
        }
        at += 1
        return name
    }

    private mutating func changeFlags() throws(PatternError) {
        var isOn = true
        while at < units.count {
            switch units[at] {
            case "-" where isOn: isOn = false
            case "i": flags.ignoreCase = isOn
            case "m": flags.multiline = isOn
            case "s": flags.dotAll = isOn
            case "d": flags.unixLines = isOn
            case "u": flags.unicodeCase = isOn
            case "x": flags.comments = isOn
            case "U":
                flags.unicodeClasses = isOn
                flags.unicodeCase = isOn
            case "c": throw PatternError("canonical equivalence is not supported", at: at)
            default: return
            }
            at += 1
        }
    }

    // MARK: Quantifiers

    private mutating func quantified(_ atom: Node, groupsBefore: Int) throws(PatternError) -> Node {
        var repetition = Repetition(
            minimum: 0, maximum: Repetition.unbounded, mode: .greedy, groups: (groupsBefore + 1)..<(groupCount + 1))
        switch peek() {
        case "*": at += 1
        case "+":
            at += 1
            repetition.minimum = 1
        case "?":
            at += 1
            repetition.maximum = 1
        case "{":
            at += 1
            try readBounds(into: &repetition)
        default: return atom
        }
        if at < units.count, units[at] == "?" {
            at += 1
            repetition.mode = .lazy
        } else if at < units.count, units[at] == "+" {
            at += 1
            repetition.mode = .possessive
        }
        return .repeated(atom, repetition)
    }

    private mutating func readBounds(into repetition: inout Repetition) throws(PatternError) {
        guard let minimum = try decimal() else { throw PatternError("Illegal repetition", at: at) }
        repetition.minimum = minimum
        repetition.maximum = minimum
        if at < units.count, units[at] == "," {
            at += 1
            repetition.maximum = Repetition.unbounded
            if at >= units.count || units[at] != "}" {
                guard let maximum = try decimal() else { throw PatternError("Illegal repetition", at: at) }
                guard maximum >= minimum else { throw PatternError("Illegal repetition range", at: at) }
                repetition.maximum = maximum
            }
        }
        guard at < units.count, units[at] == "}" else { throw PatternError("Unclosed counted closure", at: at) }
        at += 1
    }

    private mutating func decimal() throws(PatternError) -> Int32? {
        guard at < units.count, units[at].isDigit else { return nil }
        var value: Int32 = 0
        while at < units.count, let digit = units[at].digit, digit < 10 {
            let (product, isTooLarge) = value.multipliedReportingOverflow(by: 10)
            let (sum, overflows) = product.addingReportingOverflow(Int32(digit))
            if isTooLarge || overflows { throw PatternError("Illegal repetition range", at: at) }
            value = sum
            at += 1
        }
        return value
    }

    // MARK: References

    func reference(to group: Int) -> Node { .backReference(group: group, flags.folding) }

    /// More digits belong to the number as long as there is such a group so far.
    mutating func reference(first: PatternUnit) -> Node {
        var number = Int(first.value - 0x30)
        while at < units.count, let digit = units[at].digit, digit < 10, number * 10 + Int(digit) <= groupCount {
            number = number * 10 + Int(digit)
            at += 1
        }
        return reference(to: number)
    }

    mutating func namedReference() throws(PatternError) -> Node {
        guard at < units.count, units[at] == "<" else {
            throw PatternError("\\k is not followed by '<' for named capturing group", at: at)
        }
        at += 1
        let name = try groupName()
        guard let group = groupNames[name] else {
            throw PatternError("named capturing group <\(name)> does not exist", at: at)
        }
        return reference(to: group)
    }

    // MARK: Units

    /// The next unit; with the flag for comments, white space and comments before it are skipped.
    mutating func peek() -> PatternUnit? {
        if flags.comments { skipComments() }
        return at < units.count ? units[at] : nil
    }

    private mutating func skipComments() {
        while at < units.count {
            switch units[at] {
            case " ", "\t", "\n", "\u{0B}", "\u{0C}", "\r": at += 1
            case "#": while at < units.count, !flags.endsLine(units[at]) { at += 1 }
            default: return
            }
        }
    }

    mutating func isNext(_ unit: PatternUnit) -> Bool { peek() == unit }

    mutating func take(_ unit: PatternUnit) -> Bool {
        guard isNext(unit) else { return false }
        at += 1
        return true
    }
}

/// The flags of Java's patterns, as `(?idmsuxU)` sets them.
struct JavaFlags {
    var ignoreCase = false
    var multiline = false
    var dotAll = false
    var unixLines = false
    var unicodeCase = false
    var comments = false
    var unicodeClasses = false

    var folding: Folding { ignoreCase ? unicodeCase ? .unicode : .ascii : .none }

    var any: SetExpression {
        if dotAll { return .ranges(CharacterRanges([0...CharacterRanges.lastCharacter]), .none) }
        let ends: [ClosedRange<UInt32>] =
            unixLines ? [0x0A...0x0A] : [0x0A...0x0A, 0x0D...0x0D, 0x85...0x85, 0x2028...0x2029]
        return .complement(.ranges(CharacterRanges(ends), .none))
    }

    func endsLine(_ unit: PatternUnit) -> Bool {
        unit == "\n" || (!unixLines && (unit == "\r" || unit == "\u{85}" || unit == "\u{2028}" || unit == "\u{2029}"))
    }
}
