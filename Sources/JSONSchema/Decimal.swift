/// A decimal number, exactly as a JSON text has it, whatever its length.
struct Decimal: Hashable, Sendable {
    private var isNegative = false
    /// Without zeros at the start and at the end; empty for 0.
    private var digits: [UInt8] = []
    /// The power of ten by which the digits, read as an integer, are multiplied.
    private var exponent = 0

    /// Exponents beyond this are all the same: no text is long enough to be compared digit by digit there.
    private static let greatestExponent = 1 << 40

    /// The text is a number by RFC 8259.
    init(_ text: Span<UInt8>) {
        var fraction = 0
        var isFraction = false
        var position = 0
        scan: while position < text.count {
            let byte = text[position]
            switch byte {
            case UInt8(ascii: "-"): isNegative = true
            case UInt8(ascii: "."): isFraction = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"): break scan
            default:
                if isFraction { fraction += 1 }
                if !(digits.isEmpty && byte == UInt8(ascii: "0")) { digits.append(byte - UInt8(ascii: "0")) }
            }
            position += 1
        }
        exponent = Self.exponent(text, from: position + 1) - fraction
        while digits.last == 0 {
            digits.removeLast()
            exponent += 1
        }
        if digits.isEmpty {
            isNegative = false
            exponent = 0
        }
    }

    private static func exponent(_ text: Span<UInt8>, from start: Int) -> Int {
        var value = 0
        var isNegative = false
        var position = start
        while position < text.count {
            switch text[position] {
            case UInt8(ascii: "-"): isNegative = true
            case UInt8(ascii: "+"): break
            case let digit: value = min(value * 10 + Int(digit - UInt8(ascii: "0")), greatestExponent)
            }
            position += 1
        }
        return isNegative ? -value : value
    }

    var isZero: Bool { digits.isEmpty }
    var isPositive: Bool { !isNegative && !isZero }
    /// Whether there is nothing behind the decimal point.
    var isIntegral: Bool { exponent >= 0 }

    /// Less than 0 if this is less than the other, 0 if both are the same number.
    func compared(to other: Decimal) -> Int {
        if isNegative != other.isNegative { return isNegative ? -1 : 1 }
        return isNegative ? -compareMagnitude(other) : compareMagnitude(other)
    }

    private func compareMagnitude(_ other: Decimal) -> Int {
        if isZero || other.isZero { return (isZero ? 0 : 1) - (other.isZero ? 0 : 1) }
        let places = digits.count + exponent - other.digits.count - other.exponent
        if places != 0 { return places }
        for (left, right) in zip(digits, other.digits) where left != right { return left < right ? -1 : 1 }
        return digits.count - other.digits.count
    }

    /// The cost of `isMultiple`, in digits looked at: no more than 2^41 of the number, each against those of the divisor.
    func divisionCost(by divisor: Decimal) -> Int {
        if divisor.modulus != nil { return digits.count }
        return (digits.count + max(0, exponent - divisor.exponent)) * divisor.digits.count
    }

    /// Whether the number divided by the divisor, which is not 0, leaves no remainder.
    func isMultiple(of divisor: Decimal) -> Bool {
        if isZero { return true }
        let shift = exponent - divisor.exponent
        // Neither has zeros at its end: what is smaller than the divisor's last place is a remainder.
        if shift < 0 { return false }
        if let modulus = divisor.modulus {
            let remainder = digits.reduce(0 as UInt64) { Self.product($0, 10, plus: UInt64($1), modulo: modulus) }
            return Self.product(remainder, Self.power(of: 10, shift, modulo: modulus), plus: 0, modulo: modulus) == 0
        }
        var remainder: [UInt8] = []
        for digit in digits { Self.append(digit, to: &remainder, modulo: divisor.digits) }
        for _ in 0..<shift where !remainder.isEmpty { Self.append(0, to: &remainder, modulo: divisor.digits) }
        return remainder.isEmpty
    }

    /// The digits as a number, if they fit.
    private var modulus: UInt64? {
        guard digits.count <= 18 else { return nil }
        return digits.reduce(0) { $0 * 10 + UInt64($1) }
    }

    private static func product(_ left: UInt64, _ right: UInt64, plus: UInt64, modulo: UInt64) -> UInt64 {
        UInt64(truncatingIfNeeded: (UInt128(left) * UInt128(right) + UInt128(plus)) % UInt128(modulo))
    }

    private static func power(of base: UInt64, _ exponent: Int, modulo: UInt64) -> UInt64 {
        var result = 1 % modulo
        var square = base % modulo
        var exponent = exponent
        while exponent > 0 {
            if exponent & 1 != 0 { result = product(result, square, plus: 0, modulo: modulo) }
            square = product(square, square, plus: 0, modulo: modulo)
            exponent >>= 1
        }
        return result
    }

    /// Writes a digit behind the number, and takes the modulus from it as often as it is there.
    private static func append(_ digit: UInt8, to number: inout [UInt8], modulo: [UInt8]) {
        if !number.isEmpty || digit > 0 { number.append(digit) }
        while isAtLeast(number, modulo) {
            var borrow: Int8 = 0
            for offset in 1...number.count {
                let place = number.count - offset
                let taken = offset <= modulo.count ? Int8(modulo[modulo.count - offset]) : 0
                var digit = Int8(number[place]) - taken - borrow
                borrow = digit < 0 ? 1 : 0
                if digit < 0 { digit += 10 }
                number[place] = UInt8(digit)
            }
            number.removeFirst(number.firstIndex { $0 > 0 } ?? number.count)
        }
    }

    private static func isAtLeast(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        if left.count != right.count { return left.count > right.count }
        for (left, right) in zip(left, right) where left != right { return left > right }
        return true
    }
}

/// A number of at most 18 digits without an exponent, as nearly all are: it is compared and divided without an array.
struct ShortDecimal: Sendable {
    private let digits: Int64
    /// How many of the digits are behind the point.
    private let places: Int

    init?(_ text: Span<UInt8>) {
        guard text.count <= 19 else { return nil }
        var digits: Int64 = 0
        var places = 0
        var hasPoint = false
        let isNegative = text[0] == UInt8(ascii: "-")
        for position in (isNegative ? 1 : 0)..<text.count {
            let byte = text[position]
            if byte == UInt8(ascii: ".") {
                hasPoint = true
            } else if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
                digits = digits &* 10 &+ Int64(byte - UInt8(ascii: "0"))
                if hasPoint { places += 1 }
            } else {
                return nil
            }
        }
        // 19 bytes without a sign and a point would be 19 digits.
        guard text.count <= 18 || isNegative || hasPoint else { return nil }
        self.digits = isNegative ? -digits : digits
        self.places = places
    }

    func compared(to other: ShortDecimal) -> Int {
        if places == other.places { return digits < other.digits ? -1 : digits > other.digits ? 1 : 0 }
        let (left, right) = (scaled(by: other.places), other.scaled(by: places))
        return left < right ? -1 : left > right ? 1 : 0
    }

    /// The divisor is not 0.
    func isMultiple(of divisor: ShortDecimal) -> Bool {
        scaled(by: divisor.places) % divisor.scaled(by: places) == 0
    }

    private func scaled(by places: Int) -> Int128 { (0..<places).reduce(Int128(digits)) { product, _ in product * 10 } }
}

extension ShortDecimal {
    init?(_ text: String) { self.init(Array(text.utf8).span) }
}

extension Decimal {
    init(_ text: String) { self.init(Array(text.utf8).span) }
}
