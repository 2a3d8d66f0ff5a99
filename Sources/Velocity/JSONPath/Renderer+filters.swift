internal import BoundedRegex

/// The filters of JSONPaths, compared as Jayway compares.
extension Renderer {
    mutating func holds(
        _ filter: JSONPath.Filter, for item: Value, _ walk: PathWalk
    ) throws(TemplateError) -> Bool {
        try charge(2)
        switch filter {
        case .all(let parts):
            for part in parts where !(try holds(part, for: item, walk)) { return false }
            return true
        case .any(let parts):
            for part in parts where try holds(part, for: item, walk) { return true }
            return false
        case .not(let part): return !(try holds(part, for: item, walk))
        case .exists(let path, let fromRoot, let wanted):
            let found = try evaluate(path, from: fromRoot ? walk.root : item, root: walk.root, depth: walk.depth + 1)
            return (found != nil) == wanted
        case .comparison(let left, let comparison, let right):
            return try compare(
                try operand(left, for: item, walk), comparison, try operand(right, for: item, walk))
        }
    }

    /// What stands on one side of a comparison; nil where a path leads nowhere.
    private enum Side {
        case value(Value)
        case pattern(String, flags: String)
        case missing
    }

    private mutating func operand(
        _ operand: JSONPath.Operand, for item: Value, _ walk: PathWalk
    ) throws(TemplateError) -> Side {
        switch operand {
        case .path(let path, let fromRoot):
            let found = try evaluate(path, from: fromRoot ? walk.root : item, root: walk.root, depth: walk.depth + 1)
            return found.map { .value($0) } ?? .missing
        case .constant(let constant):
            switch constant {
            case .null: return .value(.null)
            case .boolean(let value): return .value(.boolean(value))
            case .number(let value): return .value(value)
            case .string(let text): return .value(.string(text))
            case .json(let text):
                try charge(20 + text.count)
                return try readJSON(text).map { .value($0) } ?? .missing
            }
        case .pattern(let text, let flags): return .pattern(text, flags: flags)
        }
    }

    private mutating func compare(
        _ left: Side, _ comparison: JSONPath.Comparison, _ right: Side
    ) throws(TemplateError) -> Bool {
        switch comparison {
        case .equal: return try areEqual(left, right)
        case .notEqual: return !(try areEqual(left, right))
        case .sameEqual: return hasOneKind(left, right) ? try areEqual(left, right) : false
        case .notSameEqual: return hasOneKind(left, right) ? !(try areEqual(left, right)) : true
        case .less: return try order(left, right).map { $0 < 0 } ?? false
        case .lessOrEqual: return try order(left, right).map { $0 <= 0 } ?? false
        case .greater: return try order(left, right).map { $0 > 0 } ?? false
        case .greaterOrEqual: return try order(left, right).map { $0 >= 0 } ?? false
        case .in: return try contains(elements(right), left)
        case .notIn: return !(try contains(elements(right), left))
        case .contains:
            if case .value(.string(let text)) = left {
                guard case .value(.string(let part)) = right else { return false }
                try charge(text.utf8.count / 8)
                return text.contains(part)
            }
            return try contains(elements(left), right)
        case .all:
            guard let all = elements(left), let wanted = elements(right) else { return false }
            for element in wanted where !(try contains(all, .value(element))) { return false }
            return true
        case .subsetOf:
            guard let all = elements(right), let part = elements(left) else { return false }
            for element in part where !(try contains(all, .value(element))) { return false }
            return true
        case .anyOf, .noneOf:
            guard let some = elements(left), let others = elements(right) else { return false }
            for element in some where try contains(others, .value(element)) { return comparison == .anyOf }
            return comparison == .noneOf
        case .size:
            guard case .value(let number) = right, let size = number.intValue else { return false }
            return try self.size(left).map { $0 == Int(size) } ?? false
        case .empty:
            guard case .value(.boolean(let wanted)) = right else { return false }
            if case .value(.map(let map)) = left { return (heap.maps[Int(map)].count == 0) == wanted }
            return try size(left).map { ($0 == 0) == wanted } ?? false
        case .matches: return try matches(left, right)
        }
    }

    private func elements(_ side: Side) -> [Value]? {
        guard case .value(.list(let list)) = side else { return nil }
        return heap.lists[Int(list)].elements
    }

    private mutating func contains(_ elements: [Value]?, _ side: Side) throws(TemplateError) -> Bool {
        for element in elements ?? [] where try areEqual(.value(element), side) { return true }
        return false
    }

    private func size(_ side: Side) throws(TemplateError) -> Int? {
        switch side {
        case .value(.string(let text)): text.utf16.count
        case .value(.list(let list)): heap.lists[Int(list)].elements.count
        default: nil
        }
    }

    /// Numbers by value, and with texts too as far as those are numbers; a missing value equals nothing.
    private mutating func areEqual(_ left: Side, _ right: Side) throws(TemplateError) -> Bool {
        guard case .value(let left) = left, case .value(let right) = right else { return false }
        try charge(1)
        switch (left, right) {
        case (.string(let text), _) where right.isNumber: return try self.text(of: right).hasSameBytes(as: text)
        case (_, .string(let text)) where left.isNumber:
            guard Double(text) != nil else { return false }
            return Arithmetic.order(left, JSONReader.number(text)) == 0
        default: break
        }
        if left.isNumber, right.isNumber { return Arithmetic.order(left, right) == 0 }
        return try areSame(left, right, depth: 0)
    }

    private func hasOneKind(_ left: Side, _ right: Side) -> Bool {
        guard case .value(let left) = left, case .value(let right) = right else { return false }
        return switch (left, right) {
        case (.string, .string), (.boolean, .boolean), (.null, .null), (.list, .list), (.map, .map), (.list, .map),
            (.map, .list):
            true
        default: left.isNumber && right.isNumber
        }
    }

    private func order(_ left: Side, _ right: Side) throws(TemplateError) -> Int? {
        guard case .value(let left) = left, case .value(let right) = right else { return nil }
        if case .string(let left) = left, case .string(let right) = right {
            return Int(JavaString.compare(left, right))
        }
        return Arithmetic.order(left, right)
    }

    /// `=~`: the whole text, of a list the text of one element.
    private mutating func matches(_ left: Side, _ right: Side) throws(TemplateError) -> Bool {
        let pattern: (String, String)
        let value: Value
        switch (left, right) {
        case (.pattern(let text, let flags), .value(let other)), (.value(let other), .pattern(let text, let flags)):
            pattern = (text, flags)
            value = other
        default: return false
        }
        let text = pattern.1.isEmpty ? pattern.0 : "(?\(pattern.1))\(pattern.0)"
        guard case .list(let list) = value else { return try matches(subject(value), text) }
        for element in heap.lists[Int(list)].elements where try matches(subject(element), text) { return true }
        return false
    }

    private mutating func subject(_ value: Value) throws(TemplateError) -> String {
        switch value {
        case .string, .integer, .long, .double, .decimal, .boolean: try text(of: value)
        default: ""
        }
    }
}
