/// The lists and maps of one rendering.
struct Heap {
    private static let roomAtFirst = 8

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

        struct Member {
            let key: Key
            var value: Value
        }

        private(set) var members: [Member] = []
        /// Positions by key, kept only for maps too large to search through.
        private var positions: [Key: Int] = [:]
        let kind: Kind
        private(set) var version: Int32 = 0

        private static let searchedUpTo = 10

        init(kind: Kind = .plain) { self.kind = kind }

        /// An empty map with room for `count` members.
        init(kind: Kind = .plain, room count: Int) {
            self.kind = kind
            members.reserveCapacity(count)
        }

        var count: Int { members.count }

        func position(of key: Key) -> Int? {
            if members.count > Self.searchedUpTo { return positions[key] }
            for position in members.indices where members[position].key == key { return position }
            return nil
        }

        subscript(key: Key) -> Value? { position(of: key).map { members[$0].value } }

        /// Puts `value` at `key`, in the place of an older one; returns that one.
        @discardableResult
        mutating func put(_ value: Value, at key: Key) -> Value {
            if let position = position(of: key) {
                let old = members[position].value
                members[position].value = value
                return old
            }
            members.append(Member(key: key, value: value))
            version &+= 1
            if members.count > Self.searchedUpTo + 1 {
                positions[key] = members.count - 1
            } else if members.count == Self.searchedUpTo + 1 {
                index()
            }
            return .null
        }

        mutating func remove(_ key: Key) -> Value {
            guard let position = position(of: key) else { return .null }
            let old = members.remove(at: position).value
            version &+= 1
            positions.removeAll(keepingCapacity: true)
            if members.count > Self.searchedUpTo { index() }
            return old
        }

        private mutating func index() {
            for (position, member) in members.enumerated() { positions[member.key] = position }
        }

        mutating func removeAll() {
            members = []
            positions = [:]
            version &+= 1
        }
    }

    mutating func list(_ elements: [Value], _ kind: List.Kind) -> Value {
        if lists.isEmpty { lists.reserveCapacity(Self.roomAtFirst) }
        lists.append(List(elements: elements, kind: kind))
        return .list(Int32(lists.count - 1))
    }

    mutating func map(_ map: Map) -> Value {
        if maps.isEmpty { maps.reserveCapacity(Self.roomAtFirst) }
        maps.append(map)
        return .map(Int32(maps.count - 1))
    }

    mutating func entry(_ key: Value, _ value: Value) -> Value {
        entries.append((key, value))
        return .entry(Int32(entries.count - 1))
    }
}
