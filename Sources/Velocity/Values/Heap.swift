/// The lists and maps of one rendering.
struct Heap {
    var lists: [List] = []
    var maps: [Map] = []
    var entries: [(key: Value, value: Value)] = []

    struct List {
        enum Kind: Sendable {
            /// From JSON: prints as JSON.
            case json
            /// Made by the template, or a part of another list: prints `[a, b]`.
            case plain
            /// What a map's `keySet()`, `values()` and `entrySet()` give.
            case view
            /// A Java array, as `split` gives.
            case array
        }

        var elements: [Value]
        let kind: Kind
        /// Counts what changes the length: a loop over a list that grows or shrinks is an error in Java.
        var version: Int32 = 0
    }

    struct Map {
        enum Kind: Sendable {
            case plain
            /// A part of `$context`: prints nothing.
            case silent
        }

        private(set) var keys: [Key] = []
        private(set) var values: [Value] = []
        /// Positions by key, kept only for maps too large to search through.
        private var positions: [Key: Int] = [:]
        let kind: Kind
        private(set) var version: Int32 = 0

        private static let searchedUpTo = 10

        init(kind: Kind = .plain) { self.kind = kind }

        var count: Int { keys.count }

        func position(of key: Key) -> Int? {
            if keys.count > Self.searchedUpTo { return positions[key] }
            return keys.firstIndex { $0 == key }
        }

        subscript(key: Key) -> Value? { position(of: key).map { values[$0] } }

        /// Puts `value` at `key`, in the place of an older one; returns that one.
        @discardableResult
        mutating func put(_ value: Value, at key: Key) -> Value {
            if let position = position(of: key) {
                let old = values[position]
                values[position] = value
                return old
            }
            keys.append(key)
            values.append(value)
            version &+= 1
            if keys.count > Self.searchedUpTo + 1 {
                positions[key] = keys.count - 1
            } else if keys.count == Self.searchedUpTo + 1 {
                for (position, key) in keys.enumerated() { positions[key] = position }
            }
            return .null
        }

        mutating func remove(_ key: Key) -> Value {
            guard let position = position(of: key) else { return .null }
            let old = values.remove(at: position)
            keys.remove(at: position)
            version &+= 1
            positions.removeAll(keepingCapacity: true)
            if keys.count > Self.searchedUpTo {
                for (position, key) in keys.enumerated() { positions[key] = position }
            }
            return old
        }

        mutating func removeAll() { self = Map(kind: kind) }
    }

    mutating func list(_ elements: [Value], _ kind: List.Kind) -> Value {
        lists.append(List(elements: elements, kind: kind))
        return .list(Int32(lists.count - 1))
    }

    mutating func map(_ map: Map) -> Value {
        maps.append(map)
        return .map(Int32(maps.count - 1))
    }

    mutating func entry(_ key: Value, _ value: Value) -> Value {
        entries.append((key, value))
        return .entry(Int32(entries.count - 1))
    }
}
