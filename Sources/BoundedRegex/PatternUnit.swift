/// One character of a pattern's text: a UTF-16 unit, which may be half a character, or a code point.
struct PatternUnit: Hashable, Comparable, ExpressibleByUnicodeScalarLiteral {
    let value: UInt32

    init(_ value: UInt32) { self.value = value }
    init(unicodeScalarLiteral scalar: Unicode.Scalar) { value = scalar.value }

    static func < (left: PatternUnit, right: PatternUnit) -> Bool { left.value < right.value }

    var isDigit: Bool { self >= "0" && self <= "9" }
    var isOctalDigit: Bool { self >= "0" && self <= "7" }
    var isLetter: Bool { (self >= "a" && self <= "z") || (self >= "A" && self <= "Z") }
    var isASCII: Bool { value < 0x80 }

    /// What the digit counts, up to hexadecimal.
    var digit: UInt32? {
        switch self {
        case "0"..."9": value - 0x30
        case "a"..."f": value - 0x61 + 10
        case "A"..."F": value - 0x41 + 10
        default: nil
        }
    }
}

extension PatternUnit: CustomStringConvertible {
    var description: String { Unicode.Scalar(value).map { String(Character($0)) } ?? "\u{FFFD}" }
}
