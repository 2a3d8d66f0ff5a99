/// Whether bytes that come in pieces are UTF-8 (RFC 3629). Told at the first byte behind which nothing could make them
/// UTF-8, not at the end.
package struct UTF8Check {
    /// Bytes that the character under way still needs.
    private var missing = 0
    /// What the next of them may be: the first one tells overlong forms, surrogates and what is beyond Unicode.
    private var lowest: UInt8 = 0x80
    private var highest: UInt8 = 0xBF

    package init() {}

    /// Whether all characters that have begun are complete.
    package var isComplete: Bool { missing == 0 }

    package static func isValid(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var check = UTF8Check()
        return check.take(bytes) && check.isComplete
    }

    /// Goes on with these bytes; false when they are no UTF-8.
    package mutating func take(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var position = 0
        while position < bytes.count {
            let byte = bytes[position]
            guard missing == 0 else {
                guard lowest...highest ~= byte else { return false }
                (missing, lowest, highest) = (missing - 1, 0x80, 0xBF)
                position += 1
                continue
            }
            if byte < 0x80 {
                position = Self.endOfASCII(bytes, from: position)
            } else if let length = Self.commonLength(bytes, at: position) {
                position += length
            } else {
                guard begin(byte) else { return false }
                position += 1
            }
        }
        return true
    }

    private static func endOfASCII(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var position = start
        while position + 16 <= bytes.count,
            bytes.loadUnaligned(fromByteOffset: position, as: SIMD2<UInt64>.self) & highBits == .zero
        {
            position += 16
        }
        while position < bytes.count, bytes[position] < 0x80 { position += 1 }
        return position
    }

    /// The length of a whole character of two or three bytes, if it is one whose first byte says all that is special about
    /// it: most letters of most scripts, in a third of the time.
    private static func commonLength(_ bytes: UnsafeRawBufferPointer, at position: Int) -> Int? {
        func continues(_ offset: Int) -> Bool {
            position + offset < bytes.count && bytes[position + offset] & 0xC0 == 0x80
        }
        switch bytes[position] {
        case 0xC2...0xDF: return continues(1) ? 2 : nil
        case 0xE1...0xEC, 0xEE...0xEF: return continues(1) && continues(2) ? 3 : nil
        default: return nil
        }
    }

    /// The first byte of a character of two to four.
    private mutating func begin(_ byte: UInt8) -> Bool {
        switch byte {
        case 0xC2...0xDF: missing = 1
        case 0xE0: (missing, lowest) = (2, 0xA0)
        case 0xED: (missing, highest) = (2, 0x9F)
        case 0xE1...0xEF: missing = 2
        case 0xF0: (missing, lowest) = (3, 0x90)
        case 0xF1...0xF3: missing = 3
        case 0xF4: (missing, highest) = (3, 0x8F)
        default: return false
        }
        return true
    }

    private static let highBits = SIMD2<UInt64>(repeating: 0x8080_8080_8080_8080)
}
