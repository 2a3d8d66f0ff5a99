/// SplitMix64: the same seed gives the same numbers everywhere, so that a failure can be had again.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// True once in `count` times.
    mutating func once(in count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }

    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<max(1, bound), using: &self) }

    mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[Int.random(in: 0..<choices.count, using: &self)]
    }

    /// `text`, cut at up to `count` places.
    mutating func pieces(of text: [UInt8], cuts count: Int) -> [[UInt8]] {
        let ends = (0..<below(count + 1)).map { _ in below(text.count + 1) }.sorted() + [text.count]
        var start = 0
        return ends.map { end in
            defer { start = end }
            return Array(text[start..<end])
        }
    }
}

extension SeededGenerator {
    /// Bytes that mean something to a parser of HTTP.
    private static let telling = Array("\r\n\r\n \t:;,=?#/*\0\u{7F}0159aAfFzZ{\"-+._%[]\\".utf8) + [0x80, 0xC3, 0xFF]

    /// A few bytes of `text` changed, taken away, put in, or said twice.
    mutating func mutated(_ text: [UInt8]) -> [UInt8] {
        var text = text
        for _ in 0...below(3) {
            let position = below(text.count)
            guard position < text.count else { return [pick(Self.telling)] }
            switch below(6) {
            case 0: text[position] = pick(Self.telling)
            case 1: text[position] ^= 1 << UInt8(below(8))
            case 2: text.remove(at: position)
            case 3: text.insert(pick(Self.telling), at: position)
            case 4: text.removeSubrange(position..<min(text.count, position + below(12)))
            default:
                let repeated = text[position..<min(text.count, position + below(40))]
                text.insert(contentsOf: repeated, at: below(text.count + 1))
            }
        }
        return text
    }
}
