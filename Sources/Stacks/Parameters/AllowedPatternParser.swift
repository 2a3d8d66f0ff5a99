/// Reads the part of Java's regular expressions that templates use: CloudFormation is written in Java.
struct AllowedPatternParser {
    indirect enum Node {
        case scalar(ScalarSet)
        case begin
        case end
        case sequence([Node])
        case alternatives([Node])
        /// Without `most` there is no upper bound.
        case repeated(Node, least: Int, most: Int?)
    }

    typealias Failure = AllowedPattern.Failure

    private static let maximumDepth = 50
    private static let maximumRepeats = 1_000

    private var rest: ArraySlice<Unicode.Scalar>

    init(_ text: String) { rest = Array(text.unicodeScalars)[...] }

    mutating func whole() throws(Failure) -> Node {
        let node = try alternatives(depth: 0)
        guard rest.isEmpty else { throw Failure(reason: "a closing parenthesis without an opening one") }
        return node
    }

    private mutating func alternatives(depth: Int) throws(Failure) -> Node {
        guard depth < Self.maximumDepth else { throw Failure(reason: "groups nested too deep") }
        var nodes = [try sequence(depth: depth)]
        while take("|") { nodes.append(try sequence(depth: depth)) }
        return nodes.count == 1 ? nodes[0] : .alternatives(nodes)
    }

    private mutating func sequence(depth: Int) throws(Failure) -> Node {
        var nodes: [Node] = []
        while let next = rest.first, next != "|", next != ")" {
            nodes.append(try quantified(try atom(depth: depth)))
        }
        return .sequence(nodes)
    }

    private mutating func atom(depth: Int) throws(Failure) -> Node {
        let scalar = rest.removeFirst()
        switch scalar {
        case "^": return .begin
        case "$": return .end
        case ".": return .scalar(.dot)
        case "[": return .scalar(try characterClass())
        case "\\": return .scalar(try escape())
        case "(":
            if take("?") {
                guard take(":") else { throw unsupported("groups that begin with (?") }
            }
            let node = try alternatives(depth: depth + 1)
            guard take(")") else { throw Failure(reason: "a group without its closing parenthesis") }
            return node
        case "*", "+", "?", "{": throw Failure(reason: "a quantifier with nothing before it")
        default: return .scalar(.one(scalar))
        }
    }

    private mutating func quantified(_ node: Node) throws(Failure) -> Node {
        var least = 0
        var most: Int?
        switch rest.first {
        case "*": rest.removeFirst()
        case "+":
            rest.removeFirst()
            least = 1
        case "?":
            rest.removeFirst()
            most = 1
        case "{":
            rest.removeFirst()
            least = try count()
            most = least
            if take(",") { most = rest.first == "}" ? nil : try count() }
            guard take("}") else { throw Failure(reason: "a quantifier without its closing brace") }
            if let most, most < least { throw Failure(reason: "a quantifier whose bounds are the wrong way round") }
        default: return node
        }
        // A reluctant quantifier matches the same texts as a greedy one when all of the text must match.
        if !take("?"), rest.first == "+" { throw unsupported("possessive quantifiers") }
        return .repeated(node, least: least, most: most)
    }

    private mutating func count() throws(Failure) -> Int {
        let digits = rest.prefix { ScalarSet.digits.contains($0) }
        rest = rest.dropFirst(digits.count)
        var text = String.UnicodeScalarView()
        text.append(contentsOf: digits)
        guard let count = Int(String(text)) else { throw Failure(reason: "a quantifier without a number") }
        guard count <= Self.maximumRepeats else { throw Failure(reason: "a quantifier over \(Self.maximumRepeats)") }
        return count
    }

    private mutating func characterClass() throws(Failure) -> ScalarSet {
        var set = ScalarSet(ranges: [])
        set.isNegated = take("^")
        var isFirst = true
        while let scalar = rest.first, scalar != "]" || isFirst {
            isFirst = false
            rest.removeFirst()
            if scalar == "[" || scalar == "&" && rest.first == "&" {
                throw unsupported("character classes within character classes")
            }
            let low = scalar == "\\" ? try escape() : .one(scalar)
            guard rest.first == "-", let after = rest.dropFirst().first, after != "]" else {
                guard !low.isNegated else { throw unsupported("\\D, \\W and \\S within character classes") }
                set.ranges += low.ranges
                continue
            }
            rest.removeFirst(2)
            let high = after == "\\" ? try escape() : .one(after)
            guard let from = low.single, let to = high.single, from <= to else {
                throw Failure(reason: "a character range that is none")
            }
            set.ranges.append(from...to)
        }
        guard take("]") else { throw Failure(reason: "a character class without its closing bracket") }
        return set
    }

    private mutating func escape() throws(Failure) -> ScalarSet {
        guard let scalar = rest.popFirst() else { throw Failure(reason: "a backslash at the end") }
        switch scalar {
        case "d": return .digits
        case "D": return ScalarSet(ranges: ScalarSet.digits.ranges, isNegated: true)
        case "w": return .word
        case "W": return ScalarSet(ranges: ScalarSet.word.ranges, isNegated: true)
        case "s": return .space
        case "S": return ScalarSet(ranges: ScalarSet.space.ranges, isNegated: true)
        case "t": return .one("\t")
        case "n": return .one("\n")
        case "r": return .one("\r")
        case "f": return .one("\u{0C}")
        case "x": return try hexadecimal(digits: 2)
        case "u": return try hexadecimal(digits: 4)
        case "a"..."z", "A"..."Z", "0"..."9": throw unsupported("\\\(scalar)")
        default: return .one(scalar)
        }
    }

    private mutating func hexadecimal(digits: Int) throws(Failure) -> ScalarSet {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: rest.prefix(digits))
        rest = rest.dropFirst(digits)
        guard text.count == digits, let value = UInt32(String(text), radix: 16), let scalar = Unicode.Scalar(value)
        else { throw Failure(reason: "an escape that is no character") }
        return .one(scalar)
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard rest.first == scalar else { return false }
        rest.removeFirst()
        return true
    }

    private func unsupported(_ what: String) -> Failure { Failure(reason: "\(what) are not supported yet") }
}

extension ScalarSet {
    /// The character of a set of one.
    fileprivate var single: Unicode.Scalar? {
        guard !isNegated, ranges.count == 1, ranges[0].lowerBound == ranges[0].upperBound else { return nil }
        return ranges[0].lowerBound
    }
}
