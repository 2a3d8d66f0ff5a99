/// SplitMix64: the same seed gives the same numbers everywhere, so that a failure can be had again.
package struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// True once in `count` times.
    package mutating func once(in count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }

    package mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<max(1, bound), using: &self) }

    package mutating func pick<Element>(_ choices: [Element]) -> Element {
        choices[Int.random(in: 0..<choices.count, using: &self)]
    }

    /// `text`, cut at up to `count` places.
    package mutating func pieces(of text: [UInt8], cuts count: Int) -> [[UInt8]] {
        let ends = (0..<below(count + 1)).map { _ in below(text.count + 1) }.sorted() + [text.count]
        var start = 0
        return ends.map { end in
            defer { start = end }
            return Array(text[start..<end])
        }
    }
}
