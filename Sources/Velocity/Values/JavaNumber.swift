/// How Java reads and writes numbers.
enum JavaNumber {
    /// The double of a text that is a number in Java: `1.`, `.5` and `1e400` too.
    static func double(_ text: String) -> Double {
        if let number = Double(text) { return number }
        var padded = ""
        var previous: Character = " "
        for character in text {
            if character == ".", !previous.isNumber { padded.append("0") }
            if previous == ".", !character.isNumber { padded.append("0") }
            padded.append(character)
            previous = character
        }
        if previous == "." { padded.append("0") }
        return Double(padded) ?? .nan
    }

    /// Appends what `Double.toString` gives: always with a fraction, with an exponent below 0.001 and from 10,000,000 on.
    static func append(_ number: Double, to output: inout [UInt8]) {
        guard number.isFinite else {
            output.append(contentsOf: (number.isNaN ? "NaN" : number < 0 ? "-Infinity" : "Infinity").utf8)
            return
        }
        if number.sign == .minus { output.append(UInt8(ascii: "-")) }
        guard number != 0 else {
            output.append(contentsOf: "0.0".utf8)
            return
        }
        let (digits, exponent) = shortest(number.magnitude)
        if exponent >= -3 && exponent < 7 {
            if exponent < 0 {
                output.append(contentsOf: "0.".utf8)
                for _ in 1..<(-exponent) { output.append(UInt8(ascii: "0")) }
                output.append(contentsOf: digits)
                return
            }
            for position in 0...exponent {
                output.append(position < digits.count ? digits[position] : UInt8(ascii: "0"))
            }
            output.append(UInt8(ascii: "."))
            let fraction = digits.dropFirst(exponent + 1)
            if fraction.isEmpty { output.append(UInt8(ascii: "0")) } else { output.append(contentsOf: fraction) }
            return
        }
        output.append(digits[0])
        output.append(UInt8(ascii: "."))
        if digits.count == 1 { output.append(UInt8(ascii: "0")) } else { output.append(contentsOf: digits.dropFirst()) }
        output.append(UInt8(ascii: "E"))
        output.append(contentsOf: String(exponent).utf8)
    }

    /// The fewest digits that stand for `number`, and the power of ten of the first one.
    private static func shortest(_ number: Double) -> (digits: [UInt8], exponent: Int) {
        var digits: [UInt8] = []
        var exponent = 0
        var isFraction = false
        var written = 0
        var isNegative = false
        var inExponent = false
        var point = 0
        for byte in number.description.utf8 {
            switch byte {
            case UInt8(ascii: "."): isFraction = true
            case UInt8(ascii: "e"): inExponent = true
            case UInt8(ascii: "-"): isNegative = true
            case UInt8(ascii: "+"): break
            default:
                if inExponent {
                    written = written * 10 + Int(byte - UInt8(ascii: "0"))
                } else {
                    digits.append(byte)
                    if !isFraction { point += 1 }
                }
            }
        }
        exponent = point - 1 + (isNegative ? -written : written)
        let zeros = digits.prefix { $0 == UInt8(ascii: "0") }.count
        digits.removeFirst(zeros)
        exponent -= zeros
        while digits.count > 1, digits.last == UInt8(ascii: "0") { digits.removeLast() }
        return (digits, exponent)
    }

    static func int32(_ number: Double) -> Int32 {
        if number.isNaN { return 0 }
        return number >= Double(Int32.max) ? .max : number <= Double(Int32.min) ? .min : Int32(number)
    }

    static func int64(_ number: Double) -> Int64 {
        if number.isNaN { return 0 }
        return number >= Double(Int64.max) ? .max : number <= Double(Int64.min) ? .min : Int64(number)
    }
}
