/// The entries of a map in the order in which they were written, each with the line of its key.
package struct TemplateMap: Sendable {
    package struct Entry: Sendable {
        package let key: String
        package let line: Int
        package var value: TemplateValue
    }

    package private(set) var entries: [Entry]
    /// Position by key, kept only for maps too large to search through.
    private var index: [String: Int] = [:]

    private static let searchedUpTo = 12

    package init() { entries = [] }

    /// The keys must differ.
    package init(_ entries: [Entry]) {
        self.entries = entries
        reindex()
    }

    package var isEmpty: Bool { entries.isEmpty }
    package var count: Int { entries.count }

    /// Setting a new key gives it the line of its value.
    package subscript(key: String) -> TemplateValue? {
        get { position(of: key).map { entries[$0].value } }
        set {
            switch (position(of: key), newValue) {
            case (let position?, let value?): entries[position].value = value
            case (let position?, nil):
                entries.remove(at: position)
                reindex()
            case (nil, let value?):
                entries.append(Entry(key: key, line: value.line, value: value))
                if entries.count > Self.searchedUpTo + 1 {
                    index[key] = entries.count - 1
                } else {
                    reindex()
                }
            case (nil, nil): break
            }
        }
    }

    package func entry(_ key: String) -> Entry? { position(of: key).map { entries[$0] } }

    private func position(of key: String) -> Int? {
        entries.count > Self.searchedUpTo ? index[key] : entries.firstIndex { $0.key == key }
    }

    private mutating func reindex() {
        index.removeAll(keepingCapacity: true)
        guard entries.count > Self.searchedUpTo else { return }
        for (position, entry) in entries.enumerated() { index[entry.key] = position }
    }
}

extension TemplateMap: Sequence {
    package func makeIterator() -> IndexingIterator<[Entry]> { entries.makeIterator() }
}
