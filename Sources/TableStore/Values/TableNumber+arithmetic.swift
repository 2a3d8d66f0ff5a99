/// Arithmetic of update expressions: exact, or refused.
extension TableNumber {
    package static func + (left: TableNumber, right: TableNumber) throws(Fault) -> TableNumber {
        guard !left.isZero else { return right }
        guard !right.isZero else { return left }
        let (coarse, fine) = left.scale >= right.scale ? (left, right) : (right, left)
        let shift = Int(coarse.scale) - Int(fine.scale)
        if shift == 0 {
            let (coefficient, isNegative) = sum(
                coarse.coefficient, coarse.isNegative, fine.coefficient, fine.isNegative)
            return try TableNumber(coefficient, scale: Int(fine.scale), isNegative: isNegative)
        }
        // The last digit of the finer number is the last one of the sum, which may have 38 of them in all. The sum is
        // made in two steps, since before it is known to be short enough it would not fit into 128 bits.
        guard Int(coarse.digitCount) + shift - 1 <= significantDigits else { throw .tooManyDigits }
        let (tenths, lastDigit) = fine.coefficient.quotientAndRemainder(dividingBy: 10)
        let aligned = coarse.coefficient * powerOfTen(shift - 1)
        let (upper, isUpperNegative) = sum(aligned, coarse.isNegative, tenths, fine.isNegative)
        guard upper <= powerOfTen(significantDigits - 1) else { throw .tooManyDigits }
        let (coefficient, isNegative) = sum(upper * 10, isUpperNegative, lastDigit, fine.isNegative)
        return try TableNumber(coefficient, scale: Int(fine.scale), isNegative: isNegative)
    }

    package static func - (left: TableNumber, right: TableNumber) throws(Fault) -> TableNumber {
        try left + right.negated
    }

    private var negated: TableNumber {
        isZero
            ? self
            : TableNumber(
                canonical: coefficient, scale: Int(scale), digitCount: Int(digitCount), isNegative: !isNegative)
    }

    /// The sum of two numbers with signs. Each is below 10^38, so that the sum fits.
    private static func sum(
        _ left: UInt128, _ isLeftNegative: Bool, _ right: UInt128, _ isRightNegative: Bool
    ) -> (UInt128, isNegative: Bool) {
        if isLeftNegative == isRightNegative { return (left + right, isLeftNegative) }
        return left >= right ? (left - right, isLeftNegative) : (right - left, isRightNegative)
    }
}
