/// Collects a program while it is being parsed.
struct ProgramBuilder {
    var program = Program()
    /// The routine that is being written: instructions jump within it by its own numbers.
    private(set) var code: [Instruction] = []
    private var offsets: [Int32] = []
    /// Texts are joined only behind the last place that something jumps to.
    private var joinable = 0
    private var slotNumbers: [String: Int32] = [:]
    private var nameNumbers: [String: Int32] = [:]
    /// Slots that the template itself gives values to.
    private(set) var assigned: Set<Int32> = []

    init() {
        for name in Program.builtIns { _ = slot(name) }
    }

    /// The number of the next instruction, as the target of a jump.
    mutating func label() -> Int32 {
        joinable = code.count
        return Int32(code.count)
    }

    @discardableResult
    mutating func emit(_ instruction: Instruction, at offset: Int) -> Int {
        code.append(instruction)
        offsets.append(Int32(offset))
        return code.count - 1
    }

    mutating func text(_ range: Range<Int>) {
        guard !range.isEmpty else { return }
        if code.count > joinable, case .text(let offset, let count)? = code.last,
            Int(offset + count) == range.lowerBound
        {
            code[code.count - 1] = .text(offset: offset, count: count + Int32(range.count))
        } else {
            emit(.text(offset: Int32(range.lowerBound), count: Int32(range.count)), at: range.lowerBound)
        }
    }

    mutating func replace(_ position: Int, with instruction: Instruction) { code[position] = instruction }

    /// Writes what `body` emits as a routine of its own and returns its instructions, not yet placed.
    mutating func beginRoutine() -> Routine {
        defer {
            code = []
            offsets = []
            joinable = 0
        }
        return Routine(code: code, offsets: offsets, joinable: joinable)
    }

    /// Places the routine that was being written and goes on with `outer`; returns where the routine starts.
    mutating func endRoutine(outer: Routine) -> Int32 {
        emit(.end, at: Int(offsets.last ?? 0))
        let base = Int32(program.code.count)
        program.code.append(contentsOf: code.map { $0.moved(by: base) })
        program.codeOffsets.append(contentsOf: offsets)
        dropRoutine(outer: outer)
        return base
    }

    mutating func dropRoutine(outer: Routine) {
        code = outer.code
        offsets = outer.offsets
        joinable = outer.joinable
    }

    struct Routine {
        fileprivate let code: [Instruction]
        fileprivate let offsets: [Int32]
        fileprivate let joinable: Int
    }

    mutating func expression(_ expression: Expression) -> Int32 {
        program.expressions.append(expression)
        return Int32(program.expressions.count - 1)
    }

    mutating func constant(_ value: Value) -> Int32 {
        program.constants.append(value)
        return expression(.constant(Int32(program.constants.count - 1)))
    }

    /// Places `numbers` one behind the other.
    mutating func operands(_ numbers: [Int32]) -> (start: Int32, count: Int32) {
        let start = Int32(program.operands.count)
        program.operands.append(contentsOf: numbers)
        return (start, Int32(numbers.count))
    }

    mutating func slot(_ name: String) -> Int32 {
        if let number = slotNumbers[name] { return number }
        let number = Int32(program.slots.count)
        program.slots.append(name)
        slotNumbers[name] = number
        return number
    }

    mutating func name(_ name: String) -> Int32 {
        if let number = nameNumbers[name] { return number }
        let number = Int32(program.names.count)
        program.names.append(Key(name))
        nameNumbers[name] = number
        return number
    }

    mutating func assign(_ slot: Int32) { assigned.insert(slot) }

    /// The text of `expression` when it is the same at every rendering.
    func constantText(_ expression: Int32) -> String? {
        if case .constant(let number) = program.expressions[Int(expression)],
            case .string(let text) = program.constants[Int(number)]
        {
            return text
        }
        return nil
    }
}

extension Instruction {
    fileprivate func moved(by base: Int32) -> Instruction {
        switch self {
        case .branch(let condition, let otherwise): .branch(condition: condition, otherwise: otherwise + base)
        case .jump(let target): .jump(target + base)
        case .loop(let loop, let end): .loop(loop, end: end + base)
        case .next(let body): .next(body: body + base)
        case .leaveLoop(let target): .leaveLoop(target + base)
        default: self
        }
    }
}
