/// The methods of Java's maps.
extension Renderer {
    mutating func call(_ method: Method, _ arguments: borrowing Arguments, onMap map: Int32) throws(TemplateError)
        -> Value
    {
        let number = Int(map)
        switch (method, arguments.count) {
        case (.size, 0): return .integer(Int32(heap.maps[number].count))
        case (.isEmpty, 0): return .boolean(heap.maps[number].count == 0)
        case (.get, 1): return heap.maps[number][try key(arguments.a)] ?? .null
        case (.getOrDefault, 2): return heap.maps[number][try key(arguments.a)] ?? arguments.b
        case (.containsKey, 1): return .boolean(heap.maps[number][try key(arguments.a)] != nil)
        case (.containsValue, 1):
            for member in heap.maps[number].members where try areSame(member.value, arguments.a, depth: 0) {
                return .boolean(true)
            }
            return .boolean(false)
        case (.put, 2):
            try charge(4)
            return heap.maps[number].put(arguments.b, at: try key(arguments.a))
        case (.putIfAbsent, 2):
            let key = try key(arguments.a)
            if let old = heap.maps[number][key], !old.isNull { return old }
            heap.maps[number].put(arguments.b, at: key)
            return .null
        case (.putAll, 1):
            guard case .map(let other)? = try asMap(arguments.a) else { return .null }
            let added = heap.maps[Int(other)]
            try charge(added.count * 4)
            for member in added.members { heap.maps[number].put(member.value, at: member.key) }
            return .string("")
        case (.remove, 1):
            try charge(heap.maps[number].count)
            return heap.maps[number].remove(try key(arguments.a))
        case (.clear, 0):
            heap.maps[number].removeAll()
            return .string("")
        case (.keySet, 0):
            try charge(Heap.stepsPerContainer + heap.maps[number].count)
            return heap.view(heap.maps[number].members.map(\.key.value), of: map)
        case (.values, 0):
            try charge(Heap.stepsPerContainer + heap.maps[number].count)
            return heap.view(heap.maps[number].members.map(\.value), of: map)
        case (.entrySet, 0):
            try charge(Heap.stepsPerContainer + heap.maps[number].count * 2)
            let members = heap.maps[number].members
            var entries: [Value] = []
            entries.reserveCapacity(members.count)
            for member in members { entries.append(heap.entry(member, of: map)) }
            return heap.view(entries, of: map)
        default: return .null
        }
    }

    private mutating func asMap(_ value: Value) throws(TemplateError) -> Value? {
        switch value {
        case .map: value
        case .object(let object): try map(of: object)
        default: nil
        }
    }
}
