import GatewayModel

/// Sets: never empty, no member twice, sorted. The two layers word a duplicate differently.
extension ItemReader {
    func stringSet(_ given: [String]) throws(TableError) -> [String] {
        guard !given.isEmpty else { throw .invalidValues("An string set  may not be empty") }
        let sorted = given.sorted { ByteOrder.compare($0, $1) < 0 }
        guard zip(sorted, sorted.dropFirst()).contains(where: { ByteOrder.areEqual($0, $1) }) else { return sorted }
        let shown =
            switch layer {
            case .current:
                Self.upToRepeat(given.map { Array($0.utf8) })
                    .map { "\"\(String(decoding: $0, as: UTF8.self))\"" }.joined(separator: ", ")
            case .older: given.joined(separator: ", ")
            }
        throw .invalidValues("Input collection [\(shown)] contains duplicates.")
    }

    func numberSet(_ given: [TableNumber]) throws(TableError) -> [TableNumber] {
        guard !given.isEmpty else { throw .invalidValues("An number set  may not be empty") }
        let sorted = given.sorted()
        guard zip(sorted, sorted.dropFirst()).contains(where: { $0 == $1 }) else { return sorted }
        switch layer {
        case .current: throw .invalidValues("Input collection contains duplicates.")
        case .older: throw .validation("Input collection contains duplicates")
        }
    }

    func binarySet(_ given: [[UInt8]]) throws(TableError) -> [[UInt8]] {
        guard !given.isEmpty else { throw .invalidValues("Binary sets should not be empty") }
        let sorted = given.sorted { ByteOrder.compare($0, $1) < 0 }
        guard zip(sorted, sorted.dropFirst()).contains(where: { $0 == $1 }) else { return sorted }
        let shown =
            switch layer {
            case .current:
                Self.upToRepeat(given).map { "\"\(Base64.encode($0))\"" }.joined(separator: ",")
            case .older: given.map { Base64.encode($0) }.joined(separator: ", ")
            }
        throw .invalidValues("Input collection [\(shown)]of type BS contains duplicates.")
    }

    /// The members up to the first one that comes again in their order, then the rest as given: that is how far AWS's
    /// newer layer gets in sorting them.
    private static func upToRepeat(_ given: [[UInt8]]) -> [[UInt8]] {
        var seen: Set<[UInt8]> = []
        let end = given.firstIndex { !seen.insert($0).inserted } ?? given.endIndex
        return given[..<end].sorted { ByteOrder.compare($0, $1) < 0 } + given[end...]
    }
}
