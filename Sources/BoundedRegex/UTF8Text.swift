/// Steps over UTF-8 text. What is no valid UTF-8 counts as U+FFFD, a byte each.
enum UTF8Text {
    @inline(__always)
    static func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }

    /// The position behind the character at `position`, which is before the end.
    static func next(_ text: Span<UInt8>, _ position: Int) -> Int { decode(text, position).next }

    static func decode(_ text: Span<UInt8>, _ position: Int) -> (value: UInt32, next: Int) {
        let first = text[position]
        let count: Int
        switch first {
        case 0..<0x80: return (UInt32(first), position + 1)
        case 0xC2...0xDF: count = 2
        case 0xE0...0xEF: count = 3
        case 0xF0...0xF4: count = 4
        default: return (0xFFFD, position + 1)
        }
        guard position + count <= text.count else { return (0xFFFD, position + 1) }
        var value = UInt32(first) & (0x7F >> UInt32(count))
        for offset in 1..<count {
            let byte = text[position + offset]
            guard isContinuation(byte) else { return (0xFFFD, position + 1) }
            value = value << 6 | UInt32(byte & 0x3F)
        }
        return (value, position + count)
    }

    /// As UTF-16 has it: a character of four bytes is two units, and the position between them is that of its third byte.
    static func decodeUnit(_ text: Span<UInt8>, _ position: Int) -> (value: UInt32, next: Int) {
        if isContinuation(text[position]), position >= 2, position + 2 <= text.count {
            let (value, next) = decode(text, position - 2)
            if value >= 0x10000, next == position + 2 { return (0xDC00 | (value - 0x10000) & 0x3FF, next) }
        }
        let (value, next) = decode(text, position)
        return value < 0x10000 ? (value, next) : (0xD800 | (value - 0x10000) >> 10, position + 2)
    }

    /// The position before the character that ends at `position`, which is behind the start.
    static func previous(_ text: Span<UInt8>, _ position: Int) -> Int {
        var start = position - 1
        while start > 0, isContinuation(text[start]), position - start < 4 { start -= 1 }
        return start
    }

    static func previousUnit(_ text: Span<UInt8>, _ position: Int) -> Int {
        if position < text.count, isContinuation(text[position]) { return max(0, position - 2) }
        let start = previous(text, position)
        return position - start == 4 ? position - 2 : start
    }
}
