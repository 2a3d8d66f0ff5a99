/// A condition as it is written, with the names not yet looked up.
indirect enum WrittenCondition: Sendable {
    case and(WrittenCondition, WrittenCondition)
    case or(WrittenCondition, WrittenCondition)
    case not(WrittenCondition)
    case comparison(Comparator, WrittenOperand, WrittenOperand)
    case between(WrittenOperand, WrittenOperand, WrittenOperand)
    case isIn(WrittenOperand, [WrittenOperand])
    case function(String, [WrittenOperand])
}

enum Comparator: String, Sendable {
    case equal = "="
    case notEqual = "<>"
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
}

/// Conditions, loosest first: OR, AND, NOT, then comparison, BETWEEN and IN, parentheses and functions.
/// Source: "Condition and filter expressions, operators, and functions".
extension ExpressionParser {
    mutating func condition() throws(TableError) -> WrittenCondition {
        let condition = try wholeCondition()
        try expectEnd()
        return condition
    }

    private mutating func wholeCondition() throws(TableError) -> WrittenCondition {
        guard let condition = try disjunction().condition else { throw syntaxFault() }
        return condition
    }

    /// What stands between parentheses may turn out to be an operand only behind the closing one.
    private struct Part {
        enum Content {
            case condition(WrittenCondition)
            case operand(WrittenOperand)
        }

        let content: Content
        /// Whether the whole of it stands in parentheses.
        var isEnclosed = false

        /// Nil when it says nothing that is true or false. Every function may stand as a condition here; those that
        /// give a value are refused later, by name.
        var condition: WrittenCondition? {
            switch content {
            case .condition(let condition): condition
            case .operand(.function(let name, let arguments)): .function(name, arguments)
            case .operand: nil
            }
        }

        static func condition(_ condition: WrittenCondition) -> Part { Part(content: .condition(condition)) }
    }

    private mutating func disjunction() throws(TableError) -> Part {
        var left = try conjunction()
        while let condition = left.condition, takeKeyword("OR") {
            try countOperator()
            guard let right = try conjunction().condition else { throw syntaxFault() }
            left = .condition(.or(condition, right))
        }
        return left
    }

    private mutating func conjunction() throws(TableError) -> Part {
        var left = try negation()
        while let condition = left.condition, takeKeyword("AND") {
            try countOperator()
            guard let right = try negation().condition else { throw syntaxFault() }
            left = .condition(.and(condition, right))
        }
        return left
    }

    private mutating func negation() throws(TableError) -> Part {
        guard takeKeyword("NOT") else { return try predicate() }
        try countOperator()
        return try nested { parser throws(TableError) in
            guard let condition = try parser.negation().condition else { throw parser.syntaxFault() }
            return .condition(.not(condition))
        }
    }

    private mutating func predicate() throws(TableError) -> Part {
        let left = try primary()
        guard case .operand(let operand) = left.content else { return left }
        if current.kind == .symbol, let comparator = Comparator(rawValue: current.text) {
            advance()
            try countOperator()
            return .condition(.comparison(comparator, operand, try operandInParentheses()))
        }
        if takeKeyword("BETWEEN") {
            try countOperator()
            let lower = try operandInParentheses()
            guard takeKeyword("AND") else { throw syntaxFault() }
            return .condition(.between(operand, lower, try operandInParentheses()))
        }
        if takeKeyword("IN") {
            try countOperator()
            return .condition(.isIn(operand, try candidates()))
        }
        return left
    }

    private mutating func candidates() throws(TableError) -> [WrittenOperand] {
        try expect("(")
        var candidates = [try operandInParentheses()]
        while take(",") { candidates.append(try operandInParentheses()) }
        try expect(")")
        guard candidates.count <= ExpressionLimits.inOperands else {
            throw kind.fault(
                "The IN operator is provided with too many operands; number of operands: \(candidates.count)")
        }
        return candidates
    }

    private mutating func primary() throws(TableError) -> Part {
        guard take("(") else { return Part(content: .operand(try operand())) }
        let inner = try nested { parser throws(TableError) in try parser.disjunction() }
        try expect(")")
        if inner.isEnclosed { hasRedundantParentheses = true }
        return Part(content: inner.content, isEnclosed: true)
    }
}
