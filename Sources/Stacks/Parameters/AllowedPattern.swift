/// The regular expression of a parameter's AllowedPattern, matched in time that grows with pattern times text.
///
/// A template is untrusted input, and an engine that backtracks can be kept busy for ever by `(a+)+$`. This one walks
/// all ways at once (Thompson's construction), and says so when a pattern asks for what cannot be done that way.
struct AllowedPattern: Sendable {
    struct Failure: Error {
        let reason: String
    }

    enum Instruction {
        case scalar(ScalarSet)
        case split(Int, Int)
        case jump(Int)
        case begin
        case end
        case match
    }

    /// Room for the patterns people write; `[a-z]{1,255}` takes about 500.
    static let maximumInstructions = 5_000

    /// As long as the longest value that it could describe.
    static let maximumBytes = TemplateLimits.parameterBytes

    private let program: [Instruction]

    init(_ text: String) throws(Failure) {
        guard text.utf8.count <= Self.maximumBytes else {
            throw Failure(reason: "it has more than \(Self.maximumBytes) bytes")
        }
        var parser = AllowedPatternParser(text)
        var compiler = Compiler()
        try compiler.emit(try parser.whole())
        try compiler.append(.match)
        program = compiler.program
    }

    /// Whether the pattern matches the whole of `text`, as CloudFormation asks.
    func matches(_ text: String) -> Bool {
        let scalars = Array(text.unicodeScalars)
        var threads = Threads(count: program.count)
        follow(0, at: 0, of: scalars.count, into: &threads)
        for (position, scalar) in scalars.enumerated() {
            var next = Threads(count: program.count)
            for counter in threads.list {
                if case .scalar(let set) = program[counter], set.contains(scalar) {
                    follow(counter + 1, at: position + 1, of: scalars.count, into: &next)
                }
            }
            guard !next.list.isEmpty else { return false }
            threads = next
        }
        return threads.list.contains { if case .match = program[$0] { true } else { false } }
    }

    /// Adds every instruction reachable from `start` without taking a character.
    private func follow(_ start: Int, at position: Int, of count: Int, into threads: inout Threads) {
        var open = [start]
        while let counter = open.popLast() {
            guard threads.insert(counter) else { continue }
            switch program[counter] {
            case .split(let first, let second): open += [second, first]
            case .jump(let target): open.append(target)
            case .begin: if position == 0 { open.append(counter + 1) }
            case .end: if position == count { open.append(counter + 1) }
            case .scalar, .match: break
            }
        }
    }

    private struct Threads {
        private(set) var list: [Int] = []
        private var seen: [Bool]

        init(count: Int) { seen = Array(repeating: false, count: count) }

        mutating func insert(_ counter: Int) -> Bool {
            guard !seen[counter] else { return false }
            seen[counter] = true
            list.append(counter)
            return true
        }
    }

    private struct Compiler {
        var program: [Instruction] = []
        /// Repeats of nothing add no instruction, and must end too.
        private var steps = 0

        mutating func append(_ instruction: Instruction) throws(Failure) {
            guard program.count < AllowedPattern.maximumInstructions else {
                throw Failure(reason: "the pattern is too large")
            }
            program.append(instruction)
        }

        mutating func emit(_ node: AllowedPatternParser.Node) throws(Failure) {
            steps += 1
            guard steps <= 4 * AllowedPattern.maximumInstructions else {
                throw Failure(reason: "the pattern is too large")
            }
            switch node {
            case .scalar(let set): try append(.scalar(set))
            case .begin: try append(.begin)
            case .end: try append(.end)
            case .sequence(let nodes): for node in nodes { try emit(node) }
            case .alternatives(let nodes): try emit(alternatives: nodes)
            case .repeated(let node, let least, let most): try emit(node, least: least, most: most)
            }
        }

        private mutating func emit(alternatives nodes: [AllowedPatternParser.Node]) throws(Failure) {
            var jumps: [Int] = []
            for (position, node) in nodes.enumerated() {
                guard position < nodes.count - 1 else {
                    try emit(node)
                    break
                }
                let split = program.count
                try append(.split(split + 1, split))
                try emit(node)
                jumps.append(program.count)
                try append(.jump(0))
                program[split] = .split(split + 1, program.count)
            }
            for jump in jumps { program[jump] = .jump(program.count) }
        }

        private mutating func emit(_ node: AllowedPatternParser.Node, least: Int, most: Int?) throws(Failure) {
            for _ in 0..<least { try emit(node) }
            guard let most else {
                let split = program.count
                try append(.split(split + 1, split))
                try emit(node)
                try append(.jump(split))
                program[split] = .split(split + 1, program.count)
                return
            }
            var splits: [Int] = []
            for _ in least..<most {
                splits.append(program.count)
                try append(.split(program.count + 1, program.count))
                try emit(node)
            }
            for split in splits { program[split] = .split(split + 1, program.count) }
        }
    }
}

/// A set of characters: ranges, or everything else.
struct ScalarSet: Sendable {
    var ranges: [ClosedRange<Unicode.Scalar>]
    var isNegated = false

    func contains(_ scalar: Unicode.Scalar) -> Bool {
        ranges.contains { $0.contains(scalar) } != isNegated
    }

    static func one(_ scalar: Unicode.Scalar) -> ScalarSet { ScalarSet(ranges: [scalar...scalar]) }

    /// Java's `.`, which takes no line terminator.
    static let dot = ScalarSet(
        ranges: ["\n"..."\n", "\r"..."\r", "\u{85}"..."\u{85}", "\u{2028}"..."\u{2029}"], isNegated: true)
    static let digits = ScalarSet(ranges: ["0"..."9"])
    static let word = ScalarSet(ranges: ["a"..."z", "A"..."Z", "0"..."9", "_"..."_"])
    static let space = ScalarSet(ranges: ["\t"..."\r", " "..." "])
}
