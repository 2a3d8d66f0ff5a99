/// Tells requests with one ClientRequestToken apart. A client is compared with itself only, so the hash need not
/// withstand an enemy: FNV-1a twice, from two beginnings, and the length.
enum RequestDigest {
    static func of(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var first: UInt64 = 0xCBF2_9CE4_8422_2325
        var second: UInt64 = 0x9E37_79B9_7F4A_7C15
        for byte in bytes {
            first = (first ^ UInt64(byte)) &* 0x100_0000_01B3
            second = (second ^ UInt64(byte)) &* 0x100_0000_01B3
            second ^= second >> 29
        }
        return [first, second, UInt64(bytes.count)].flatMap { number in
            (0..<8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
        }
    }
}
