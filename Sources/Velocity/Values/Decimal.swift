/// A number with more digits than a machine word keeps: Java's BigInteger and BigDecimal.
final class Decimal: Sendable {
    let isNegative: Bool
    /// From the most significant on, without leading zeros; none for zero.
    let digits: [UInt8]
    /// How many of the digits stand behind the point; negative for zeros that are not written.
    let scale: Int
    /// Whether it is a BigInteger, whose scale is always 0.
    let isWhole: Bool

    init(isNegative: Bool, digits: some Collection<UInt8>, scale: Int, isWhole: Bool) {
        self.digits = Array(digits.drop { $0 == 0 })
        self.isNegative = isNegative && !self.digits.isEmpty
        self.scale = scale
        self.isWhole = isWhole
    }

    convenience init(wholeNumber text: String) {
        let digits = text.utf8.compactMap { $0 >= UInt8(ascii: "0") ? $0 - UInt8(ascii: "0") : nil }
        self.init(isNegative: text.hasPrefix("-"), digits: digits, scale: 0, isWhole: true)
    }

    convenience init(_ number: Int64) { self.init(wholeNumber: String(number)) }

    /// A BigDecimal by its text, with a fraction or an exponent; nil when the exponent is beyond reason.
    convenience init?(fraction text: String) {
        var digits: [UInt8] = []
        var scale = 0
        var exponent = ""
        var isFraction = false
        var inExponent = false
        for character in text.utf8 {
            switch character {
            case UInt8(ascii: "."): isFraction = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"): inExponent = true
            case UInt8(ascii: "0")...UInt8(ascii: "9") where !inExponent:
                digits.append(character - UInt8(ascii: "0"))
                if isFraction { scale += 1 }
            default: if inExponent { exponent.unicodeScalars.append(Unicode.Scalar(character)) }
            }
        }
        if inExponent {
            guard let power = Int32(exponent) else { return nil }
            scale -= Int(power)
        }
        self.init(isNegative: text.hasPrefix("-"), digits: digits, scale: scale, isWhole: false)
    }

    /// Every digit of a double, as `new BigDecimal(double)`; nil for what is no number.
    convenience init?(exactly number: Double) {
        guard number.isFinite else { return nil }
        var digits: [UInt8] = [0]
        var scale = 0
        if number != 0 {
            // A whole number times a power of two; halves are fives a place further on.
            let power = Int(number.exponent) - number.significandWidth
            let whole = UInt64(number.significand.magnitude * Double(UInt64(1) << UInt64(number.significandWidth)))
            digits = String(whole).utf8.map { $0 - UInt8(ascii: "0") }
            for _ in 0..<abs(power) { Self.multiply(&digits, by: power > 0 ? 2 : 5) }
            scale = max(0, -power)
        }
        self.init(isNegative: number < 0, digits: digits, scale: scale, isWhole: false)
    }

    private static func multiply(_ digits: inout [UInt8], by factor: UInt8) {
        var carry: UInt8 = 0
        for place in digits.indices.reversed() {
            let product = digits[place] * factor + carry
            digits[place] = product % 10
            carry = product / 10
        }
        if carry > 0 { digits.insert(carry, at: 0) }
    }

    var isZero: Bool { digits.isEmpty }

    var double: Double { Double(text) ?? (isNegative ? -.infinity : .infinity) }

    /// What Java's `toString` gives: without an exponent as long as that is not below -6.
    var text: String {
        let written = digits.isEmpty ? [0] : digits
        var output: [UInt8] = isNegative ? [UInt8(ascii: "-")] : []
        func append(_ digits: some Sequence<UInt8>) { output.append(contentsOf: digits.map { $0 + UInt8(ascii: "0") }) }
        let adjusted = written.count - 1 - scale
        if scale == 0 {
            append(written)
        } else if scale > 0, adjusted >= -6 {
            if written.count > scale {
                append(written.dropLast(scale))
            } else {
                append([0])
            }
            output.append(UInt8(ascii: "."))
            append(repeatElement(0, count: max(0, scale - written.count)))
            append(written.suffix(scale))
        } else {
            append(written.prefix(1))
            if written.count > 1 {
                output.append(UInt8(ascii: "."))
                append(written.dropFirst())
            }
            output.append(contentsOf: (adjusted < 0 ? "E\(adjusted)" : "E+\(adjusted)").utf8)
        }
        return String(decoding: output, as: UTF8.self)
    }
}

// MARK: - Reckoning

extension Decimal {
    func adding(_ other: Decimal) -> Decimal? {
        guard let (left, right, scale) = Self.aligned(self, other) else { return nil }
        let isWhole = isWhole && other.isWhole
        if isNegative == other.isNegative {
            return Decimal(isNegative: isNegative, digits: Self.sum(left, right), scale: scale, isWhole: isWhole)
        }
        let isLess = Self.isLess(left, right)
        let difference = isLess ? Self.difference(right, left) : Self.difference(left, right)
        return Decimal(isNegative: isNegative != isLess, digits: difference, scale: scale, isWhole: isWhole)
    }

