/// The functions of conditions, and where they may stand.
enum ConditionFunction: String {
    case attributeExists = "attribute_exists"
    case attributeNotExists = "attribute_not_exists"
    case attributeType = "attribute_type"
    case beginsWith = "begins_with"
    case contains
    case size

    var operands: Int {
        switch self {
        case .attributeExists, .attributeNotExists, .size: 1
        case .attributeType, .beginsWith, .contains: 2
        }
    }
}

/// What is checked before any name is looked up, each over the whole expression: first that all functions exist, then
/// that each stands where it may, then that no word is reserved.
extension WrittenCondition {
    func checkFunctions(_ kind: ExpressionKind) throws(TableError) {
        try forEachFunction { name, _ throws(TableError) in
            guard ConditionFunction(rawValue: name) == nil else { return }
            if UpdateResolver.functions.contains(name) {
                throw kind.fault("The function is not allowed in a condition expression; function: \(name)")
            }
            throw kind.fault("Invalid function name; function: \(name)")
        }
        // Only `size` gives a value, and it gives nothing else.
        try forEachFunction { name, isOperand throws(TableError) in
            guard (name == ConditionFunction.size.rawValue) == isOperand else {
                throw kind.fault(
                    "The function is not allowed to be used this way in an expression; function: \(name)")
            }
        }
    }

    func checkWords(_ kind: ExpressionKind) throws(TableError) {
        try forEachOperand { operand throws(TableError) in try operand.checkWords(kind) }
    }

    private func forEachFunction(
        _ visit: (_ name: String, _ isOperand: Bool) throws(TableError) -> Void
    ) throws(TableError) {
        switch self {
        case .and(let left, let right), .or(let left, let right):
            try left.forEachFunction(visit)
            try right.forEachFunction(visit)
        case .not(let condition): try condition.forEachFunction(visit)
        case .function(let name, let operands):
            try visit(name, false)
            for operand in operands { try operand.forEachFunction(visit) }
        case .comparison, .between, .isIn:
            try forEachOperand { operand throws(TableError) in try operand.forEachFunction(visit) }
        }
    }

    private func forEachOperand(
        _ visit: (WrittenOperand) throws(TableError) -> Void
    ) throws(TableError) {
        switch self {
        case .and(let left, let right), .or(let left, let right):
            try left.forEachOperand(visit)
            try right.forEachOperand(visit)
        case .not(let condition): try condition.forEachOperand(visit)
        case .comparison(_, let left, let right):
            try visit(left)
            try visit(right)
        case .between(let operand, let lower, let upper):
            try visit(operand)
            try visit(lower)
            try visit(upper)
        case .isIn(let operand, let candidates):
            try visit(operand)
            for candidate in candidates { try visit(candidate) }
        case .function(_, let operands): for operand in operands { try visit(operand) }
        }
    }
}

extension WrittenOperand {
    func checkWords(_ kind: ExpressionKind) throws(TableError) {
        switch self {
        case .path(let path): try path.checkWords(kind)
        case .value: break
        case .function(_, let operands): for operand in operands { try operand.checkWords(kind) }
        }
    }

    fileprivate func forEachFunction(
        _ visit: (_ name: String, _ isOperand: Bool) throws(TableError) -> Void
    ) throws(TableError) {
        guard case .function(let name, let operands) = self else { return }
        try visit(name, true)
        for operand in operands { try operand.forEachFunction(visit) }
    }
}
