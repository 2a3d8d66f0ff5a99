/// An update expression as it is written.
struct WrittenUpdate: Sendable {
    enum Section: String, Sendable, CaseIterable {
        case set = "SET"
        case remove = "REMOVE"
        case add = "ADD"
        case delete = "DELETE"
    }

    enum Action: Sendable {
        case set(WrittenPath, WrittenUpdateValue)
        case remove(WrittenPath)
        case add(WrittenPath, value: String)
        case delete(WrittenPath, value: String)
    }

    var sections: [Section] = []
    var actions: [Action] = []
}

/// What an attribute is set to.
enum WrittenUpdateValue: Sendable {
    case operand(WrittenOperand)
    case sum(WrittenOperand, WrittenOperand)
    case difference(WrittenOperand, WrittenOperand)
}

/// Source: "Update expressions".
extension ExpressionParser {
    mutating func update() throws(TableError) -> WrittenUpdate {
        var update = WrittenUpdate()
        repeat {
            guard let section = takeSection() else { throw syntaxFault() }
            update.sections.append(section)
            repeat { update.actions.append(try action(section)) } while take(",")
        } while current.kind != .end
        return update
    }

    private mutating func takeSection() -> WrittenUpdate.Section? {
        guard current.kind == .word, let section = WrittenUpdate.Section(rawValue: current.text.uppercased()) else {
            return nil
        }
        advance()
        return section
    }

    private mutating func action(_ section: WrittenUpdate.Section) throws(TableError) -> WrittenUpdate.Action {
        let path = try path()
        switch section {
        case .set:
            try expect("=")
            return .set(path, try updateValue())
        case .remove: return .remove(path)
        case .add: return .add(path, value: try valueAlias())
        case .delete: return .delete(path, value: try valueAlias())
        }
    }

    private mutating func valueAlias() throws(TableError) -> String {
        let token = current
        guard token.kind == .valueAlias else { throw syntaxFault() }
        advance()
        return token.text
    }

    /// The whole may stand in parentheses, and each operand.
    private mutating func updateValue() throws(TableError) -> WrittenUpdateValue {
        guard take("(") else { return try arithmetic(from: updateOperand()) }
        let inner = try arithmetic(from: updateOperand())
        try expect(")")
        // `(a) + b`: the parentheses were those of the first operand.
        guard case .operand(let operand) = inner else { return inner }
        return try arithmetic(from: operand)
    }

    private mutating func arithmetic(from left: WrittenOperand) throws(TableError) -> WrittenUpdateValue {
        if take("+") {
            try countOperator()
            return .sum(left, try updateOperand())
        }
        if take("-") {
            try countOperator()
            return .difference(left, try updateOperand())
        }
        return .operand(left)
    }

    private mutating func updateOperand() throws(TableError) -> WrittenOperand {
        guard take("(") else { return try operand() }
        let operand = try operand()
        try expect(")")
        return operand
    }
}
