/// A map that keeps the order in which its keys were set: wire maps read back as they were sent.
package struct OrderedMap<Value> {
    package private(set) var entries: [(key: String, value: Value)] = []
    /// Position by key, kept only for maps too large to search through: AWS's hold a few hundred, a document's any number.
    private var index: [String: Int] = [:]

    private static var searchedUpTo: Int { 12 }

    package init() {}

    package init(_ entries: some Sequence<(String, Value)>) {
        for (key, value) in entries { self[key] = value }
    }

    package var isEmpty: Bool { entries.isEmpty }
    package var count: Int { entries.count }
    package var keys: [String] { entries.map(\.key) }

    package subscript(key: String) -> Value? {
        get { position(of: key).map { entries[$0].value } }
        set {
            switch (position(of: key), newValue) {
            case (let position?, let value?): entries[position].value = value
            case (let position?, nil):
                entries.remove(at: position)
                reindex()
            case (nil, let value?):
                entries.append((key, value))
                if entries.count == Self.searchedUpTo + 1 {
                    reindex()
                } else if entries.count > Self.searchedUpTo {
                    index[key] = entries.count - 1
                }
            case (nil, nil): break
            }
        }
    }

    private func position(of key: String) -> Int? {
        if entries.count > Self.searchedUpTo { return index[key] }
        return entries.firstIndex { $0.key == key }
    }

    private mutating func reindex() {
        index.removeAll(keepingCapacity: true)
        guard entries.count > Self.searchedUpTo else { return }
        for (position, entry) in entries.enumerated() { index[entry.key] = position }
    }
}

extension OrderedMap: Sequence {
    package func makeIterator() -> IndexingIterator<[(key: String, value: Value)]> { entries.makeIterator() }
}

extension OrderedMap: Sendable where Value: Sendable {}

extension OrderedMap: Equatable where Value: Equatable {
    package static func == (left: Self, right: Self) -> Bool {
        left.entries.elementsEqual(right.entries) { $0.key == $1.key && $0.value == $1.value }
    }
}

extension OrderedMap: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, Value)...) { self.init(elements) }
}

extension OrderedMap: Encodable where Value: Encodable {
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: JSONKey.self)
        for (key, value) in entries { try container.encode(value, forKey: JSONKey(stringValue: key)) }
    }
}

extension OrderedMap: Decodable where Value: Decodable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: JSONKey.self)
        for key in container.allKeys { self[key.stringValue] = try container.decode(Value.self, forKey: key) }
    }
}
