/// Runs a program over one text, with a stack of its own: what may be tried in another way, and what is to be undone then.
struct Matcher: ~Escapable {
    /// What the stack may hold. A pattern that needs more is as good as one without an end.
    static let maximumFrames = 1 << 19

    private let program: Program
    private let text: Span<UInt8>
    /// Where groups begin and end, -1 for nowhere, then the registers of loops.
    private var slots: [Int]
    private var frames: [Frame] = []
    /// Where `\G` holds.
    private let searchStart: Int
    private var matchStart = 0
    private var matchEnd = 0
    private var mustReachEnd = false
    private(set) var steps: Int

    private enum Frame {
        case branch(Int, position: Int)
        case restore(slot: Int, value: Int)
        /// A greedy run that may give back characters down to `least`.
        case shorterRun(Int, position: Int, least: Int)
        /// A lazy run at the instruction, that may take up to `remaining` characters more.
        case longerRun(Int, position: Int, remaining: Int)
        /// Where a look-around or an atomic group was entered, and how far behind the position it began.
        case barrier(Int, position: Int, distance: Int)
    }

    @_lifetime(copy text)
    init(_ program: Program, over text: Span<UInt8>, steps: Int, searchStart: Int = 0) {
        self.program = program
        self.text = text
        self.steps = steps
        self.searchStart = searchStart
        slots = Array(repeating: -1, count: program.slotCount + program.registerCount)
    }

    var match: Match {
        let groups = (1..<(program.slotCount / 2)).map { group -> Range<Int>? in
            let (start, end) = (slots[2 * group], slots[2 * group + 1])
            return start >= 0 && end >= start ? start..<end : nil
        }
        let range = matchStart..<max(matchStart, matchEnd)
        return Match(groups: [range] + groups, range: range)
    }

    mutating func matchesWhole() throws(MatchError) -> Bool {
        mustReachEnd = true
        return try matches(at: 0)
    }

    mutating func search(from start: Int) throws(MatchError) -> Bool {
        if program.isAnchored { return start == 0 ? try matches(at: 0) : false }
        var position = start
        while position <= text.count {
            if let firstBytes = program.firstBytes {
                let begin = position
                while position < text.count, !firstBytes.contains(text[position]) { position += 1 }
                try spend((position - begin) / Self.charactersPerStep)
                if position == text.count { return false }
            }
            if try matches(at: position) { return true }
            if position == text.count { return false }
            position = decode(position).next
        }
        return false
    }

    // MARK: The machine

    /// Characters of a run cost a fraction of an instruction.
    private static let charactersPerStep = 16

    private mutating func spend(_ count: Int) throws(MatchError) {
        steps -= count
        if steps < 0 { throw .stepLimitExceeded }
    }

    private mutating func push(_ frame: Frame) throws(MatchError) {
        guard frames.count < Self.maximumFrames else { throw .stepLimitExceeded }
        frames.append(frame)
    }

    private mutating func matches(at start: Int) throws(MatchError) -> Bool {
        matchStart = start
        frames.removeAll(keepingCapacity: true)
        var pc = 0
        var position = start
        while true {
            try spend(1)
            if try step(&pc, &position) { continue }
            if pc == Self.accepted { return true }
            guard try backtrack(&pc, &position) else { return false }
        }
    }

    private static let accepted = -1

    /// Runs one instruction. False if it does not match, or if all have (`pc` is `accepted` then).
    @inline(__always)
    private mutating func step(_ pc: inout Int, _ position: inout Int) throws(MatchError) -> Bool {
        switch program.instructions[pc] {
        case .literal(let start, let count):
            guard position + Int(count) <= text.count else { return false }
            for offset in 0..<Int(count) where program.literals[Int(start) + offset] != text[position + offset] {
                return false
            }
            position += Int(count)
        case .folded(let character, let folding):
            guard position < text.count else { return false }
            let (value, next) = decode(position)
            guard CaseFolding.same(value, character, folding) else { return false }
            position = next
        case .unit(let unit):
            guard position < text.count else { return false }
            let (value, next) = decode(position)
            guard value == unit else { return false }
            position = next
        case .set(let set):
            guard position < text.count else { return false }
            let next = after(position, in: Int(set))
            guard next > position else { return false }
            position = next
        case .run(let set, let minimum, let maximum, let mode):
            guard try run(pc, &position, Int(set), Int(minimum), Int(maximum), mode) else { return false }
        case .open(let register): try set(Int(register), to: position)
        case .close(let group, let register):
            try set(2 * Int(group), to: slots[Int(register)])
            try set(2 * Int(group) + 1, to: position)
        case .split(let first, let second):
            try push(.branch(Int(second), position: position))
            pc = Int(first)
            return true
        case .jump(let target):
            pc = Int(target)
            return true
        case .enterLoop(let loop): try set(program.loops[Int(loop)].register, to: 0)
        case .loop(let loop, let exit): return try decide(program.loops[Int(loop)], Int(exit), &pc, position)
        case .turn(let loop): try takeTurn(program.loops[Int(loop)], position)
        case .enter(let barrier, _, let least, _):
            if barrier == .behind || barrier == .notBehind {
                try push(.barrier(pc, position: position, distance: Int(least) - 1))
                return false
            }
            try push(.barrier(pc, position: position, distance: 0))
        case .leave: return try leave(&pc, &position)
        case .backReference(let group, let folding):
            guard let end = after(group: Int(group), at: position, folding) else { return false }
            position = end
        case .assertion(let assertion): guard holds(assertion, at: position) else { return false }
        case .accept:
            guard !mustReachEnd || position == text.count else { return false }
            matchEnd = position
            pc = Self.accepted
            return false
        }
        pc += 1
        return true
    }

