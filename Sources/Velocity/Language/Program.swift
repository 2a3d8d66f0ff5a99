/// A parsed template: flat arrays that point at one another by number, never changed after parsing.
struct Program: Sendable {
    /// The template's text, and behind it the strings of it that had to be decoded.
    var bytes: [UInt8] = []
    var textCount = 0
    /// Where in the text the decoded strings came from, in order of `start`.
    var decoded: [(start: Int, count: Int, origin: Int)] = []

    /// Every routine (the template, blocks, strings with references) one behind the other, each closed by `.end`.
    var code: [Instruction] = []
    /// For each instruction, the offset of its text in `bytes`.
    var codeOffsets: [Int32] = []
    var entry = 0

    var expressions: [Expression] = []
    /// Members of lists, maps, chains and argument lists: numbers of expressions, and operators in chains.
    var operands: [Int32] = []
    var references: [Reference] = []
    var steps: [Step] = []
    var loops: [Loop] = []
    /// Where each `#define` starts.
    var blocks: [Int32] = []
    var constants: [Value] = []
    /// Names of properties, as keys of maps.
    var names: [Key] = []
    /// Names of variables by slot.
    var slots: [String] = []
    var contextPaths: [String] = []
    var paths: [JSONPath] = []
    var invalidPaths: [(message: String, offset: Int32)] = []

    /// The slots of the names that are always there, whether or not the text has them.
    static let builtIns = ["input", "context", "stageVariables", "util", "foreach"]
    static let foreachSlot = 4

    /// The place of `offset` in the template's own text.
    func origin(of offset: Int) -> Int {
        guard offset >= textCount else { return offset }
        guard let string = decoded.last(where: { $0.start <= offset }) else { return textCount }
        return origin(of: string.origin) + min(offset - string.start, string.count)
    }

    func error(_ message: String, at offset: Int) -> TemplateError {
        let position = positions(of: [offset])[0]
        return TemplateError(line: position.line, column: position.column, message: message)
    }

    /// The places of `offsets` in the template's own text, found in one pass over it.
    func positions(of offsets: [Int]) -> [TemplatePosition] {
        let origins = offsets.map(origin)
        var positions = [TemplatePosition](repeating: TemplatePosition(line: 1, column: 1), count: offsets.count)
        var line = 1
        var column = 1
        var reached = 0
        for index in origins.indices.sorted(by: { origins[$0] < origins[$1] }) {
            while reached < origins[index], reached < textCount {
                if bytes[reached] == UInt8(ascii: "\n") {
                    line += 1
                    column = 0
                }
                reached += 1
                // Of a character's bytes only the first one counts.
                if reached == textCount || bytes[reached] & 0xC0 != 0x80 { column += 1 }
            }
            positions[index] = TemplatePosition(line: line, column: column)
        }
        return positions
    }
}

enum Instruction: Sendable {
    case text(offset: Int32, count: Int32)
    case print(reference: Int32)
    /// A reference behind backslashes: half of them are printed, an odd one makes the reference text.
    case printEscaped(reference: Int32, backslashes: Int32)
    case set(slot: Int32, value: Int32)
    case assign(reference: Int32, value: Int32)
    case branch(condition: Int32, otherwise: Int32)
    /// Entered `#else`: only to tell the observer.
    case otherwise
    case jump(Int32)
    case loop(Int32, end: Int32)
    case next(body: Int32)
    /// `#break`: leaves the innermost loop of the routine.
    case leaveLoop(Int32)
    /// `#break` outside of a loop: leaves the routine.
    case leaveRoutine
    case define(slot: Int32, block: Int32)
    case stop
    case end
}

enum Expression: Sendable {
    case constant(Int32)
    case string(routine: Int32)
    case reference(Int32)
    case list(start: Int32, count: Int32)
    case map(start: Int32, count: Int32)
    case range(from: Int32, to: Int32)
    /// Operands and operators in turn, worked from left to right.
    case chain(start: Int32, count: Int32)
    case all(start: Int32, count: Int32)
    case any(start: Int32, count: Int32)
    case not(Int32)
}

enum Operator: Int32, Sendable {
    case add, subtract, multiply, divide, modulo
    case less, lessOrEqual, greater, greaterOrEqual
    case equal, notEqual
    case and, or
}

struct Reference: Sendable {
    var slot: Int32
    var firstStep: Int32
    var stepCount: Int32
    /// The reference's text, from its `$`.
    var offset: Int32
    var count: Int32
    /// `${…}`
    var isFormal: Bool
    /// What the first steps are known to mean, and how many of them it stands for.
    var shortcut = Shortcut.none
    var shortcutSteps: Int32 = 0
}

/// First steps of a reference that mean the same at every rendering.
enum Shortcut: Sendable {
    case none
    case context(path: Int32)
    case stageVariable(name: Int32)
    case parameter(name: Int32)
    case body
    case json(path: Int32)
    case path(path: Int32)
    /// `$velocityCount` and `$velocityHasNext`, of the innermost loop.
    case loopCount
    case loopHasNext
}

enum Step: Sendable {
    case property(name: Int32)
    case method(Method?, name: Int32, first: Int32, count: Int32)
    case index(Int32)
}

struct Loop: Sendable {
    var slot: Int32
    var list: Int32
}
