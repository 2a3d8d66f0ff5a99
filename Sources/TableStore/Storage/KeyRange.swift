/// What is walked over: a table, or one of its indexes, whose items are read from the table.
enum ItemSource {
    case table(TableDefinition)
    case index(IndexDefinition, of: TableDefinition)

    var table: TableDefinition {
        switch self {
        case .table(let table), .index(_, let table): table
        }
    }
}

/// Which part of a source is walked over.
enum KeyRange {
    /// Items of one partition, their sort keys within bounds.
    case partition(ItemPartition, SortBounds)
    /// All partitions whose hash is in the range: a scan, or a segment of one.
    case hashes(Range<Int64>)
}

struct ItemPartition {
    let hash: Int64
    let bytes: [UInt8]

    init(_ bytes: [UInt8]) {
        hash = ItemKey.hash(of: bytes)
        self.bytes = bytes
    }
}

/// Bounds on encoded sort keys.
struct SortBounds: Sendable {
    struct Bound: Sendable {
        let bytes: [UInt8]
        let isIncluded: Bool
    }

    var lower: Bound?
    var upper: Bound?

    static let all = SortBounds()

    /// Everything that begins with `prefix`.
    static func beginning(with prefix: [UInt8]) -> SortBounds {
        var bounds = SortBounds(lower: Bound(bytes: prefix, isIncluded: true))
        bounds.upper = successor(of: prefix).map { Bound(bytes: $0, isIncluded: false) }
        return bounds
    }

    /// The first bytes after all that begin with `prefix`; nil when there are none.
    private static func successor(of prefix: [UInt8]) -> [UInt8]? {
        var bytes = prefix
        while let last = bytes.popLast() {
            if last < 0xFF { return bytes + [last + 1] }
        }
        return nil
    }

    func contains(_ bytes: [UInt8]) -> Bool {
        if let lower {
            if bytes.lexicographicallyPrecedes(lower.bytes) { return false }
            if !lower.isIncluded, bytes == lower.bytes { return false }
        }
        if let upper {
            if upper.bytes.lexicographicallyPrecedes(bytes) { return false }
            if !upper.isIncluded, bytes == upper.bytes { return false }
        }
        return true
    }
}

/// Where a walk goes on: behind this position, whether or not there is an item.
struct StartPosition {
    /// In the source.
    let key: ItemKey
    /// The item's own key, which orders items of equal index keys; for a table the same.
    let itemKey: ItemKey
}
