/// Comparisons of bytes as ASCII text.
package enum ASCII {
    @inlinable
    @inline(__always)
    package static func equals(_ bytes: UnsafeRawBufferPointer, _ literal: StaticString) -> Bool {
        guard bytes.count == literal.utf8CodeUnitCount else { return false }
        let literal = literal.utf8Start
        for position in 0..<bytes.count where bytes[position] != literal[position] { return false }
        return true
    }

    /// `literal` is in lower case.
    @inlinable
    @inline(__always)
    package static func equalsIgnoringCase(_ bytes: UnsafeRawBufferPointer, _ literal: StaticString) -> Bool {
        guard bytes.count == literal.utf8CodeUnitCount else { return false }
        let lower = literal.utf8Start
        for position in 0..<bytes.count where lowercased(bytes[position]) != lower[position] { return false }
        return true
    }

    package static func equalsIgnoringCase(_ bytes: UnsafeRawBufferPointer, _ other: [UInt8]) -> Bool {
        other.withUnsafeBytes { equalsIgnoringCase(bytes, $0) }
    }

    /// Eight bytes at a time as long as they differ in no more than case: clients choose names, and a request may have
    /// hundreds of long ones to be told apart.
    package static func equalsIgnoringCase(_ bytes: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count == other.count else { return false }
        var position = 0
        while position + 8 <= bytes.count {
            let left = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            let right = other.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            guard (left ^ right) & ~0x2020_2020_2020_2020 == 0 else { return false }
            position += 8
        }
        for position in 0..<bytes.count where lowercased(bytes[position]) != lowercased(other[position]) {
            return false
        }
        return true
    }

    @inlinable
    @inline(__always)
    package static func lowercased(_ byte: UInt8) -> UInt8 {
        byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
    }

    @inlinable
    @inline(__always)
    package static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    /// `tchar` of RFC 9110 section 5.6.2: letters, digits and ``!#$%&'*+-.^_`|~``.
    @inlinable
    @inline(__always)
    package static func isToken(_ byte: UInt8) -> Bool {
        isAmong(byte, low: 0x03ff_6cfa_0000_0000, high: 0x57ff_ffff_c7ff_fffe)
    }

    /// Bytes of a host name: letters, digits and `-._~`.
    @inlinable
    @inline(__always)
    package static func isNameByte(_ byte: UInt8) -> Bool {
        isAmong(byte, low: 0x03ff_6000_0000_0000, high: 0x47ff_fffe_87ff_fffe)
    }

    /// Bytes of a host name or address with a port: letters, digits and `-._:[]`.
    @inlinable
    @inline(__always)
    package static func isHostByte(_ byte: UInt8) -> Bool {
        isAmong(byte, low: 0x07ff_6000_0000_0000, high: 0x07ff_fffe_afff_fffe)
    }

    /// A set of characters is two words, one bit each.
    @inlinable
    @inline(__always)
    package static func isAmong(_ byte: UInt8, low: UInt64, high: UInt64) -> Bool {
        byte < 128 && (byte < 64 ? low : high) >> UInt64(byte & 63) & 1 == 1
    }
}
