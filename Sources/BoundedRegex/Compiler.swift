/// Writes the program of a parsed pattern.
struct Compiler {
    private var program = ProgramDraft()

    static func compile(_ parsed: Parsed, dialect: Pattern.Dialect) -> Program {
        var compiler = Compiler()
        compiler.program.isECMA = dialect == .ecma
        compiler.program.slotCount = 2 * (parsed.groupCount + 1)
        compiler.emit(parsed.node)
        compiler.add(.accept)
        let first = compiler.first(of: parsed.node)
        compiler.program.firstBytes = first.canBeEmpty ? nil : first.bytes
        compiler.program.isAnchored = beginsWithAnchor(parsed.node)
        return Program(compiler.program)
    }

    private var here: Int32 { Int32(program.instructions.count) }

    private mutating func add(_ instruction: Instruction) { program.instructions.append(instruction) }

    private mutating func newRegisters(_ count: Int) -> Int {
        defer { program.registerCount += count }
        return program.slotCount + program.registerCount
    }

    private mutating func emit(_ node: Node) {
        switch node {
        case .empty: break
        case .character: emit(sequence: [node])
        case .set(let set): add(.set(add(set)))
        case .sequence(let nodes): emit(sequence: nodes)
        case .alternation(let nodes): emit(alternatives: nodes)
        case .capture(let node, let group):
            let register = Int32(newRegisters(1))
            add(.open(register))
            emit(node)
            add(.close(group: Int32(group), register))
        case .repeated(let node, let repetition): emit(node, repetition)
        case .look(let node, .ahead): emit(node, behind: .ahead)
        case .look(let node, .notAhead): emit(node, behind: .notAhead)
        case .look(let node, .behind(let length)): emit(node, behind: .behind, length)
        case .look(let node, .notBehind(let length)): emit(node, behind: .notBehind, length)
        case .atomic(let node): emit(node, behind: .atomic)
        case .backReference(let group, let folding): add(.backReference(group: Int32(group), folding))
        case .assertion(let assertion): add(.assertion(assertion))
        }
    }

    // MARK: Characters

    private mutating func emit(sequence nodes: [Node]) {
        var literal: [UInt32] = []
        for node in nodes {
            if case .character(let character, let folding) = node {
                if CaseFolding.isCaseless(character, folding) {
                    literal.append(character)
                    continue
                }
                emit(literal: &literal)
                add(.folded(character, folding))
            } else {
                emit(literal: &literal)
                emit(node)
            }
        }
        emit(literal: &literal)
    }

    /// Characters as the bytes that are compared; a surrogate alone has none, and is compared as a unit.
    private mutating func emit(literal: inout [UInt32]) {
        var start = program.literals.count
        func flush(_ program: inout ProgramDraft) {
            let count = program.literals.count - start
            if count > 0 { program.instructions.append(.literal(start: Int32(start), count: Int32(count))) }
            start = program.literals.count
        }
        var position = 0
        while position < literal.count {
            var character = literal[position]
            position += 1
            if character & ~0x3FF == 0xD800, position < literal.count, literal[position] & ~0x3FF == 0xDC00 {
                character = 0x10000 + (character & 0x3FF) << 10 + literal[position] & 0x3FF
                position += 1
            }
            if let scalar = Unicode.Scalar(character) {
                program.literals.append(contentsOf: String(Character(scalar)).utf8)
            } else {
                flush(&program)
                add(.unit(character))
            }
        }
        flush(&program)
        literal.removeAll(keepingCapacity: true)
    }

    private mutating func add(_ set: SetExpression) -> Int32 {
        program.sets.append(CompiledSet(set))
        return Int32(program.sets.count - 1)
    }

    // MARK: Choices and loops

    private mutating func emit(alternatives: [Node]) {
        var exits: [Int] = []
        for (position, node) in alternatives.enumerated() {
            guard position < alternatives.count - 1 else {
                emit(node)
                continue
            }
            let split = program.instructions.count
            add(.split(first: here + 1, second: 0))
            emit(node)
            exits.append(program.instructions.count)
            add(.jump(0))
            program.instructions[split] = .split(first: Int32(split + 1), second: here)
        }
        for exit in exits { program.instructions[exit] = .jump(here) }
    }

