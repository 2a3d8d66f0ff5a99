/// A condition with all names and values put in.
indirect enum Condition: Sendable {
    case and(Condition, Condition)
    case or(Condition, Condition)
    case not(Condition)
    case comparison(Comparator, Operand, Operand)
    case between(Operand, Operand, Operand)
    case isIn(Operand, [Operand])
    case exists(DocumentPath)
    case isAbsent(DocumentPath)
    case hasType(Operand, String)
    case beginsWith(Operand, Operand)
    case contains(Operand, Operand)

    /// Whether the condition holds for the item; one that does not exist is given as an empty one.
    func holds(for item: Item, _ budget: inout EvaluationBudget) throws(TableError) -> Bool {
        switch self {
        case .and(let left, let right):
            guard try left.holds(for: item, &budget) else { return false }
            return try right.holds(for: item, &budget)
        case .or(let left, let right):
            if try left.holds(for: item, &budget) { return true }
            return try right.holds(for: item, &budget)
        case .not(let condition): return try !condition.holds(for: item, &budget)
        case .exists(let path): return path.value(in: item) != nil
        case .isAbsent(let path): return path.value(in: item) == nil
        case .comparison(let comparator, let left, let right):
            // Nothing is equal to what is missing, not even what is missing too.
            guard let left = try left.value(in: item, &budget), let right = try right.value(in: item, &budget) else {
                return comparator == .notEqual
            }
            try budget.spend(comparing: left, right)
            return comparator.holds(left, right)
        case .between(let operand, let lower, let upper):
            guard let value = try operand.value(in: item, &budget), let lower = try lower.value(in: item, &budget),
                let upper = try upper.value(in: item, &budget)
            else { return false }
            try budget.spend(comparing: value, lower)
            try budget.spend(comparing: value, upper)
            return Comparator.greaterOrEqual.holds(value, lower) && Comparator.lessOrEqual.holds(value, upper)
        case .isIn(let operand, let candidates):
            guard let value = try operand.value(in: item, &budget) else { return false }
            for candidate in candidates {
                guard let candidate = try candidate.value(in: item, &budget) else { continue }
                try budget.spend(comparing: value, candidate)
                if candidate == value { return true }
            }
            return false
        case .hasType(let operand, let type): return try operand.value(in: item, &budget)?.typeCode == type
        case .beginsWith(let operand, let prefix):
            guard let value = try operand.value(in: item, &budget), let prefix = try prefix.value(in: item, &budget)
            else { return false }
            try budget.spend(comparing: value, prefix)
            return value.begins(with: prefix)
        case .contains(let operand, let part):
            guard let value = try operand.value(in: item, &budget), let part = try part.value(in: item, &budget) else {
                return false
            }
            try budget.spend(searching: value)
            return value.contains(part)
        }
    }

    /// Every path that the condition looks at.
    var paths: [DocumentPath] {
        var paths: [DocumentPath] = []
        collectPaths(into: &paths)
        return paths
    }

    private func collectPaths(into paths: inout [DocumentPath]) {
        switch self {
        case .and(let left, let right), .or(let left, let right):
            left.collectPaths(into: &paths)
            right.collectPaths(into: &paths)
        case .not(let condition): condition.collectPaths(into: &paths)
        case .comparison(_, let left, let right), .beginsWith(let left, let right), .contains(let left, let right):
            paths += [left, right].compactMap(\.readPath)
        case .between(let operand, let lower, let upper): paths += [operand, lower, upper].compactMap(\.readPath)
        case .isIn(let operand, let candidates): paths += ([operand] + candidates).compactMap(\.readPath)
        case .exists(let path), .isAbsent(let path): paths.append(path)
        case .hasType(let operand, _): paths += [operand].compactMap(\.readPath)
        }
    }
}

extension Operand {
    fileprivate var readPath: DocumentPath? {
        switch self {
        case .path(let path): path
        case .value: nil
        case .size(let operand): operand.readPath
        }
    }
}

extension Comparator {
    /// Values of different types are not equal and have no order.
    func holds(_ left: AttributeValue, _ right: AttributeValue) -> Bool {
        switch self {
        case .equal: return left == right
        case .notEqual: return left != right
        case .less, .lessOrEqual, .greater, .greaterOrEqual:
            guard let order = left.compared(to: right) else { return false }
            return switch self {
            case .less: order < 0
            case .lessOrEqual: order <= 0
            case .greater: order > 0
            default: order >= 0
            }
        }
    }
}
