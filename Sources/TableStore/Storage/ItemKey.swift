/// Where an item lies in its table: the hash of its partition, then the key as bytes in order.
struct ItemKey: Sendable, Hashable {
    let hash: Int64
    let partition: [UInt8]
    let sort: [UInt8]

    init(partition: [UInt8], sort: [UInt8]) {
        hash = Self.hash(of: partition)
        self.partition = partition
        self.sort = sort
    }

    /// Hashes lie below this; a parallel scan cuts the range into segments.
    static let hashes: Int64 = 1 << 32

    /// Spreads partitions over the range. It is part of the file's format: FNV-1a, and a last mixing for its upper bits.
    static func hash(of partition: [UInt8]) -> Int64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in partition { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash ^= hash >> 32
        hash = hash &* 0xD6E8_FEB8_6659_FD93
        return Int64(hash >> 32)
    }
}