    private mutating func emit(_ node: Node, _ repetition: Repetition) {
        if repetition.maximum == 0 { return }
        if repetition.minimum == 1, repetition.maximum == 1 { return emit(node) }
        if let set = node.asSet {
            add(
                .run(
                    set: add(set), minimum: repetition.minimum, maximum: repetition.maximum, mode: repetition.mode))
            return
        }
        if repetition.mode == .possessive {
            var greedy = repetition
            greedy.mode = .greedy
            return emit(.repeated(node, greedy), behind: .atomic)
        }
        let isLazy = repetition.mode == .lazy
        // A turn that matches nothing counts as none in ECMAScript, which a plain choice does not see.
        if repetition.minimum == 0, repetition.maximum == 1, !program.isECMA || node.length.least > 0 {
            let split = program.instructions.count
            add(.jump(0))
            emit(node)
            let inside = Int32(split + 1)
            program.instructions[split] =
                isLazy ? .split(first: here, second: inside) : .split(first: inside, second: here)
            return
        }
        let groups = program.isECMA ? repetition.groups : 0..<0
        let loop = Int32(program.loops.count)
        program.loops.append(
            Loop(
                register: newRegisters(2), minimum: Int(repetition.minimum), maximum: Int(repetition.maximum),
                isLazy: isLazy, slots: (2 * groups.lowerBound)..<(2 * groups.upperBound)
            ))
        add(.enterLoop(loop))
        let decision = here
        add(.loop(loop, exit: 0))
        add(.turn(loop))
        emit(node)
        add(.jump(decision))
        program.instructions[Int(decision)] = .loop(loop, exit: here)
    }

    private mutating func emit(_ node: Node, behind barrier: Barrier, _ length: ClosedRange<Int> = 0...0) {
        let enter = program.instructions.count
        add(.leave)
        emit(node)
        add(.leave)
        program.instructions[enter] = .enter(
            barrier, end: here, least: Int32(length.lowerBound), greatest: Int32(length.upperBound))
    }

    // MARK: Where a match can begin

    private func first(of node: Node) -> (bytes: ByteSet, canBeEmpty: Bool) {
        var bytes = ByteSet()
        switch node {
        case .empty, .look, .assertion: return (bytes, true)
        case .character(let character, let folding):
            for variant in [character] + CaseFolding.variants(of: character, folding) {
                if variant < 0x80 { bytes.insert(UInt8(variant)) } else { bytes.insertNonASCII() }
            }
            if folding == .unicode { bytes.insertNonASCII() }
            return (bytes, false)
        case .set(let set): return (CompiledSet(set).firstBytes, false)
        case .sequence(let nodes):
            for node in nodes {
                let first = first(of: node)
                bytes.formUnion(first.bytes)
                if !first.canBeEmpty { return (bytes, false) }
            }
            return (bytes, true)
        case .alternation(let nodes):
            let firsts = nodes.map(first)
            for first in firsts { bytes.formUnion(first.bytes) }
            return (bytes, firsts.contains { $0.canBeEmpty })
        case .capture(let node, _), .atomic(let node): return first(of: node)
        case .repeated(let node, let repetition):
            let first = first(of: node)
            return (first.bytes, first.canBeEmpty || repetition.minimum == 0)
        case .backReference: return (bytes, true)
        }
    }

    private static func beginsWithAnchor(_ node: Node) -> Bool {
        switch node {
        case .assertion(.begin): true
        case .sequence(let nodes): nodes.first.map(beginsWithAnchor) ?? false
        case .alternation(let nodes): nodes.allSatisfy(beginsWithAnchor)
        case .capture(let node, _), .atomic(let node): beginsWithAnchor(node)
        default: false
        }
    }
}

extension CaseFolding {
    /// Whether the character only matches itself.
    static func isCaseless(_ character: UInt32, _ folding: Folding) -> Bool {
        switch folding {
        case .none: true
        case .ascii: variants(of: character, .ascii).isEmpty
        // The capital of another letter can be this one: `K` and the sign of kelvin.
        case .unicode: false
        }
    }
}
