extension Parser {
    /// An expression with operators, as `#set` and `#if` take it.
    mutating func expression() throws(TemplateError) -> Int32 {
        try enter()
        defer { leave() }
        return try chain(.or)
    }

    /// How tightly operators bind, from the loosest to the tightest.
    enum Level: Int {
        case or, and, equality, relation, sum, product
    }

    private mutating func chain(_ level: Level) throws(TemplateError) -> Int32 {
        let first = try next(level)
        guard var found = try operatorAhead(level) else { return first }
        var operands = [first]
        repeat {
            position = found.end
            if level != .or && level != .and { operands.append(found.operator.rawValue) }
            operands.append(try next(level))
            guard let another = try operatorAhead(level) else { break }
            found = another
        } while true
        let placed = builder.operands(operands)
        return switch level {
        case .or: builder.expression(.any(start: placed.start, count: placed.count))
        case .and: builder.expression(.all(start: placed.start, count: placed.count))
        default: builder.expression(.chain(start: placed.start, count: placed.count))
        }
    }

    private mutating func next(_ level: Level) throws(TemplateError) -> Int32 {
        guard let tighter = Level(rawValue: level.rawValue + 1) else { return try unary() }
        return try chain(tighter)
    }

    /// The operator at `position` if it belongs to `level`.
    private mutating func operatorAhead(_ level: Level) throws(TemplateError) -> (operator: Operator, end: Int)? {
        skipSpace()
        guard let byte = byte(position) else { return nil }
        let following = self.byte(position + 1)
        func found(_ wanted: Level, _ name: Operator, _ length: Int) -> (operator: Operator, end: Int)? {
            wanted == level ? (name, position + length) : nil
        }
        let hasEqual = following == UInt8(ascii: "=")
        switch byte {
        case UInt8(ascii: "|"): return following == byte ? found(.or, .or, 2) : nil
        case UInt8(ascii: "&"): return following == byte ? found(.and, .and, 2) : nil
        case UInt8(ascii: "="): return hasEqual ? found(.equality, .equal, 2) : nil
        case UInt8(ascii: "!"): return hasEqual ? found(.equality, .notEqual, 2) : nil
        case UInt8(ascii: "<"): return hasEqual ? found(.relation, .lessOrEqual, 2) : found(.relation, .less, 1)
        case UInt8(ascii: ">"): return hasEqual ? found(.relation, .greaterOrEqual, 2) : found(.relation, .greater, 1)
        case UInt8(ascii: "+"): return found(.sum, .add, 1)
        case UInt8(ascii: "-"):
            if let following, isDigit(following) || following == UInt8(ascii: ".") {
                throw error("'-' needs a space behind it: a number would begin here", at: position)
            }
            return found(.sum, .subtract, 1)
        case UInt8(ascii: "*"): return found(.product, .multiply, 1)
        case UInt8(ascii: "/"): return found(.product, .divide, 1)
        case UInt8(ascii: "%"): return found(.product, .modulo, 1)
        default: break
        }
        guard let word = word(), let named = Self.operatorWords[word.text] else { return nil }
        return named.level == level ? (named.operator, word.end) : nil
    }

    static let operatorWords: [String: (level: Level, operator: Operator)] = [
        "or": (.or, .or), "and": (.and, .and), "eq": (.equality, .equal), "ne": (.equality, .notEqual),
        "lt": (.relation, .less), "le": (.relation, .lessOrEqual), "gt": (.relation, .greater),
        "ge": (.relation, .greaterOrEqual),
    ]

    private mutating func unary() throws(TemplateError) -> Int32 {
        var isNegated: Bool?
        while true {
            skipSpace()
            if byte(position) == UInt8(ascii: "!") {
                position += 1
            } else if let word = word(), word.text == "not" {
                position = word.end
            } else {
                break
            }
            isNegated = !(isNegated ?? false)
        }
        let operand = try primary()
        guard let isNegated else { return operand }
        let negated = builder.expression(.not(operand))
        return isNegated ? negated : builder.expression(.not(negated))
    }

    private mutating func primary() throws(TemplateError) -> Int32 {
        guard byte(position) == UInt8(ascii: "(") else { return try operand() }
        position += 1
        let inner = try expression()
        skipSpace()
        guard byte(position) == UInt8(ascii: ")") else { throw error("')' is missing", at: position) }
        position += 1
        swallowLineEnd()
        return inner
    }

    // MARK: - Operands

    enum OperandPlace {
        case anywhere
        /// In brackets behind a reference: no lists, maps and fractions there.
        case index
    }

    /// A value without operators: all that method arguments, lists and brackets take.
    mutating func operand(_ place: OperandPlace = .anywhere) throws(TemplateError) -> Int32 {
        let start = position
        switch byte(position) {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return try stringLiteral()
        case UInt8(ascii: "$"):
            if let word = truthAhead() { return builder.constant(.boolean(word)) }
            guard let reference = try reference() else {
                throw error("'$' needs a name behind it", at: position)
            }
            return builder.expression(.reference(reference))
        case UInt8(ascii: "[") where place == .anywhere: return try list()
        case UInt8(ascii: "{") where place == .anywhere: return try map()
        case let byte? where isDigit(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "."):
            let number = try number()
            if place == .index, case .double = number { throw error("an index has no fraction", at: start) }
            return builder.constant(number)
        case nil: throw error("a value is missing", at: position)
        default:
            if let word = word() {
                guard let value = word.value else { throw error("'\(word.text)' is no value", at: position) }
                position = word.end
                return builder.constant(.boolean(value))
            }
            throw error("a value is missing", at: position)
        }
    }

