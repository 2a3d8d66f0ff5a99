/// The order of strings and binaries: by unsigned bytes, where Swift's own `<` and `==` of strings look at characters
/// and take composed and decomposed letters as the same.
enum ByteOrder {
    /// Negative, zero or positive, as the left comes before the right, is equal to it, or comes after it.
    static func compare(_ left: String, _ right: String) -> Int {
        let fast = left.utf8.withContiguousStorageIfAvailable { left in
            right.utf8.withContiguousStorageIfAvailable { right in compare(left, right) }
        }
        if case .some(.some(let order)) = fast { return order }
        return compare(Array(left.utf8), Array(right.utf8))
    }

    static func compare(_ left: [UInt8], _ right: [UInt8]) -> Int {
        left.withUnsafeBufferPointer { left in right.withUnsafeBufferPointer { right in compare(left, right) } }
    }

    static func areEqual(_ left: String, _ right: String) -> Bool {
        left.utf8.count == right.utf8.count && compare(left, right) == 0
    }

    static func contains(_ whole: String, _ part: String) -> Bool {
        let fast = whole.utf8.withContiguousStorageIfAvailable { whole in
            part.utf8.withContiguousStorageIfAvailable { part in contains(whole, part) }
        }
        if case .some(.some(let isFound)) = fast { return isFound }
        return contains(Array(whole.utf8), Array(part.utf8))
    }

    static func contains(_ whole: [UInt8], _ part: [UInt8]) -> Bool {
        whole.withUnsafeBufferPointer { whole in part.withUnsafeBufferPointer { part in contains(whole, part) } }
    }

    /// Knuth, Morris and Pratt's search: one look at each byte, whatever the two have in common.
    private static func contains(_ whole: UnsafeBufferPointer<UInt8>, _ part: UnsafeBufferPointer<UInt8>) -> Bool {
        guard !part.isEmpty else { return true }
        guard part.count <= whole.count else { return false }
        // For each beginning of the part: how much of the part stands at its end once more.
        var borders = [Int32](repeating: 0, count: part.count)
        var matched = 0
        for position in 1..<part.count {
            while matched > 0, part[position] != part[matched] { matched = Int(borders[matched - 1]) }
            if part[position] == part[matched] { matched += 1 }
            borders[position] = Int32(matched)
        }
        matched = 0
        for byte in whole {
            while matched > 0, byte != part[matched] { matched = Int(borders[matched - 1]) }
            if byte == part[matched] { matched += 1 }
            if matched == part.count { return true }
        }
        return false
    }

    private static func compare(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Int {
        for position in 0..<min(left.count, right.count) where left[position] != right[position] {
            return left[position] < right[position] ? -1 : 1
        }
        return left.count - right.count
    }
}
