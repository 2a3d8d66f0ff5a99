extension Renderer {
    mutating func evaluate(_ number: Int32) throws(TemplateError) -> Value {
        switch template.program.expressions[Int(number)] {
        case .constant(let constant): return template.program.constants[Int(constant)]
        case .reference(let reference): return try value(of: reference)
        case .string(let routine):
            let text = try text(routine: routine)
            try charge(text.utf8.count / 16)
            return .string(text)
        case .list(let start, let count):
            try charge(Heap.stepsPerContainer + Int(count))
            var elements: [Value] = []
            elements.reserveCapacity(Int(count))
            for position in start..<(start + count) {
                elements.append(try evaluate(template.program.operands[Int(position)]))
            }
            return heap.list(elements, .plain)
        case .map(let start, let count):
            try charge(Heap.stepsPerContainer + Int(count))
            var map = Heap.Map()
            for position in stride(from: start, to: start + count, by: 2) {
                let key = try evaluate(template.program.operands[Int(position)])
                let value = try evaluate(template.program.operands[Int(position + 1)])
                map.put(value, at: try self.key(key))
            }
            return heap.map(map)
        case .range(let from, let to):
            guard let (first, last) = try bounds(from, to) else { return .null }
            let count = Int((Int64(last) - Int64(first)).magnitude) + 1
            guard count <= TemplateLimits.rangeCount else {
                throw error("a range has at most \(TemplateLimits.rangeCount) elements")
            }
            try charge(count)
            let step: Int32 = first < last ? 1 : -1
            return heap.list((0..<count).map { .integer(first + Int32($0) * step) }, .plain)
        case .chain(let start, let count): return try chain(start, count)
        case .all, .any, .not: return .boolean(try isTrue(number))
        }
    }

    /// Whether a condition holds. As in Velocity 1.7: null and false do not, every other value of a reference does; a
    /// constant other than `true`, a list, a map or a sum is no condition and does not hold.
    mutating func isTrue(_ number: Int32) throws(TemplateError) -> Bool {
        switch template.program.expressions[Int(number)] {
        case .constant(let constant):
            if case .boolean(let value) = template.program.constants[Int(constant)] { return value }
            return false
        case .reference(let reference):
            switch try value(of: reference) {
            case .null: return false
            case .boolean(let value): return value
            case .block(let block): return blockDepths[Int(block)] < TemplateLimits.blockDepth
            default: return true
            }
        case .not(let operand): return !(try isTrue(operand))
        case .all(let start, let count):
            for position in start..<(start + count) where !(try isTrue(template.program.operands[Int(position)])) {
                return false
            }
            return true
        case .any(let start, let count):
            for position in start..<(start + count) where try isTrue(template.program.operands[Int(position)]) {
                return true
            }
            return false
        case .chain(let start, let count):
            if case .boolean(let value) = try chain(start, count) { return value }
            return false
        case .string, .list, .map, .range: return false
        }
    }

    private mutating func chain(_ start: Int32, _ count: Int32) throws(TemplateError) -> Value {
        var left = try evaluate(template.program.operands[Int(start)])
        for position in stride(from: Int(start) + 1, to: Int(start + count), by: 2) {
            let right = try evaluate(template.program.operands[position + 1])
            try charge(Arithmetic.steps(left, right))
            switch Operator(rawValue: template.program.operands[position]) {
            case .add: left = try add(left, right)
            case .subtract, .multiply, .divide, .modulo:
                left = Arithmetic.work(Operator(rawValue: template.program.operands[position]), left, right) ?? .null
            case .less: left = .boolean(Arithmetic.order(left, right).map { $0 < 0 } ?? false)
            case .lessOrEqual: left = .boolean(Arithmetic.order(left, right).map { $0 <= 0 } ?? false)
            case .greater: left = .boolean(Arithmetic.order(left, right).map { $0 > 0 } ?? false)
            case .greaterOrEqual: left = .boolean(Arithmetic.order(left, right).map { $0 >= 0 } ?? false)
            case .equal: left = .boolean(try areEqual(left, right))
            case .notEqual: left = .boolean(!(try areEqual(left, right)))
            case .and, .or, nil: preconditionFailure("a chain holds only sums, products and comparisons")
            }
        }
        return left
    }

    /// A sum, or the texts one behind the other when one side is a text; null has no text on AWS.
    private mutating func add(_ left: Value, _ right: Value) throws(TemplateError) -> Value {
        if left.string == nil && right.string == nil { return Arithmetic.work(.add, left, right) ?? .null }
        let text = try text(of: left) + text(of: right)
        try charge(text.utf8.count / 8)
        return .string(text)
    }

    mutating func bounds(_ from: Int32, _ to: Int32) throws(TemplateError) -> (Int32, Int32)? {
        let from = try evaluate(from)
        let to = try evaluate(to)
        guard let first = from.intValue, let last = to.intValue else { return nil }
        return (first, last)
    }

    /// A value as the key of a map.
    mutating func key(_ value: Value) throws(TemplateError) -> Key {
        switch value {
        case .string(let text): Key(text)
        case .null: Key("null", kind: .null)
        case .boolean(let value): Key(value ? "true" : "false", kind: .boolean)
        case .integer, .long, .double, .decimal: Key(try text(of: value), kind: .number)
        default: Key(try text(of: value), kind: .other)
        }
    }

    // MARK: - Equality

    /// `==`: numbers by value, values of one kind by content, all else by text. AWS takes null for equal to "".
    mutating func areEqual(_ left: Value, _ right: Value) throws(TemplateError) -> Bool {
        switch (left, right) {
        case (.null, .null): return true
        case (.null, .string(let text)), (.string(let text), .null): return text.isEmpty
        case (.null, _), (_, .null): return false
        case (.string(let left), .string(let right)): return left.hasSameBytes(as: right)
        default: break
        }
        if left.isNumber, right.isNumber { return Arithmetic.order(left, right) == 0 }
        if left.hasKind(of: right) { return try areSame(left, right, depth: 0) }
        return try text(of: left).hasSameBytes(as: text(of: right))
    }

    /// Java's `equals`: of numbers only within one class.
    mutating func areSame(_ left: Value, _ right: Value, depth: Int) throws(TemplateError) -> Bool {
        guard depth < TemplateLimits.valueDepth else { throw error("values are nested too deep to be compared") }
        try charge(1)
        switch (left, right) {
        case (.null, .null): return true
        case (.boolean(let left), .boolean(let right)): return left == right
        case (.integer(let left), .integer(let right)): return left == right
        case (.long(let left), .long(let right)): return left == right
        case (.double(let left), .double(let right)): return left == right
        case (.decimal(let left), .decimal(let right)):
            return left.isWhole == right.isWhole && left.scale == right.scale && left.compared(to: right) == 0
        case (.string(let left), .string(let right)): return left.hasSameBytes(as: right)
        case (.list(let left), .list(let right)):
            if left == right { return true }
            let count = heap.lists[Int(left)].elements.count
            guard count == heap.lists[Int(right)].elements.count, heap.lists[Int(left)].kind != .array else {
                return false
            }
            for position in 0..<count {
                let pair = (heap.lists[Int(left)].elements[position], heap.lists[Int(right)].elements[position])
                if !(try areSame(pair.0, pair.1, depth: depth + 1)) { return false }
            }
            return true
        case (.map(let left), .map(let right)):
            if left == right { return true }
            guard heap.maps[Int(left)].count == heap.maps[Int(right)].count else { return false }
            for position in 0..<heap.maps[Int(left)].count {
                guard let other = heap.maps[Int(right)][heap.maps[Int(left)].members[position].key] else {
                    return false
                }
                if !(try areSame(heap.maps[Int(left)].members[position].value, other, depth: depth + 1)) {
                    return false
                }
            }
            return true
        case (.entry(let left), .entry(let right)):
            let keys = (heap.key(ofEntry: left), heap.key(ofEntry: right))
            guard try areSame(keys.0, keys.1, depth: depth + 1) else { return false }
            return try areSame(heap.value(ofEntry: left), heap.value(ofEntry: right), depth: depth + 1)
        case (.object(let left), .object(let right)): return left == right
        case (.block(let left), .block(let right)): return left == right
        default: return false
        }
    }
}

extension Value {
    /// Whether both are of the same or of related classes in Java, so that `==` asks `equals`.
    fileprivate func hasKind(of other: Value) -> Bool {
        switch (self, other) {
        case (.boolean, .boolean), (.string, .string), (.list, .list), (.map, .map), (.entry, .entry),
            (.block, .block), (.object, .object):
            true
        default: false
        }
    }
}
