import Testing

@testable import TableStore

@Suite struct KeyEncodingTests {
    @Test func numbersKeepTheirOrder() throws {
        var random = RandomTables(seed: 2)
        let edges = try [
            "0", "1", "-1", "12", "123", "-12", "-123", "1E125", "-1E125", "1E-130", "-1E-130", "99", "-99",
        ]
        .map { try TableNumber($0) }
        let numbers = try edges + (0..<500).map { _ in try random.number() }
        let byValue = Set(numbers).sorted()
        let byBytes = Set(numbers.map { KeyEncoding.bytes([.number($0)], of: 1) }).sorted {
            $0.lexicographicallyPrecedes($1)
        }
        #expect(byBytes == byValue.map { KeyEncoding.bytes([.number($0)], of: 1) })
    }

    @Test func equalNumbersHaveEqualBytes() throws {
        let bytes = try ["100", "1E2", "100.00"].map { KeyEncoding.bytes([.number(try TableNumber($0))], of: 1) }
        #expect(Set(bytes).count == 1)
    }

    @Test func stringsAndBinariesAreTheirBytes() {
        #expect(KeyEncoding.bytes([.string("é")], of: 1) == [0xC3, 0xA9])
        #expect(KeyEncoding.bytes([.binary([0, 255])], of: 1) == [0, 255])
    }

    @Test func keysOfSeveralAttributesKeepTheirOrder() throws {
        var random = RandomTables(seed: 3)
        let parts: [[UInt8]] = [
            [], [0], [0, 0], [0, 255], [255], [255, 255], [1], [97], [97, 0], [97, 0, 98], [97, 98],
        ]
        for _ in 0..<2_000 {
            let left = [random.pick(parts), random.pick(parts)]
            let right = [random.pick(parts), random.pick(parts)]
            let encoded = [left, right].map { KeyEncoding.bytes($0.map { .binary($0) }, of: 2) }
            let precedes =
                left[0] == right[0]
                ? left[1].lexicographicallyPrecedes(right[1]) : left[0].lexicographicallyPrecedes(right[0])
            #expect(encoded[0].lexicographicallyPrecedes(encoded[1]) == precedes)
            #expect((encoded[0] == encoded[1]) == (left == right))
        }
    }
}
