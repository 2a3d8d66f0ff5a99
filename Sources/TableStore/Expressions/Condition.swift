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
    func holds(for item: Item) -> Bool {
        switch self {
        case .and(let left, let right): return left.holds(for: item) && right.holds(for: item)
        case .or(let left, let right): return left.holds(for: item) || right.holds(for: item)
        case .not(let condition): return !condition.holds(for: item)
        case .exists(let path): return path.value(in: item) != nil
        case .isAbsent(let path): return path.value(in: item) == nil
        case .comparison(let comparator, let left, let right):
            // Nothing is equal to what is missing, not even what is missing too.
            guard let left = left.value(in: item), let right = right.value(in: item) else {
                return comparator == .notEqual
            }
            return comparator.holds(left, right)
        case .between(let operand, let lower, let upper):
            guard let value = operand.value(in: item), let lower = lower.value(in: item),
                let upper = upper.value(in: item)
            else { return false }
            return Comparator.greaterOrEqual.holds(value, lower) && Comparator.lessOrEqual.holds(value, upper)
        case .isIn(let operand, let candidates):
            guard let value = operand.value(in: item) else { return false }
            return candidates.contains { $0.value(in: item) == value }
        case .hasType(let operand, let type): return operand.value(in: item)?.typeCode == type
        case .beginsWith(let operand, let prefix):
            guard let value = operand.value(in: item), let prefix = prefix.value(in: item) else { return false }
            return value.begins(with: prefix)
        case .contains(let operand, let part):
            guard let value = operand.value(in: item), let part = part.value(in: item) else { return false }
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
