package import NIOCore

/// Numbers as text, without a String in between.
extension ByteBuffer {
    package mutating func writeDecimal(_ value: Int) {
        if value >= 0, value < 10 {
            writeInteger(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value))
            return
        }
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { digits in
            var rest = value.magnitude
            var position = 20
            repeat {
                position -= 1
                digits[position] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
                rest /= 10
            } while rest > 0
            if value < 0 { writeInteger(UInt8(ascii: "-")) }
            write(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(digits)[position...]))
        }
    }

    package mutating func writeHexadecimal(_ value: Int) {
        var shift = max(0, (value.bitWidth - value.leadingZeroBitCount + 3) / 4 - 1) * 4
        while shift >= 0 {
            writeHexDigit(UInt8(truncatingIfNeeded: value >> shift & 15))
            shift -= 4
        }
    }

    /// The low `digits` hexadecimal digits of a value, with leading zeros.
    package mutating func writeHexadecimal(_ value: UInt64, digits: Int) {
        writeWithUnsafeMutableBytes(minimumWritableBytes: digits) { bytes in
            let alphabet: StaticString = "0123456789abcdef"
            var rest = value
            var position = digits
            while position > 0 {
                position -= 1
                bytes[position] = alphabet.utf8Start[Int(rest & 15)]
                rest >>= 4
            }
            return digits
        }
    }

    /// One lower-case hexadecimal digit of a value below 16.
    package mutating func writeHexDigit(_ nibble: UInt8) {
        writeInteger(nibble < 10 ? UInt8(ascii: "0") &+ nibble : UInt8(ascii: "a") &- 10 &+ nibble)
    }
}
