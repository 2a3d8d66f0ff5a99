/// A block of IPv4 addresses in CIDR notation (RFC 4632), for Fn::Cidr.
struct IPv4Block: Equatable {
    let address: UInt32
    /// The bits of an address within the block.
    let hostBits: Int

    init(address: UInt32, hostBits: Int) {
        self.address = address
        self.hostBits = hostBits
    }

    /// Nil when the text is none, or has bits set beyond its prefix.
    init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let numbers = parts[0].split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        guard parts.count == 2, let prefix = Int(parts[1]), (0...32).contains(prefix), numbers.count == 4,
            !numbers.contains(nil)
        else { return nil }
        address = numbers.reduce(0) { $0 << 8 | UInt32($1 ?? 0) }
        hostBits = 32 - prefix
        guard UInt64(address) & (1 << UInt64(hostBits) - 1) == 0 else { return nil }
    }

    var text: String {
        let numbers = [24, 16, 8, 0].map { "\(address >> UInt32($0) & 0xFF)" }
        return "\(numbers.joined(separator: "."))/\(32 - hostBits)"
    }

    /// The first `count` blocks of `hostBits` within this one; nil when they do not fit.
    func subdivided(into count: Int, hostBits: Int) -> [IPv4Block]? {
        guard (0...self.hostBits).contains(hostBits), UInt64(count) <= 1 << UInt64(self.hostBits - hostBits) else {
            return nil
        }
        return (0..<count).map {
            IPv4Block(
                address: UInt32(truncatingIfNeeded: UInt64(address) + UInt64($0) << UInt64(hostBits)),
                hostBits: hostBits)
        }
    }
}
