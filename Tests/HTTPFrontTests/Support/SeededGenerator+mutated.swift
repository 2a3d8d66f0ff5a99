import TestFixtures

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
