/// The lists and maps of one rendering.
struct Heap {
    /// What a list or map counts for: it keeps its memory until the rendering ends.
    static let stepsPerContainer = 40

    private static let roomAtFirst = 8

    var lists: [List] = []
    var maps: [Map] = []
    /// Members of maps, by map and key: their values are those of the map at any time.
    private var entries: [(map: Int32, member: Map.Member)] = []

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
        /// Of a view, the number of its map.
        var map: Int32 = -1
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

    /// What is seen of a map; a change of the map does not change it, but ends a loop over it as in Java.
    mutating func view(_ elements: [Value], of map: Int32) -> Value {
        let view = list(elements, .view)
        lists[lists.count - 1].map = map
        return view
    }

    mutating func map(_ map: Map) -> Value {
        if maps.isEmpty { maps.reserveCapacity(Self.roomAtFirst) }
        maps.append(map)
        return .map(Int32(maps.count - 1))
    }

    mutating func entry(_ member: Map.Member, of map: Int32) -> Value {
        entries.append((map, member))
        return .entry(Int32(entries.count - 1))
    }

    func key(ofEntry entry: Int32) -> Value { entries[Int(entry)].member.key.value }

    func value(ofEntry entry: Int32) -> Value {
        let (map, member) = entries[Int(entry)]
        return maps[Int(map)][member.key] ?? member.value
    }
}
