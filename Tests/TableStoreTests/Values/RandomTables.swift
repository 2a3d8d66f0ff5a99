@testable import TableStore

/// SplitMix64: the same seed gives the same numbers everywhere, so that a failure can be had again.
struct RandomTables: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

    mutating func pick<Element>(_ choices: [Element]) -> Element { choices[below(choices.count)] }

    /// Digits and an exponent, near enough to each other to meet in sums, and all that is valid.
    mutating func number() throws -> TableNumber {
        let digits = (0...below(pick([2, 5, 38]))).map { _ in "\(below(10))" }.joined()
        let text = pick(["", "-"]) + digits + "E\(below(pick([3, 40, 80])) - below(pick([3, 60])))"
        return try TableNumber(text)
    }

    mutating func value(depth: Int = 3) throws -> AttributeValue {
        switch below(depth > 0 ? 10 : 8) {
        case 0: return .string(string())
        case 1: return .number(try number())
        case 2: return .binary((0..<below(5)).map { _ in UInt8(below(256)) })
        case 3: return .bool(below(2) == 0)
        case 4: return .null
        case 5: return .stringSet(Set((0...below(4)).map { "s\($0)\u{E9}" }).sorted())
        case 6: return .numberSet(Set(try (0...below(4)).map { _ in try number() }).sorted())
        case 7: return .binarySet((0...below(4)).map { [UInt8($0), UInt8(below(256))] })
        case 8: return .list(try (0..<below(4)).map { _ in try value(depth: depth - 1) })
        default: return .map(try item(depth: depth - 1))
        }
    }

    mutating func item(depth: Int = 3) throws -> Item {
        var item = Item()
        for _ in 0..<below(6) { item[string() + "n"] = try value(depth: depth) }
        return item
    }

    mutating func string() -> String {
        String(
            (0..<below(6)).map { _ in pick(["a", "b", "\"", "\\", "\n", "\u{1}", "e\u{301}", "\u{E9}", "𝄞", "\0"]) }
                .joined())
    }
}
