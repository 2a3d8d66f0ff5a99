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

    private static func compare(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Int {
        for position in 0..<min(left.count, right.count) where left[position] != right[position] {
            return left[position] < right[position] ? -1 : 1
        }
        return left.count - right.count
    }
}
