/// Numbers as they stand on the wire.
extension TableNumber {
    package init(_ text: String) throws(Fault) { try self.init(text, layer: .current) }

    /// Reads digits with an optional sign, point and exponent. Blanks, hexadecimal, NaN and Infinity are not numbers.
    init(_ text: String, layer: WireLayer) throws(Fault) {
        var reader = NumberReader(layer: layer)
        for byte in text.utf8 { try reader.take(byte) }
        self = try reader.number()
    }

    /// Without exponent, leading or trailing zeros: `150`, `42.12`, `0.001`, `-7`, `0`.
    package var text: String {
        var output: [UInt8] = []
        write(to: &output)
        return String(decoding: output, as: UTF8.self)
    }

    func write(to output: inout [UInt8]) {
        if isNegative { output.append(UInt8(ascii: "-")) }
        let zero = UInt8(ascii: "0")
        let whole = exponent + 1
        guard !isZero, whole > 0 else {
            output.append(zero)
            guard !isZero else { return }
            output.append(UInt8(ascii: "."))
            output.append(contentsOf: repeatElement(zero, count: -whole))
            return appendDigits(to: &output)
        }
        let start = output.count
        appendDigits(to: &output)
        if scale >= 0 {
            output.append(contentsOf: repeatElement(zero, count: Int(scale)))
        } else {
            output.insert(UInt8(ascii: "."), at: start + whole)
        }
    }

    private func appendDigits(to output: inout [UInt8]) {
        let start = output.count
        output.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: Int(digitCount)))
        var position = output.count
        // Nineteen digits at a time, which the processor divides fast.
        var rest = coefficient
        while rest > 0 {
            let (quotient, remainder) = rest.quotientAndRemainder(dividingBy: 10_000_000_000_000_000_000)
            var group = UInt64(remainder)
            let end = max(start, position - 19)
            while position > end {
                position -= 1
                output[position] += UInt8(group % 10)
                group /= 10
            }
            rest = quotient
        }
    }
}

/// Reads a number byte by byte.
private struct NumberReader {
    private enum Place { case start, whole, fraction, exponentStart, exponent }

    private let layer: WireLayer
    private var place = Place.start
    private var isNegative = false
    private var hasDigits = false
    /// The digits from the first one that is not zero to the last one, and the zeros behind it, not yet in it.
    private var coefficient: UInt128 = 0
    private var digitCount = 0
    private var zeros = 0
    private var fractionDigits = 0
    private var exponent = 0
    private var isExponentNegative = false
    private var hasExponentDigits = false

    init(layer: WireLayer) { self.layer = layer }

    mutating func take(_ byte: UInt8) throws(TableNumber.Fault) {
        switch (byte, place) {
        case (UInt8(ascii: "+"), .start), (UInt8(ascii: "-"), .start):
            isNegative = byte == UInt8(ascii: "-")
            place = .whole
        case (UInt8(ascii: "+"), .exponentStart), (UInt8(ascii: "-"), .exponentStart):
            isExponentNegative = byte == UInt8(ascii: "-")
            place = .exponent
        case (UInt8(ascii: "."), .start), (UInt8(ascii: "."), .whole): place = .fraction
        case (UInt8(ascii: "e"), .whole), (UInt8(ascii: "E"), .whole), (UInt8(ascii: "e"), .fraction),
            (UInt8(ascii: "E"), .fraction):
            guard hasDigits else { throw .notNumeric }
            place = .exponentStart
        case (UInt8(ascii: "0")...UInt8(ascii: "9"), .start), (UInt8(ascii: "0")...UInt8(ascii: "9"), .whole):
            place = .whole
            take(digit: byte - UInt8(ascii: "0"))
        case (UInt8(ascii: "0")...UInt8(ascii: "9"), .fraction):
            fractionDigits += 1
            take(digit: byte - UInt8(ascii: "0"))
        case (UInt8(ascii: "0")...UInt8(ascii: "9"), .exponentStart),
            (UInt8(ascii: "0")...UInt8(ascii: "9"), .exponent):
            place = .exponent
            hasExponentDigits = true
            try take(exponentDigit: Int(byte - UInt8(ascii: "0")))
        default: throw .notNumeric
        }
    }

    private mutating func take(digit: UInt8) {
        hasDigits = true
        guard digit != 0 else {
            if digitCount > 0 { zeros += 1 }
            return
        }
        digitCount += zeros + 1
        // Beyond that the number is refused, whatever its digits are.
        if digitCount <= TableNumber.significantDigits {
            coefficient = coefficient * TableNumber.powerOfTen(zeros + 1) + UInt128(digit)
        }
        zeros = 0
    }

    /// An exponent that is no 64-bit integer is no number.
    private mutating func take(exponentDigit digit: Int) throws(TableNumber.Fault) {
        let (tens, isTooLarge) = exponent.multipliedReportingOverflow(by: 10)
        let (sum, isStillTooLarge) = tens.addingReportingOverflow(digit)
        guard !isTooLarge, !isStillTooLarge else { throw .notNumeric }
        exponent = sum
    }

    func number() throws(TableNumber.Fault) -> TableNumber {
        guard hasDigits, hasExponentDigits || (place != .exponentStart && place != .exponent) else {
            throw .notNumeric
        }
        let power = try power()
        // A zero has the magnitude that it is written with.
        let magnitude = try magnitude(power)
        guard magnitude <= TableNumber.exponents.upperBound else { throw .overflow }
        guard magnitude >= TableNumber.exponents.lowerBound else { throw .underflow }
        guard digitCount <= TableNumber.significantDigits else { throw .tooManyDigits }
        guard digitCount > 0 else { return .zero }
        return TableNumber(
            canonical: coefficient, scale: power - fractionDigits + zeros, digitCount: digitCount,
            isNegative: isNegative)
    }

    /// Far outside all bounds it does not matter how far.
    private func power() throws(TableNumber.Fault) -> Int {
        let bound = Int.max / 4
        return isExponentNegative ? -min(exponent, bound) : min(exponent, bound)
    }

    private func magnitude(_ power: Int) throws(TableNumber.Fault) -> Int {
        let digits = max(1, digitCount + zeros)
        guard layer == .older else { return power - fractionDigits + digits - 1 }
        // The older layer computes in 32 bits: what does not fit is no number, and what comes out too large wraps.
        guard let exponent = Int32(exactly: power), let scale = Int32(exactly: fractionDigits - Int(exponent)),
            let digits = Int32(exactly: digits)
        else { throw .notNumeric }
        return Int(digits &- scale) - 1
    }
}
