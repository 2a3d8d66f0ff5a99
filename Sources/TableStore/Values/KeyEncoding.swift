/// Key values as bytes whose order is the order of the values: strings and binaries are their own bytes, numbers are
/// encoded. The encoding is part of the file's format.
enum KeyEncoding {
    /// The key, or the first part of it, of `count` attributes.
    static func bytes(_ values: [AttributeValue], of count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for value in values {
            if count == 1 { append(value, to: &bytes) } else { appendPart(value, to: &bytes) }
        }
        return bytes
    }

    static func append(_ value: AttributeValue, to output: inout [UInt8]) {
        switch value {
        case .string(let text): output.append(contentsOf: text.utf8)
        case .binary(let bytes): output.append(contentsOf: bytes)
        case .number(let number): number.appendSortKey(to: &output)
        default: preconditionFailure("Keys are strings, numbers or binaries; everything else is refused before.")
        }
    }

    /// One part of a key of several attributes: no part can run into the next, and the order is kept.
    static func appendPart(_ value: AttributeValue, to output: inout [UInt8]) {
        appendBeginning(of: value, to: &output)
        // Smaller than what any longer part goes on with.
        output.append(0)
        output.append(0)
    }

    /// A part without its end: all parts of values that begin with this one begin with it.
    static func appendBeginning(of value: AttributeValue, to output: inout [UInt8]) {
        for byte in bytes([value], of: 1) {
            output.append(byte)
            if byte == 0 { output.append(0xFF) }
        }
    }
}

extension TableNumber {
    /// A byte for the sign, one for the exponent, then two digits a byte; the bytes of negative numbers are turned
    /// around, and an end is put behind them, so that -12 comes after -123.
    func appendSortKey(to output: inout [UInt8]) {
        guard !isZero else { return output.append(0x80) }
        let flip: UInt8 = isNegative ? 0xFF : 0
        output.append(isNegative ? 0x7F : 0x81)
        // 256 exponents are one byte.
        output.append(UInt8(exponent - Self.exponents.lowerBound) ^ flip)
        let start = output.count
        let pairs = (Int(digitCount) + 1) / 2
        output.append(contentsOf: repeatElement(0, count: pairs))
        var rest = digitCount % 2 == 0 ? coefficient : coefficient * 10
        for position in (start..<start + pairs).reversed() {
            let (quotient, pair) = rest.quotientAndRemainder(dividingBy: 100)
            // From 1, so that no byte is that of the end.
            output[position] = (UInt8(pair) + 1) ^ flip
            rest = quotient
        }
        if isNegative { output.append(0xFF) }
    }
}
