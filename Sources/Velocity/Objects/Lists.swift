/// The methods of Java's lists, and of arrays and the views of maps as far as they have them.
extension Renderer {
    mutating func call(_ method: Method, _ arguments: borrowing Arguments, onList list: Int32) throws(TemplateError)
        -> Value
    {
        let number = Int(list)
        let count = heap.lists[number].elements.count
        switch (method, arguments.count) {
        case (.size, 0): return .integer(Int32(count))
        case (.isEmpty, 0): return .boolean(count == 0)
        case (.get, 1): return try element(arguments.a, of: .list(list))
        case (.contains, 1): return .boolean(try position(of: arguments.a, in: list) != nil)
        case (.indexOf, 1): return .integer(Int32(try position(of: arguments.a, in: list) ?? -1))
        case (.lastIndexOf, 1): return .integer(Int32(try lastPosition(of: arguments.a, in: list)))
        case (.containsAll, 1):
            for element in elements(arguments.a) ?? [] where try position(of: element, in: list) == nil {
                return .boolean(false)
            }
            return .boolean(true)
        case (.subList, 2):
            guard let from = arguments.a.index, let to = arguments.b.index else { return .null }
            guard from >= 0, from <= to, to <= count else { throw outOfBounds(from < 0 ? from : to, count) }
            try charge(Heap.stepsPerContainer + to - from)
            return heap.list(Array(heap.lists[number].elements[from..<to]), .plain)
        default: break
        }
        // An array has its length, and a view its map, for good.
        guard heap.lists[number].kind == .plain || heap.lists[number].kind == .json else {
            if method == .set, heap.lists[number].kind == .array { return try set(arguments, in: number) }
            return .null
        }
        return try change(method, arguments, number)
    }

    private mutating func change(_ method: Method, _ arguments: borrowing Arguments, _ number: Int)
        throws(TemplateError) -> Value
    {
        let count = heap.lists[number].elements.count
        switch (method, arguments.count) {
        case (.add, 1):
            heap.lists[number].elements.append(arguments.a)
            heap.lists[number].version &+= 1
            return .boolean(true)
        case (.add, 2):
            guard let index = arguments.a.index else { return .null }
            guard index >= 0, index <= count else { throw outOfBounds(index, count) }
            try charge((count - index) / 8)
            heap.lists[number].elements.insert(arguments.b, at: index)
            heap.lists[number].version &+= 1
            return .string("")
        case (.addAll, 1):
            guard let added = elements(arguments.a) else { return .null }
            try charge(added.count)
            heap.lists[number].elements.append(contentsOf: added)
            if !added.isEmpty { heap.lists[number].version &+= 1 }
            return .boolean(!added.isEmpty)
        case (.set, 2): return try set(arguments, in: number)
        case (.remove, 1):
            try charge(count / 8)
            if let index = arguments.a.index {
                guard index >= 0, index < count else { throw outOfBounds(index, count) }
                heap.lists[number].version &+= 1
                return heap.lists[number].elements.remove(at: index)
            }
            guard let position = try position(of: arguments.a, in: Int32(number)) else { return .boolean(false) }
            heap.lists[number].elements.remove(at: position)
            heap.lists[number].version &+= 1
            return .boolean(true)
        case (.clear, 0):
            heap.lists[number].elements.removeAll()
            heap.lists[number].version &+= 1
            return .string("")
        default: return .null
        }
    }

    private mutating func set(_ arguments: borrowing Arguments, in number: Int) throws(TemplateError) -> Value {
        guard let index = arguments.a.index, arguments.count == 2 else { return .null }
        let count = heap.lists[number].elements.count
        guard index >= 0, index < count else { throw outOfBounds(index, count) }
        let old = heap.lists[number].elements[index]
        heap.lists[number].elements[index] = arguments.b
        return old
    }

    private func elements(_ value: Value) -> [Value]? {
        if case .list(let list) = value { heap.lists[Int(list)].elements } else { nil }
    }

    private mutating func position(of value: Value, in list: Int32) throws(TemplateError) -> Int? {
        let elements = heap.lists[Int(list)].elements
        for position in elements.indices where try areSame(elements[position], value, depth: 0) { return position }
        return nil
    }

    private mutating func lastPosition(of value: Value, in list: Int32) throws(TemplateError) -> Int {
        let elements = heap.lists[Int(list)].elements
        for position in elements.indices.reversed() where try areSame(elements[position], value, depth: 0) {
            return position
        }
        return -1
    }

    private func outOfBounds(_ index: Int, _ count: Int) -> TemplateError {
        error("index \(index) is out of bounds for length \(count)")
    }
}
