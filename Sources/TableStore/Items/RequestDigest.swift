import JSON

/// Tells requests with one ClientRequestToken apart. A client is compared with itself only, so the hash need not
/// withstand an enemy: FNV-1a twice, from two beginnings, and the length.
enum RequestDigest {
    /// Of what the value says: clients that send a request again may write its members in another order.
    static func of(_ value: JSONValue) -> [UInt8] { of(value.withSortedMembers.bytes) }

    private static func of(_ bytes: [UInt8]) -> [UInt8] {
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

extension JSONValue {
    /// The recursion is as deep as the parser allows.
    fileprivate var withSortedMembers: JSONValue {
        switch self {
        case .object(let object):
            let sorted = object.members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            return .object(JSONObject(sorted.map { ($0.key, $0.value.withSortedMembers) }))
        case .array(let elements): return .array(elements.map(\.withSortedMembers))
        default: return self
        }
    }
}