    /// `$true` and `$false` are the values themselves to Velocity, outside of text.
    private mutating func truthAhead() -> Bool? {
        let start = position
        position += byte(start + 1) == UInt8(ascii: "!") ? 2 : 1
        if let word = word(), let value = word.value {
            position = word.end
            return value
        }
        position = start
        return nil
    }

    /// Operands with commas between them, and the byte that closes them. As in Velocity, what is empty has no space in it.
    mutating func operands(until close: UInt8) throws(TemplateError) -> [Int32] {
        if byte(position) == close {
            position += 1
            return []
        }
        try enter()
        defer { leave() }
        var operands: [Int32] = []
        while true {
            skipSpace()
            operands.append(try operand())
            skipSpace()
            switch byte(position) {
            case UInt8(ascii: ","): position += 1
            case close:
                position += 1
                return operands
            case let byte? where "+-*/%".utf8.contains(byte):
                throw error("operators cannot stand here: #set a variable first", at: position)
            default:
                throw error("',' or '\(Character(Unicode.Scalar(close)))' is missing", at: position)
            }
        }
    }

    /// `[1, $x]` or `[1..$n]`.
    private mutating func list() throws(TemplateError) -> Int32 {
        position += 1
        if byte(position) == UInt8(ascii: "]") {
            position += 1
            return builder.expression(.list(start: 0, count: 0))
        }
        try enter()
        defer { leave() }
        var members: [Int32] = []
        while true {
            skipSpace()
            members.append(try operand())
            skipSpace()
            if members.count == 1, matches("..", at: position) {
                position += 2
                skipSpace()
                let to = try operand()
                guard isBound(members[0]), isBound(to) else {
                    throw error("a range goes from a whole number to one", at: position)
                }
                skipSpace()
                guard byte(position) == UInt8(ascii: "]") else { throw error("']' is missing", at: position) }
                position += 1
                return builder.expression(.range(from: members[0], to: to))
            }
            if byte(position) == UInt8(ascii: ",") {
                position += 1
                continue
            }
            guard byte(position) == UInt8(ascii: "]") else { throw error("',' or ']' is missing", at: position) }
            position += 1
            let placed = builder.operands(members)
            return builder.expression(.list(start: placed.start, count: placed.count))
        }
    }

    private func isBound(_ expression: Int32) -> Bool {
        switch builder.program.expressions[Int(expression)] {
        case .reference: true
        case .constant(let number):
            switch builder.program.constants[Int(number)] {
            case .integer, .long, .decimal: true
            default: false
            }
        default: false
        }
    }

    private mutating func map() throws(TemplateError) -> Int32 {
        try enter()
        defer { leave() }
        position += 1
        skipSpace()
        var members: [Int32] = []
        if byte(position) == UInt8(ascii: "}") {
            position += 1
            return builder.expression(.map(start: 0, count: 0))
        }
        while true {
            skipSpace()
            members.append(try operand())
            skipSpace()
            guard byte(position) == UInt8(ascii: ":") else { throw error("':' is missing", at: position) }
            position += 1
            skipSpace()
            members.append(try operand())
            skipSpace()
            if byte(position) == UInt8(ascii: ",") {
                position += 1
                continue
            }
            guard byte(position) == UInt8(ascii: "}") else { throw error("',' or '}' is missing", at: position) }
            position += 1
            let placed = builder.operands(members)
            return builder.expression(.map(start: placed.start, count: placed.count))
        }
    }

    /// The word at `position` and its meaning if it is a value.
    func word() -> (text: String, end: Int, value: Bool?)? {
        guard let first = byte(position), isLetter(first) || first == UInt8(ascii: "_") || first == at else {
            return nil
        }
        var end = position
        while let byte = byte(end), isWord(byte) { end += 1 }
        let text = text(position..<end)
        return (text, end, text == "true" ? true : text == "false" ? false : nil)
    }

    /// A number: whole, or with a fraction or an exponent. `1..` is a whole number before a range.
    private mutating func number() throws(TemplateError) -> Value {
        let start = position
        if byte(position) == UInt8(ascii: "-") { position += 1 }
        let whole = position
        while let byte = byte(position), isDigit(byte) { position += 1 }
        var isWhole = true
        let hasWhole = position > whole
        if byte(position) == UInt8(ascii: "."), byte(position + 1) != UInt8(ascii: ".") || !hasWhole {
            isWhole = false
            position += 1
            let fraction = position
            while let byte = byte(position), isDigit(byte) { position += 1 }
            guard hasWhole || position > fraction else { throw error("a value is missing", at: start) }
        }
        guard hasWhole || !isWhole else { throw error("a value is missing", at: start) }
        if let byte = byte(position), byte | 0x20 == UInt8(ascii: "e") {
            var end = position + 1
            if self.byte(end) == UInt8(ascii: "+") || self.byte(end) == UInt8(ascii: "-") { end += 1 }
            if let digit = self.byte(end), isDigit(digit) {
                while let digit = self.byte(end), isDigit(digit) { end += 1 }
                position = end
                isWhole = false
            }
        }
        let text = text(start..<position)
        if isWhole { return Value(wholeNumber: text) }
        // Java reads "1." and ".5", Swift does not.
        return .double(JavaNumber.double(text))
    }
}
