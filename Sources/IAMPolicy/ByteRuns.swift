/// Which runs of three bytes a text has, hashed into 256 bits: a text that lacks a bit of a pattern's does not match it.
struct ByteRuns: Sendable, Equatable {
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    init() {}

    init(_ text: [UInt8]) { insert(text) }

    mutating func insert(_ text: [UInt8]) {
        guard text.count >= 3 else { return }
        text.withUnsafeBufferPointer { text in
            withUnsafeMutableBytes(of: &words) { words in
                var run = UInt32(text[0]) << 8 | UInt32(text[1])
                for position in 2..<text.count {
                    run = (run << 8 | UInt32(text[position])) & 0xFF_FFFF
                    let hash = (run &* 0x9E37_79B1) >> 24
                    // By bytes, and without a branch that nobody could foresee.
                    words[Int(hash >> 3)] |= 1 << UInt8(truncatingIfNeeded: hash & 7)
                }
            }
        }
    }

    /// Whether a text of these runs may be part of one of those.
    @inline(__always)
    func areAmong(_ others: ByteRuns) -> Bool {
        (words.0 & ~others.words.0) | (words.1 & ~others.words.1) | (words.2 & ~others.words.2)
            | (words.3 & ~others.words.3) == 0
    }

    static func == (left: ByteRuns, right: ByteRuns) -> Bool { left.words == right.words }
}
