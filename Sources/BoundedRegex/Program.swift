/// A pattern as the matcher runs it: a flat list of instructions. A class, so that a match need not copy what it holds.
final class Program: Sendable {
    let instructions: [Instruction]
    let literals: [UInt8]
    let sets: [CompiledSet]
    let loops: [Loop]
    let slotCount: Int
    let registerCount: Int
    let firstBytes: ByteSet?
    let isAnchored: Bool
    let isECMA: Bool

    init(_ draft: ProgramDraft) {
        instructions = draft.instructions
        literals = draft.literals
        sets = draft.sets
        loops = draft.loops
        slotCount = draft.slotCount
        registerCount = draft.registerCount
        firstBytes = draft.firstBytes
        isAnchored = draft.isAnchored
        isECMA = draft.isECMA
    }
}

/// A program that is being written.
struct ProgramDraft {
    var instructions: [Instruction] = []
    /// The bytes of all literal texts, one behind the other.
    var literals: [UInt8] = []
    var sets: [CompiledSet] = []
    var loops: [Loop] = []
    /// Twice the groups, the whole match first: where each begins and ends.
    var slotCount = 2
    /// Counters of loops and positions, kept behind the slots.
    var registerCount = 0
    /// The bytes with which a match can begin, as a set of 256; nil if it can be empty or begin with anything.
    var firstBytes: ByteSet?
    /// A match begins only where the text does.
    var isAnchored = false
    /// Characters are UTF-16 units, and what a group that took no part matched is empty.
    var isECMA = false
}

enum Instruction: Sendable {
    case literal(start: Int32, count: Int32)
    case folded(UInt32, Folding)
    case unit(UInt32)
    case set(Int32)
    /// A set over and over: the loop that most patterns consist of, without an instruction per turn.
    case run(set: Int32, minimum: Int32, maximum: Int32, mode: Repetition.Mode)
    /// Keeps in a register where a group begins: it has matched, and can be referred to, only when it ends.
    case open(Int32)
    case close(group: Int32, Int32)
    case split(first: Int32, second: Int32)
    case jump(Int32)
    /// Begins a loop: its counter is 0.
    case enterLoop(Int32)
    /// Decides whether the loop takes another turn, which the next instruction begins, or goes on at `exit`.
    case loop(Int32, exit: Int32)
    case turn(Int32)
    /// Begins a look-around or an atomic group, whose end is the next `leave` of its depth; `end` is behind it.
    case enter(Barrier, end: Int32, least: Int32, greatest: Int32)
    case leave
    case backReference(group: Int32, Folding)
    case assertion(Assertion)
    case accept
}

enum Barrier: UInt8, Sendable { case ahead, notAhead, behind, notBehind, atomic }

/// What a `loop` instruction counts.
struct Loop: Sendable {
    /// Where the number of turns is kept, and behind it where the last one began.
    var register: Int
    var minimum: Int
    var maximum: Int
    var isLazy: Bool
    /// The slots of the groups inside, which ECMAScript empties before each turn; none in Java.
    var slots: Range<Int>
}

struct ByteSet: Hashable, Sendable {
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    static func == (left: ByteSet, right: ByteSet) -> Bool { left.words == right.words }
    func hash(into hasher: inout Hasher) { hasher.combine(words.0) }

    func contains(_ byte: UInt8) -> Bool {
        let word =
            switch byte >> 6 {
            case 0: words.0
            case 1: words.1
            case 2: words.2
            default: words.3
            }
        return word >> UInt64(byte & 63) & 1 != 0
    }

    mutating func insert(_ byte: UInt8) {
        let bit = UInt64(1) << UInt64(byte & 63)
        switch byte >> 6 {
        case 0: words.0 |= bit
        case 1: words.1 |= bit
        case 2: words.2 |= bit
        default: words.3 |= bit
        }
    }

    /// Every byte of a character outside of ASCII.
    mutating func insertNonASCII() {
        words.2 = .max
        words.3 = .max
    }

    mutating func formUnion(_ other: ByteSet) {
        words = (
            words.0 | other.words.0, words.1 | other.words.1, words.2 | other.words.2, words.3 | other.words.3
        )
    }
}

/// A set of characters: ASCII as bits, the rest as ranges, or as an expression where properties are asked.
struct CompiledSet: Sendable {
    private let low: UInt64
    private let high: UInt64
    private let rest: Rest

    private enum Rest: Sendable {
        case none
        case all
        case ranges(CharacterRanges)
        case expression(SetExpression)
    }

    init(_ expression: SetExpression) {
        var bits: [UInt64] = [0, 0]
        for character in 0..<UInt32(128) where expression.contains(character) {
            bits[Int(character >> 6)] |= 1 << UInt64(character & 63)
        }
        (low, high) = (bits[0], bits[1])
        guard let flattened = expression.flattened else {
            rest = .expression(expression)
            return
        }
        let beyond = flattened.ranges.filter { $0.upperBound >= 0x80 }
        if beyond.isEmpty {
            rest = .none
        } else if beyond.count == 1, beyond[0].lowerBound <= 0x80, beyond[0].upperBound >= CharacterRanges.lastCharacter
        {
            rest = .all
        } else {
            rest = .ranges(CharacterRanges(beyond))
        }
    }

    @inline(__always)
    func containsASCII(_ byte: UInt8) -> Bool {
        (byte < 64 ? low : high) >> UInt64(byte & 63) & 1 != 0
    }

    /// For a character outside of ASCII.
    func containsBeyondASCII(_ character: UInt32) -> Bool {
        switch rest {
        case .none: false
        case .all: true
        case .ranges(let ranges): ranges.contains(character)
        case .expression(let expression): expression.contains(character)
        }
    }

    var firstBytes: ByteSet {
        var bytes = ByteSet()
        for byte in 0..<UInt8(128) where containsASCII(byte) { bytes.insert(byte) }
        if case .none = rest { return bytes }
        bytes.insertNonASCII()
        return bytes
    }
}
