/// A cyclic redundancy check whose bits are reflected, eight bytes at a time (slicing by 8), of long input in lanes beside
/// each other: each look-up waits for the one before it in its lane only.
///
/// zlib has the one of 32 bits that everybody uses; these two it has not.
struct CyclicCode: Sendable {
    let width: Int
    /// The polynomial, its bits reversed.
    let polynomial: UInt64
    private let tables: [UInt64]
    /// What a check becomes when as many zeros as a lane has bytes come behind it: by each byte of the check.
    private let shifts: [UInt64]

    /// Bytes of a lane; four of them are read together.
    private static let laneBytes = 4_096

    static let crc32C = CyclicCode(width: 32, polynomial: 0x82F6_3B78)
    /// Source: NVM Express, NVM Command Set, 64b CRC.
    static let crc64NVME = CyclicCode(width: 64, polynomial: 0x9A6C_9329_AC4B_C9B5)
    /// For putting checks of zlib's together.
    static let crc32 = CyclicCode(width: 32, polynomial: 0xEDB8_8320)

    private init(width: Int, polynomial: UInt64) {
        self.width = width
        self.polynomial = polynomial
        var tables = [UInt64](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var value = UInt64(byte)
            for _ in 0..<8 { value = value & 1 == 1 ? value >> 1 ^ polynomial : value >> 1 }
            tables[byte] = value
        }
        for table in 1..<8 {
            for byte in 0..<256 {
                let last = tables[(table - 1) * 256 + byte]
                tables[table * 256 + byte] = last >> 8 ^ tables[Int(last & 0xFF)]
            }
        }
        self.tables = tables
        let bits = (0..<width).map { UInt64(1) << UInt64($0) }
        let zeros = Self.withZeros(Self.laneBytes, behind: bits, polynomial, width)
        shifts = (0..<(width / 8)).flatMap { byte in
            (0..<256).map { Self.times(zeros, UInt64($0) << UInt64(byte * 8)) }
        }
    }

    private var mask: UInt64 { width == 64 ? .max : 1 << UInt64(width) - 1 }

    /// The check of all that came so far and these bytes; 0 is that of nothing.
    func update(_ check: UInt64, _ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var value = check ^ mask
        tables.withUnsafeBufferPointer { tables in
            var position = 0
            while bytes.count - position >= 4 * Self.laneBytes {
                value = lanes(value, UnsafeRawBufferPointer(rebasing: bytes[position...]), tables)
                position += 4 * Self.laneBytes
            }
            while position + 8 <= bytes.count {
                value = Self.word(value, bytes, position, tables)
                position += 8
            }
            while position < bytes.count {
                value = value >> 8 ^ tables[Int((value ^ UInt64(bytes[position])) & 0xFF)]
                position += 1
            }
        }
        return value ^ mask
    }

    private func lanes(
        _ value: UInt64, _ bytes: UnsafeRawBufferPointer, _ tables: UnsafeBufferPointer<UInt64>
    ) -> UInt64 {
        var (first, second, third, fourth) = (value, UInt64(0), UInt64(0), UInt64(0))
        let length = Self.laneBytes
        for position in stride(from: 0, to: length, by: 8) {
            first = Self.word(first, bytes, position, tables)
            second = Self.word(second, bytes, position + length, tables)
            third = Self.word(third, bytes, position + 2 * length, tables)
            fourth = Self.word(fourth, bytes, position + 3 * length, tables)
        }
        return shifted(shifted(shifted(first) ^ second) ^ third) ^ fourth
    }

    private func shifted(_ check: UInt64) -> UInt64 {
        (0..<(width / 8)).reduce(0) { $0 ^ shifts[$1 << 8 | Int(check >> UInt64($1 * 8) & 0xFF)] }
    }

    @inline(__always)
    private static func word(
        _ value: UInt64, _ bytes: UnsafeRawBufferPointer, _ position: Int, _ tables: UnsafeBufferPointer<UInt64>
    ) -> UInt64 {
        let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)) ^ value
        return tables[0x700 | Int(word & 0xFF)] ^ tables[0x600 | Int(word >> 8 & 0xFF)]
            ^ tables[0x500 | Int(word >> 16 & 0xFF)] ^ tables[0x400 | Int(word >> 24 & 0xFF)]
            ^ tables[0x300 | Int(word >> 32 & 0xFF)] ^ tables[0x200 | Int(word >> 40 & 0xFF)]
            ^ tables[0x100 | Int(word >> 48 & 0xFF)] ^ tables[Int(word >> 56)]
    }

    /// The check of one text behind another, from the checks of both and the length of the second in bytes.
    func combine(_ first: UInt64, _ second: UInt64, length: Int) -> UInt64 {
        Self.withZeros(length, behind: [first], polynomial, width)[0] ^ second
    }

    /// What checks become when zeros come behind their texts.
    ///
    /// A zero bit is a linear map of the check's bits; its squares are two, four, eight zero bits, as in zlib.
    private static func withZeros(
        _ count: Int, behind checks: [UInt64], _ polynomial: UInt64, _ width: Int
    ) -> [UInt64] {
        var checks = checks
        var rest = UInt64(count) * 8
        var power = [polynomial] + (0..<(width - 1)).map { 1 << UInt64($0) }
        while rest > 0 {
            if rest & 1 == 1 { checks = checks.map { times(power, $0) } }
            power = power.map { times(power, $0) }
            rest >>= 1
        }
        return checks
    }

    private static func times(_ matrix: [UInt64], _ vector: UInt64) -> UInt64 {
        var sum: UInt64 = 0
        for (bit, row) in matrix.enumerated() where vector >> UInt64(bit) & 1 == 1 { sum ^= row }
        return sum
    }
}
