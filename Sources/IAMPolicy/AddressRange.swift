#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// An address, or all addresses that begin as it does: `203.0.113.0/24`, `2001:db8::/32`.
///
/// An address of version 4 that is written as one of version 6 (`::ffff:203.0.113.7`) is the same address.
struct AddressRange: Sendable {
    private let isVersion4: Bool
    /// Its bits, the first one highest. Of version 4 the first 32 of them count.
    private let high: UInt64
    private let low: UInt64
    private let prefix: Int

    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let (high, low, isVersion4) = Self.bits(String(parts[0])) else { return nil }
        let size = isVersion4 ? 32 : 128
        var prefix = size
        if parts.count == 2 {
            guard parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let length = Int(parts[1]), length <= size
            else { return nil }
            prefix = length
        }
        let isMapped = !isVersion4 && high == 0 && low >> 32 == 0xFFFF && prefix >= 96
        self.isVersion4 = isVersion4 || isMapped
        self.high = isMapped ? low << 32 : high
        self.low = isMapped ? 0 : low
        self.prefix = isMapped ? prefix - 96 : prefix
    }

    private static func bits(_ text: String) -> (high: UInt64, low: UInt64, isVersion4: Bool)? {
        var v4 = in_addr()
        if inet_pton(AF_INET, text, &v4) == 1 {
            return (UInt64(UInt32(bigEndian: v4.s_addr)) << 32, 0, true)
        }
        var v6 = in6_addr()
        guard inet_pton(AF_INET6, text, &v6) == 1 else { return nil }
        return withUnsafeBytes(of: &v6) { bytes in
            (
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)), false
            )
        }
    }

    /// Whether every address of `other` is one of these.
    func contains(_ other: AddressRange) -> Bool {
        guard isVersion4 == other.isVersion4, other.prefix >= prefix else { return false }
        // A shift by all bits, or more, leaves none.
        return (high ^ other.high) & ~(UInt64.max >> UInt64(min(prefix, 64))) == 0
            && (low ^ other.low) & ~(UInt64.max >> UInt64(max(prefix - 64, 0))) == 0
    }
}
