internal import BoundedRegex
internal import JSON

/// One walk of a request body through a program.
///
/// The first walk only asks whether the body is valid, in the order of the text, and ends at the first fault. Only when
/// there is one a second walk collects messages, in the order of the library that AWS runs (json-schema-validator): the
/// keywords by name, members sorted; and what is inside of an array or object is not looked at once there is a fault.
struct Validation: ~Escapable {
    let program: SchemaProgram
    let body: Span<UInt8>
    let unescaped: Span<UInt8>
    let tape: Tape
    private var isCollecting: Bool
    private let messages: Messages?
    private var depth = 0
    private var steps: Int
    private var patternSteps: StepBudget
    /// The schemas that are being asked about a value and may come back to it.
    private var open: [(node: Int, value: Int)] = []

    enum Stop: Error {
        /// The schema comes back to the same value for ever.
        case loop(String)
        case stepLimitExceeded
    }

    /// How deep schemas may ask each other. A body nests 256 deep.
    static let maximumDepth = 1_000
    /// What one validation may take, and each byte of the body in addition: some ten milliseconds.
    static let stepsPerValidation = 500_000
    static let stepsPerByte = 16

    /// `unescaped` is the tape's.
    @_lifetime(copy body, copy unescaped)
    init(
        _ program: SchemaProgram, _ body: Span<UInt8>, unescaped: Span<UInt8>, _ tape: Tape,
        into messages: Messages? = nil
    ) {
        self.program = program
        self.body = body
        self.unescaped = unescaped
        self.messages = messages
        isCollecting = messages != nil
        self.tape = tape
        steps = Self.stepsPerValidation + Self.stepsPerByte * body.count
        patternSteps = StepBudget(textOf: body.count)
    }

    /// Whether the body is valid; when messages are collected they tell.
    mutating func isValid() throws(Stop) -> Bool { try check(0, 0) }

    mutating func spend(_ count: Int) throws(Stop) {
        steps -= count
        if steps < 0 { throw .stepLimitExceeded }
    }

    // MARK: One schema, one value

    /// Whether the value is valid; when messages are collected the answer does not count.
    mutating func check(_ number: Int32, _ value: Int) throws(Stop) -> Bool {
        try spend(1)
        guard depth < Self.maximumDepth else { throw .stepLimitExceeded }
        depth += 1
        defer { depth -= 1 }
        let node = program.nodes[Int(number)]
        if node.mayLoop {
            if open.contains(where: { $0.node == Int(number) && $0.value == value }) { throw .loop(loopMessage(value)) }
            open.append((Int(number), value))
        }
        defer { if node.mayLoop { open.removeLast() } }
        if isCollecting, node.unknownFormat >= 0 {
            messages?.warn("format attribute \"\(program.unknownFormats[Int(node.unknownFormat)])\" not supported")
        }
        // Without messages the rules of an object are asked in one go, and by none of the keywords below.
        if !isCollecting, node.object >= 0, tape.tokens[value].kind == .object {
            var others = node
            others.object = SchemaProgram.none
            guard try keywords(others, value) else { return false }
            return try isValidObject(Int(node.object), value)
        }
        guard try keywords(node, value) else { return false }
        if isCollecting, messages?.hasErrors == true { return false }
        return try children(node, value)
    }

    /// The keywords of a schema but for those that speak of elements and members, in the order of their names.
    private mutating func keywords(_ node: SchemaProgram.Node, _ value: Int) throws(Stop) -> Bool {
        let kind = tape.tokens[value].kind
        if kind == .array, node.array >= 0, !closedItems(Int(node.array), value) { return false }
        if kind == .object, node.object >= 0, try !closedMembers(Int(node.object), value) { return false }
        if node.combination >= 0, try !allOrAny(Int(node.combination), value) { return false }
        if kind == .object, node.object >= 0, try !dependencies(Int(node.object), value) { return false }
        if node.enumeration >= 0, try !enumeration(Int(node.enumeration), value) { return false }
        switch kind {
        case .array: if node.array >= 0, !counts(Int(node.array), value) { return false }
        case .object: if node.object >= 0, !memberCounts(Int(node.object), value) { return false }
        case .string: if node.string >= 0, !lengths(Int(node.string), value) { return false }
        case .integer, .number: if node.numeric >= 0, try !numbers(Int(node.numeric), value) { return false }
        case .null, .bool: break
        }
        if node.combination >= 0, try !notOrOne(Int(node.combination), value) { return false }
        if kind == .string, node.string >= 0, try !pattern(Int(node.string), value) { return false }
        if kind == .object, node.object >= 0, try !required(Int(node.object), value) { return false }
        if node.types != .all, !node.types.contains(kind.type) {
            guard collects({ Words.type(found: kind.type, allowed: node.types) }) else { return false }
        }
        if kind == .array, node.array >= 0, try !unique(Int(node.array), value) { return false }
        if kind == .string, node.string >= 0, !format(Int(node.string), value) { return false }
        return true
    }

    /// Takes a fault into the messages; false if it only matters that there is one.
    func collects(_ message: () -> String) -> Bool {
        guard isCollecting else { return false }
        messages?.add(message())
        return true
    }

    var collectsMessages: Bool { isCollecting }

    /// Whether the value is valid by the schema, whose own faults are not told.
    mutating func matches(_ number: Int32, _ value: Int) throws(Stop) -> Bool {
        let saved = isCollecting
        isCollecting = false
        defer { isCollecting = saved }
        return try check(number, value)
    }

