/// A decimal number of up to 38 significant digits, exact, with one form for each value.
/// Source: "Supported data types and naming rules in Amazon DynamoDB", Number.
package struct TableNumber: Sendable, Hashable {
    package static let significantDigits = 38
    /// Magnitudes go from 1E-130 to 9.99…E+125.
    static let exponents = -130...125

    package enum Fault: Error { case notNumeric, tooManyDigits, overflow, underflow }

    /// The value is ±coefficient × 10^scale; the coefficient's last digit is not zero. It is kept in two halves because
    /// a 128-bit integer would widen every attribute value to its alignment.
    private let high: UInt64
    private let low: UInt64
    let scale: Int16
    /// Of the coefficient; none for zero.
    let digitCount: UInt8
    let isNegative: Bool

    static let zero = TableNumber(canonical: 0, scale: 0, digitCount: 0, isNegative: false)

    var coefficient: UInt128 { UInt128(high) << 64 | UInt128(low) }

    var isZero: Bool { digitCount == 0 }

    /// Where the first digit stands: 0 for 1 to 9, 2 for hundreds, -1 for tenths.
    var exponent: Int { Int(scale) + Int(digitCount) - 1 }

    /// Brings any coefficient into the one form of its value.
    init(_ coefficient: UInt128, scale: Int, isNegative: Bool) throws(Fault) {
        guard coefficient != 0 else {
            self = .zero
            return
        }
        var coefficient = coefficient
        var scale = scale
        while true {
            let (quotient, digit) = coefficient.quotientAndRemainder(dividingBy: 10)
            guard digit == 0 else { break }
            coefficient = quotient
            scale += 1
        }
        let digitCount = Self.digitCount(of: coefficient)
        let exponent = scale + digitCount - 1
        guard exponent <= Self.exponents.upperBound else { throw .overflow }
        guard exponent >= Self.exponents.lowerBound else { throw .underflow }
        guard digitCount <= Self.significantDigits else { throw .tooManyDigits }
        self.init(canonical: coefficient, scale: scale, digitCount: digitCount, isNegative: isNegative)
    }

    package init(_ value: Int) {
        guard let number = try? TableNumber(UInt128(value.magnitude), scale: 0, isNegative: value < 0) else {
            preconditionFailure("The 19 digits of an integer are within every bound.")
        }
        self = number
    }

    /// - Parameter coefficient: without zeros at its end.
    init(canonical coefficient: UInt128, scale: Int, digitCount: Int, isNegative: Bool) {
        high = UInt64(truncatingIfNeeded: coefficient >> 64)
        low = UInt64(truncatingIfNeeded: coefficient)
        self.scale = Int16(scale)
        self.digitCount = UInt8(digitCount)
        self.isNegative = isNegative
    }

    /// The integer without the fraction; nil when it does not fit.
    package var wholePart: Int? {
        guard exponent >= 0 else { return 0 }
        // No 64-bit integer has more digits.
        guard exponent < 20 else { return nil }
        let whole =
            scale < 0 ? coefficient / Self.powerOfTen(-Int(scale)) : coefficient * Self.powerOfTen(Int(scale))
        guard let magnitude = Int(exactly: whole) else { return nil }
        return isNegative ? -magnitude : magnitude
    }

    /// Bytes: one, one for each two digits on either side of the point, and one for a minus sign. Zeros before the
    /// first and behind the last digit cost nothing. AWS's guide has a shorter rule, which measuring refutes.
    package var size: Int {
        let whole = max(0, min(Int(digitCount), exponent + 1))
        let fraction = Int(digitCount) - whole
        return 1 + (whole + 1) / 2 + (fraction + 1) / 2 + (isNegative ? 1 : 0)
    }

    static func powerOfTen(_ exponent: Int) -> UInt128 { powersOfTen[exponent] }

    private static let powersOfTen: [UInt128] = (0..<significantDigits).reduce(into: [1]) { powers, _ in
        powers.append((powers.last ?? 1) * 10)
    }

    private static func digitCount(of coefficient: UInt128) -> Int {
        powersOfTen.firstIndex { coefficient < $0 } ?? significantDigits + 1
    }
}

extension TableNumber: Comparable {
    package static func < (left: TableNumber, right: TableNumber) -> Bool {
        guard left.sign == right.sign else { return left.sign < right.sign }
        return left.isNegative
            ? right.hasSmallerMagnitude(than: left) : left.hasSmallerMagnitude(than: right)
    }

    private var sign: Int { isZero ? 0 : isNegative ? -1 : 1 }

    private func hasSmallerMagnitude(than other: TableNumber) -> Bool {
        guard !isZero, !other.isZero else { return isZero && !other.isZero }
        guard exponent == other.exponent else { return exponent < other.exponent }
        let count = max(digitCount, other.digitCount)
        return digits(count) < other.digits(count)
    }

    /// The coefficient with zeros at its end, up to `count` digits.
    private func digits(_ count: UInt8) -> UInt128 { coefficient * Self.powerOfTen(Int(count - digitCount)) }
}