    /// Goes back to the last place where there is another way. False if there is none.
    private mutating func backtrack(_ pc: inout Int, _ position: inout Int) throws(MatchError) -> Bool {
        while let frame = frames.popLast() {
            switch frame {
            case .restore(let slot, let value): slots[slot] = value
            case .branch(let target, let start):
                (pc, position) = (target, start)
                return true
            case .shorterRun(let target, let end, let least):
                position = max(least, previous(end))
                if position > least { frames.append(.shorterRun(target, position: position, least: least)) }
                pc = target
                return true
            case .longerRun(let run, let start, let remaining):
                guard start < text.count, case .run(let set, _, _, _) = program.instructions[run] else { continue }
                position = after(start, in: Int(set))
                guard position > start else { continue }
                if remaining > 1 { frames.append(.longerRun(run, position: position, remaining: remaining - 1)) }
                pc = run + 1
                return true
            case .barrier(let enter, let start, let distance):
                if try exhausted(enter, start, distance, &pc, &position) { return true }
            }
        }
        return false
    }

    // MARK: Loops

    private mutating func run(
        _ pc: Int, _ position: inout Int, _ set: Int, _ minimum: Int, _ maximum: Int, _ mode: Repetition.Mode
    ) throws(MatchError) -> Bool {
        let begin = position
        let wanted = mode == .lazy ? minimum : maximum
        var count = 0
        var least = position
        while count < wanted, position < text.count {
            let next = after(position, in: set)
            guard next > position else { break }
            position = next
            count += 1
            if count == minimum { least = position }
        }
        try spend((position - begin) / Self.charactersPerStep)
        guard count >= minimum else { return false }
        switch mode {
        case .possessive: break
        case .greedy: if position > least { try push(.shorterRun(pc + 1, position: position, least: least)) }
        case .lazy:
            if maximum > minimum { try push(.longerRun(pc, position: position, remaining: maximum - minimum)) }
        }
        return true
    }

    private mutating func decide(
        _ loop: Loop, _ exit: Int, _ pc: inout Int, _ position: Int
    ) throws(MatchError) -> Bool {
        let turns = slots[loop.register]
        let wasEmpty = turns > 0 && slots[loop.register + 1] == position
        // Java leaves a loop whose turn matched nothing; ECMAScript does not take such a turn beyond the minimum.
        if wasEmpty, !program.isECMA {
            pc = exit
        } else if turns < loop.minimum {
            pc += 1
        } else if wasEmpty, turns > loop.minimum {
            return false
        } else if turns >= loop.maximum {
            pc = exit
        } else if loop.isLazy {
            try push(.branch(pc + 1, position: position))
            pc = exit
        } else {
            try push(.branch(exit, position: position))
            pc += 1
        }
        return true
    }

    private mutating func takeTurn(_ loop: Loop, _ position: Int) throws(MatchError) {
        try set(loop.register, to: slots[loop.register] + 1)
        try set(loop.register + 1, to: position)
        for slot in loop.slots where slots[slot] >= 0 { try set(slot, to: -1) }
    }

    private mutating func set(_ slot: Int, to value: Int) throws(MatchError) {
        try push(.restore(slot: slot, value: slots[slot]))
        slots[slot] = value
    }

    // MARK: Look-around and atomic groups

    /// The inside of a barrier has matched.
    private mutating func leave(_ pc: inout Int, _ position: inout Int) throws(MatchError) -> Bool {
        guard
            let index = frames.lastIndex(where: { if case .barrier = $0 { true } else { false } }),
            case .barrier(let enter, let start, _) = frames[index],
            case .enter(let barrier, let end, _, _) = program.instructions[enter]
        else { preconditionFailure("an end without a begin") }
        try spend((frames.count - index) / Self.charactersPerStep)
        switch barrier {
        case .behind, .notBehind: if position != start { return false }
        case .ahead, .notAhead, .atomic: break
        }
        if barrier == .notAhead || barrier == .notBehind {
            while frames.count > index {
                if case .restore(let slot, let value) = frames.removeLast() { slots[slot] = value }
            }
            return false
        }
        // What was tried inside is settled; what it changed is still to be undone if the rest does not match.
        var kept = index
        for place in (index + 1)..<max(frames.count, index + 1) {
            guard case .restore = frames[place] else { continue }
            frames[kept] = frames[place]
            kept += 1
        }
        frames.removeLast(frames.count - kept)
        if barrier != .atomic { position = start }
        pc = Int(end)
        return true
    }

