/// The members of a JSON object in the order in which they were written.
package struct JSONObject: Sendable {
    package typealias Member = (key: String, value: JSONValue)

    package private(set) var members: [Member] = []
    /// Position by key, kept only for objects too large to search through.
    private var index: [String: Int] = [:]

    private static let searchedUpTo = 12

    package init() {}

    /// Of repeated keys the last one counts, at the place of the first, as most JSON readers have it.
    package init(_ members: some Sequence<(String, JSONValue)>) {
        for (key, value) in members { self[key] = value }
    }

    package var isEmpty: Bool { members.isEmpty }
    package var count: Int { members.count }
    package var keys: [String] { members.map(\.key) }

    package subscript(key: String) -> JSONValue? {
        get { position(of: key).map { members[$0].value } }
        set {
            switch (position(of: key), newValue) {
            case (let position?, let value?):
                members[position].value = value
            case (let position?, nil):
                members.remove(at: position)
                reindex()
            case (nil, let value?):
                members.append((key, value))
                if members.count == Self.searchedUpTo + 1 {
                    reindex()
                } else if members.count > Self.searchedUpTo {
                    index[key] = members.count - 1
                }
            case (nil, nil): break
            }
        }
    }

    private func position(of key: String) -> Int? {
        if members.count > Self.searchedUpTo { return index[key] }
        return members.firstIndex { $0.key == key }
    }

    private mutating func reindex() {
        index.removeAll(keepingCapacity: true)
        guard members.count > Self.searchedUpTo else { return }
        for (position, member) in members.enumerated() { index[member.key] = position }
    }
}

extension JSONObject: Hashable {
    package static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.members.elementsEqual(right.members) { $0.key == $1.key && $0.value == $1.value }
    }

    package func hash(into hasher: inout Hasher) {
        for member in members {
            hasher.combine(member.key)
            hasher.combine(member.value)
        }
    }
}

extension JSONObject: Sequence {
    package func makeIterator() -> IndexingIterator<[Member]> { members.makeIterator() }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSONValue)...) { self.init(elements) }
}