    // MARK: Combinations

    private mutating func allOrAny(_ index: Int, _ value: Int) throws(Stop) -> Bool {
        let rules = program.combinations[index]
        if !rules.allOf.isEmpty {
            var matched = 0
            for branch in rules.allOf {
                if try matches(branch, value) { matched += 1 } else if !isCollecting { return false }
            }
            if matched < rules.allOf.count {
                guard collects({ Words.allOf(matched: matched, of: rules.allOf.count) }) else { return false }
            }
        }
        if !rules.anyOf.isEmpty {
            var hasMatch = false
            for branch in rules.anyOf where try matches(branch, value) {
                hasMatch = true
                break
            }
            if !hasMatch { guard collects({ Words.anyOf(rules.anyOf.count) }) else { return false } }
        }
        return true
    }

    private mutating func notOrOne(_ index: Int, _ value: Int) throws(Stop) -> Bool {
        let rules = program.combinations[index]
        if rules.not >= 0, try matches(rules.not, value) { guard collects({ Words.not }) else { return false } }
        if !rules.oneOf.isEmpty {
            var matched = 0
            for branch in rules.oneOf where try matches(branch, value) { matched += 1 }
            if matched != 1 {
                guard collects({ Words.oneOf(matched: matched, of: rules.oneOf.count) }) else { return false }
            }
        }
        return true
    }

    private mutating func enumeration(_ index: Int, _ value: Int) throws(Stop) -> Bool {
        for candidate in program.enums[index].values {
            if try isSame(value, candidate, ofEnum: index) { return true }
        }
        return collects {
            Words.enumeration(text(of: value), String(decoding: program.enums[index].bytes, as: UTF8.self))
        }
    }

    // MARK: Numbers and strings

    private mutating func numbers(_ index: Int, _ value: Int) throws(Stop) -> Bool {
        let rules = program.numerics[index]
        let text = bytes(of: value)
        let short = ShortDecimal(text)
        if let maximum = rules.maximum {
            let order = Self.compare(short, text, maximum)
            if order > 0 {
                guard collects({ Words.maximum(maximum.text, found: string(of: value)) }) else { return false }
            } else if order == 0, maximum.isExclusive {
                guard collects({ Words.exclusiveMaximum(maximum.text) }) else { return false }
            }
        }
        if let minimum = rules.minimum {
            let order = Self.compare(short, text, minimum)
            if order < 0 {
                guard collects({ Words.minimum(minimum.text, found: string(of: value)) }) else { return false }
            } else if order == 0, minimum.isExclusive {
                guard collects({ Words.exclusiveMinimum(minimum.text) }) else { return false }
            }
        }
        if let divisor = rules.multipleOf {
            let isMultiple: Bool
            if let short, let divisor = divisor.short {
                isMultiple = short.isMultiple(of: divisor)
            } else {
                let decimal = Decimal(text)
                try spend(decimal.divisionCost(by: divisor.decimal) / 8)
                isMultiple = decimal.isMultiple(of: divisor.decimal)
            }
            if !isMultiple {
                guard collects({ Words.multipleOf(string(of: value), divisor.text) }) else { return false }
            }
        }
        return true
    }

    private static func compare(_ short: ShortDecimal?, _ text: Span<UInt8>, _ bound: SchemaProgram.Bound) -> Int {
        if let short, let bound = bound.short { return short.compared(to: bound) }
        return Decimal(text).compared(to: bound.decimal)
    }

    private mutating func lengths(_ index: Int, _ value: Int) -> Bool {
        let (least, most) = (program.strings[index].minimumLength, program.strings[index].maximumLength)
        let count = Int(tape.tokens[value].count)
        // A character takes one byte to four.
        if count <= most, count >= least * 4 { return true }
        let length = Self.codePoints(bytes(of: value))
        if length > most { guard collects({ Words.maxLength(string(of: value), length, most) }) else { return false } }
        if length < least {
            guard collects({ Words.minLength(string(of: value), length, least) }) else { return false }
        }
        return true
    }

    private static func codePoints(_ text: Span<UInt8>) -> Int {
        var count = 0
        for position in 0..<text.count where text[position] & 0xC0 != 0x80 { count += 1 }
        return count
    }

    private mutating func pattern(_ index: Int, _ value: Int) throws(Stop) -> Bool {
        guard let pattern = program.strings[index].pattern else { return true }
        if try matches(pattern, bytes(of: value)) { return true }
        return collects { Words.pattern(pattern.text, string(of: value)) }
    }

    mutating func matches(_ pattern: Pattern, _ text: Span<UInt8>) throws(Stop) -> Bool {
        do throws(MatchError) {
            return try pattern.matchesSomewhere(in: text, budget: &patternSteps)
        } catch {
            throw .stepLimitExceeded
        }
    }

    private mutating func format(_ index: Int, _ value: Int) -> Bool {
        guard let format = program.strings[index].format else { return true }
        let text = bytes(of: value)
        guard let message = format.fault(of: text, wanted: isCollecting) else { return true }
        return collects { message }
    }

    // MARK: Texts

    @_lifetime(copy self)
    func bytes(of value: Int) -> Span<UInt8> {
        let token = tape.tokens[value]
        let range = Int(token.start)..<Int(token.start + token.count)
        return token.isEscaped ? unescaped.extracting(range) : body.extracting(range)
    }

    /// The characters of a string, the text of a number.
    func string(of value: Int) -> String {
        bytes(of: value).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }
}