    /// The inside of a barrier has failed, or is to be tried from further behind. Whether the match goes on at `pc`.
    private mutating func exhausted(
        _ enter: Int, _ start: Int, _ distance: Int, _ pc: inout Int, _ position: inout Int
    ) throws(MatchError) -> Bool {
        guard case .enter(let barrier, let end, _, let greatest) = program.instructions[enter] else {
            preconditionFailure("a barrier is made by its instruction")
        }
        switch barrier {
        case .ahead, .atomic: return false
        case .behind, .notBehind:
            let next = distance + 1
            if next <= Int(greatest), let begin = back(from: start, characters: next) {
                try push(.barrier(enter, position: start, distance: next))
                (pc, position) = (enter + 1, begin)
                return true
            }
            if barrier == .behind { return false }
        case .notAhead: break
        }
        (pc, position) = (Int(end), start)
        return true
    }

    private mutating func back(from start: Int, characters: Int) -> Int? {
        var position = start
        for _ in 0..<characters {
            guard position > 0 else { return nil }
            position = previous(position)
        }
        steps -= characters / Self.charactersPerStep + 1
        return position
    }
}

// MARK: - Characters

extension Matcher {
    @inline(__always)
    private func decode(_ position: Int) -> (value: UInt32, next: Int) {
        let byte = text[position]
        if byte < 0x80 { return (UInt32(byte), position + 1) }
        return program.isECMA ? UTF8Text.decodeUnit(text, position) : UTF8Text.decode(text, position)
    }

    private func previous(_ position: Int) -> Int {
        program.isECMA ? UTF8Text.previousUnit(text, position) : UTF8Text.previous(text, position)
    }

    /// The position behind the character there, if it is in the set; else the same position.
    @inline(__always)
    private func after(_ position: Int, in set: Int) -> Int {
        let byte = text[position]
        if byte < 0x80 { return program.sets[set].containsASCII(byte) ? position + 1 : position }
        let (value, next) = decode(position)
        return program.sets[set].containsBeyondASCII(value) ? next : position
    }

    private func after(group: Int, at position: Int, _ folding: Folding) -> Int? {
        guard 2 * group + 1 < program.slotCount, slots[2 * group] >= 0, slots[2 * group + 1] >= slots[2 * group] else {
            return program.isECMA ? position : nil
        }
        var at = slots[2 * group]
        let end = slots[2 * group + 1]
        var position = position
        while at < end {
            guard position < text.count else { return nil }
            let (value, next) = decode(at)
            let (other, otherNext) = decode(position)
            guard CaseFolding.same(value, other, folding) else { return nil }
            (at, position) = (next, otherNext)
        }
        return position
    }

    private func holds(_ assertion: Assertion, at position: Int) -> Bool {
        switch assertion {
        case .begin: position == 0
        case .end: position == text.count
        case .searchBegin: position == searchStart
        case .beforeFinalLineEnd:
            position == text.count || (isLineEnd(at: position) && behindLineEnd(at: position) == text.count)
        case .beforeFinalNewline:
            position == text.count || (position == text.count - 1 && text[position] == newline)
        case .lineEnd: position == text.count || isLineEnd(at: position)
        case .newlineEnd: position == text.count || text[position] == newline
        case .lineBegin: position < text.count && (position == 0 || isLineBegin(position))
        case .newlineBegin: position < text.count && (position == 0 || text[position - 1] == newline)
        case .wordBoundary: isWord(before: position) != isWord(at: position)
        case .notWordBoundary: isWord(before: position) == isWord(at: position)
        case .unicodeWordBoundary: isUnicodeWord(before: position) != isUnicodeWord(at: position)
        case .notUnicodeWordBoundary: isUnicodeWord(before: position) == isUnicodeWord(at: position)
        }
    }

    private var newline: UInt8 { 0x0A }
    private var carriageReturn: UInt8 { 0x0D }

    /// Whether a line ends here; not between `\r` and `\n`.
    private func isLineEnd(at position: Int) -> Bool {
        let value = decode(position).value
        if value == 0x0A { return position == 0 || text[position - 1] != carriageReturn }
        return value == 0x0D || value == 0x85 || value | 1 == 0x2029
    }

    private func behindLineEnd(at position: Int) -> Int {
        let next = decode(position).next
        let isPair = text[position] == carriageReturn && next < text.count && text[next] == newline
        return isPair ? next + 1 : next
    }

    private func isLineBegin(_ position: Int) -> Bool {
        let value = decode(previous(position)).value
        if value == 0x0D { return text[position] != newline }
        return value == 0x0A || value == 0x85 || value | 1 == 0x2029
    }

    private func isWord(at position: Int) -> Bool {
        guard position < text.count, text[position] < 0x80 else { return false }
        return ECMAClasses.word.contains(UInt32(text[position]))
    }

    private func isWord(before position: Int) -> Bool { position > 0 && isWord(at: position - 1) }

    private func isUnicodeWord(at position: Int) -> Bool {
        guard position < text.count else { return false }
        let value = decode(position).value
        return value == 0x5F || CharacterProperty.letterOrDigit.contains(value)
    }

    private func isUnicodeWord(before position: Int) -> Bool {
        position > 0 && isUnicodeWord(at: previous(position))
    }
}