    var negated: Decimal { Decimal(isNegative: !isNegative, digits: digits, scale: scale, isWhole: isWhole) }

    func multiplied(by other: Decimal) -> Decimal? {
        guard digits.count + other.digits.count <= TemplateLimits.digits else { return nil }
        var product = [UInt8](repeating: 0, count: digits.count + other.digits.count)
        for left in digits.indices.reversed() {
            var carry = 0
            for right in other.digits.indices.reversed() {
                let position = left + right + 1
                let sum = Int(digits[left]) * Int(other.digits[right]) + Int(product[position]) + carry
                product[position] = UInt8(sum % 10)
                carry = sum / 10
            }
            product[left] = UInt8(carry)
        }
        return Decimal(
            isNegative: isNegative != other.isNegative, digits: product, scale: scale + other.scale,
            isWhole: isWhole && other.isWhole)
    }

    /// Whole numbers are divided towards zero; fractions keep the dividend's scale and are rounded half down.
    func divided(by other: Decimal) -> Decimal? {
        let isWhole = isWhole && other.isWhole
        let shift = isWhole ? 0 : other.scale
        guard !other.isZero, abs(shift) + digits.count <= TemplateLimits.digits,
            other.digits.count <= TemplateLimits.digits
        else { return nil }
        let dividend = shift > 0 ? digits + [UInt8](repeating: 0, count: shift) : digits
        let divisor = shift < 0 ? other.digits + [UInt8](repeating: 0, count: -shift) : other.digits
        var (quotient, rest) = Self.quotient(dividend, divisor)
        if !isWhole, Self.isLess(divisor, Self.sum(rest, rest)) { quotient = Self.sum(quotient, [1]) }
        return Decimal(
            isNegative: isNegative != other.isNegative, digits: quotient, scale: isWhole ? 0 : scale, isWhole: isWhole)
    }

    /// The remainder of whole numbers, never negative, as of Java's `mod`; nil for a divisor that is not positive.
    func remainder(_ other: Decimal) -> Decimal? {
        guard isWhole, other.isWhole, !other.isZero, !other.isNegative, digits.count <= TemplateLimits.digits else {
            return nil
        }
        let rest = Decimal(
            isNegative: isNegative, digits: Self.quotient(digits, other.digits).rest, scale: 0, isWhole: true)
        return rest.isNegative ? rest.adding(other) : rest
    }

    /// Negative, zero or positive.
    func compared(to other: Decimal) -> Int {
        if isZero || other.isZero || isNegative != other.isNegative {
            let left = isZero ? 0 : isNegative ? -1 : 1
            let right = other.isZero ? 0 : other.isNegative ? -1 : 1
            return left - right
        }
        let sign = isNegative ? -1 : 1
        let heads = digits.count - scale - (other.digits.count - other.scale)
        if heads != 0 { return heads > 0 ? sign : -sign }
        for position in 0..<max(digits.count, other.digits.count) {
            let left = position < digits.count ? digits[position] : 0
            let right = position < other.digits.count ? other.digits[position] : 0
            if left != right { return left > right ? sign : -sign }
        }
        return 0
    }

    private static func aligned(_ left: Decimal, _ right: Decimal) -> ([UInt8], [UInt8], Int)? {
        let scale = max(left.scale, right.scale)
        let zeros = (scale - left.scale, scale - right.scale)
        guard max(left.digits.count + zeros.0, right.digits.count + zeros.1) <= TemplateLimits.digits else {
            return nil
        }
        return (
            left.digits + [UInt8](repeating: 0, count: zeros.0), right.digits + [UInt8](repeating: 0, count: zeros.1),
            scale
        )
    }

    private static func isLess(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        let left = left.drop { $0 == 0 }
        let right = right.drop { $0 == 0 }
        return left.count == right.count ? left.lexicographicallyPrecedes(right) : left.count < right.count
    }

    private static func sum(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        var carry: UInt8 = 0
        for place in 0..<max(left.count, right.count) {
            let sum =
                (place < left.count ? left[left.count - 1 - place] : 0)
                + (place < right.count ? right[right.count - 1 - place] : 0) + carry
            output.append(sum % 10)
            carry = sum / 10
        }
        output.append(carry)
        return output.reversed()
    }

    /// `left - right`, which is not negative.
    private static func difference(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        var borrow: UInt8 = 0
        for place in 0..<left.count {
            let top = left[left.count - 1 - place]
            let bottom = (place < right.count ? right[right.count - 1 - place] : 0) + borrow
            borrow = top < bottom ? 1 : 0
            output.append(top + 10 * borrow - bottom)
        }
        return output.reversed()
    }

    private static func quotient(_ dividend: [UInt8], _ divisor: [UInt8]) -> (quotient: [UInt8], rest: [UInt8]) {
        var quotient: [UInt8] = []
        var rest: [UInt8] = []
        for digit in dividend {
            rest.append(digit)
            var count: UInt8 = 0
            while !isLess(rest, divisor) {
                rest = difference(rest, divisor)
                count += 1
            }
            rest = Array(rest.drop { $0 == 0 })
            quotient.append(count)
        }
        return (quotient, rest)
    }
}
