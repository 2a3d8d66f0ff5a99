/// Walks over JSON text (RFC 8259) byte by byte, without building values.
///
/// What is read is checked in full; strings come out as UTF-8 bytes only when asked for.
package struct JSONCursor: ~Escapable {
    /// How deep arrays and objects may nest. AWS's own services refuse far earlier; deeper input is an attack.
    package static let maximumDepth = 256

    private let bytes: Span<UInt8>
    package private(set) var offset = 0

    @_lifetime(copy bytes)
    package init(_ bytes: Span<UInt8>) { self.bytes = bytes }

    package var isAtEnd: Bool { offset >= bytes.count }

    /// The next byte that is not white space, not consumed; nil at the end.
    package mutating func peek() -> UInt8? {
        skipSpace()
        return offset < bytes.count ? bytes[offset] : nil
    }

    /// Consumes `byte` when it is the next one that is not white space.
    package mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        offset += 1
        return true
    }

    package mutating func expect(_ byte: UInt8, _ what: String) throws(JSONError) {
        guard take(byte) else { throw JSONError("expected \(what)", at: offset) }
    }

    package mutating func skipSpace() {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x0A, 0x0D, 0x09: offset += 1
            default: return
            }
        }
    }

    package mutating func expectEnd() throws(JSONError) {
        skipSpace()
        guard isAtEnd else { throw JSONError("text after the value", at: offset) }
    }

    /// Consumes `true`, `false` or `null`.
    package mutating func literal(_ word: StaticString) throws(JSONError) {
        let start = offset
        for position in 0..<word.utf8CodeUnitCount {
            guard offset < bytes.count, bytes[offset] == word.utf8Start[position] else {
                throw JSONError("expected \(word)", at: start)
            }
            offset += 1
        }
    }

    /// Consumes a number and returns where its text is.
    package mutating func number() throws(JSONError) -> Range<Int> {
        let start = offset
        if current == UInt8(ascii: "-") { offset += 1 }
        if current == UInt8(ascii: "0") {
            offset += 1
        } else {
            try digits()
        }
        if current == UInt8(ascii: ".") {
            offset += 1
            try digits()
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            offset += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { offset += 1 }
            try digits()
        }
        return start..<offset
    }

    /// Consumes a string and returns the range between its quotes, and whether it holds escapes.
    package mutating func string() throws(JSONError) -> (range: Range<Int>, isEscaped: Bool) {
        try expect(UInt8(ascii: "\""), "a string")
        let start = offset
        var isEscaped = false
        while offset < bytes.count {
            let byte = bytes[offset]
            if byte == UInt8(ascii: "\"") {
                offset += 1
                return (start..<(offset - 1), isEscaped)
            }
            if byte < 0x20 { throw JSONError("control character in a string", at: offset) }
            if byte == UInt8(ascii: "\\") {
                isEscaped = true
                offset += 1
                guard offset < bytes.count else { break }
                switch bytes[offset] {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
                    UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
                    break
                case UInt8(ascii: "u"):
                    guard hex4(at: offset + 1) != nil else { throw JSONError("bad \\u escape", at: offset) }
                    offset += 4
                default: throw JSONError("unknown escape", at: offset)
                }
            }
            offset += 1
        }
        throw JSONError("string without an end", at: start)
    }

    /// Writes the meaning of the string at `range` as UTF-8; a lone surrogate becomes U+FFFD.
    package func unescape(_ range: Range<Int>, into output: inout [UInt8]) {
        var position = range.lowerBound
        while position < range.upperBound {
            let byte = bytes[position]
            guard byte == UInt8(ascii: "\\") else {
                output.append(byte)
                position += 1
                continue
            }
            position += 2
            switch bytes[position - 1] {
            case UInt8(ascii: "b"): output.append(0x08)
            case UInt8(ascii: "f"): output.append(0x0C)
            case UInt8(ascii: "n"): output.append(0x0A)
            case UInt8(ascii: "r"): output.append(0x0D)
            case UInt8(ascii: "t"): output.append(0x09)
            case UInt8(ascii: "u"):
                var unit = UInt32(hex4(at: position) ?? 0xFFFD)
                position += 4
                if unit & 0xFC00 == 0xD800, position + 6 <= range.upperBound,
                    bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u"),
                    let low = hex4(at: position + 2), low & 0xFC00 == 0xDC00
                {
                    unit = 0x10000 + ((unit & 0x3FF) << 10) + UInt32(low & 0x3FF)
                    position += 6
                }
                let scalar = Unicode.Scalar(unit) ?? "\u{FFFD}"
                output.append(contentsOf: Unicode.UTF8.encode(scalar).map { Array($0) } ?? [])
            case let plain: output.append(plain)
            }
        }
    }

    /// Consumes any one value and returns where its text is.
    package mutating func skipValue() throws(JSONError) -> Range<Int> {
        skipSpace()
        let start = offset
        try skipValue(depth: 0)
        return start..<offset
    }

    private mutating func skipValue(depth: Int) throws(JSONError) {
        guard depth < Self.maximumDepth else { throw JSONError("nested too deep", at: offset) }
        switch peek() {
        case UInt8(ascii: "{"):
            offset += 1
            if take(UInt8(ascii: "}")) { return }
            repeat {
                _ = try string()
                try expect(UInt8(ascii: ":"), "':'")
                try skipValue(depth: depth + 1)
            } while take(UInt8(ascii: ","))
            try expect(UInt8(ascii: "}"), "',' or '}'")
        case UInt8(ascii: "["):
            offset += 1
            if take(UInt8(ascii: "]")) { return }
            repeat { try skipValue(depth: depth + 1) } while take(UInt8(ascii: ","))
            try expect(UInt8(ascii: "]"), "',' or ']'")
        case UInt8(ascii: "\""): _ = try string()
        case UInt8(ascii: "t"): try literal("true")
        case UInt8(ascii: "f"): try literal("false")
        case UInt8(ascii: "n"): try literal("null")
        default: _ = try number()
        }
    }

    private var current: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func digits() throws(JSONError) {
        let start = offset
        while let byte = current, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { offset += 1 }
        guard offset > start else { throw JSONError("expected a value", at: offset) }
    }

    private func hex4(at start: Int) -> UInt16? {
        guard start + 4 <= bytes.count else { return nil }
        var value: UInt16 = 0
        for position in start..<(start + 4) {
            let byte = bytes[position]
            let digit: UInt8
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = byte - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = byte - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = byte - UInt8(ascii: "A") + 10
            default: return nil
            }
            value = value << 4 | UInt16(digit)
        }
        return value
    }
}
