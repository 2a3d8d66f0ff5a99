/// Base64 (RFC 4648 section 4), as packages travel in JSON.
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    static func encode(_ bytes: [UInt8]) -> String {
        let length = (bytes.count + 2) / 3 * 4
        return String(unsafeUninitializedCapacity: length) { output in
            var position = 0
            for start in stride(from: 0, to: bytes.count, by: 3) {
                let taken = min(3, bytes.count - start)
                var group: UInt32 = 0
                for index in 0..<3 { group = group << 8 | (index < taken ? UInt32(bytes[start + index]) : 0) }
                for index in 0..<4 {
                    let digit = Int(group >> UInt32(18 - 6 * index)) & 63
                    output[position] = index <= taken ? alphabet[digit] : UInt8(ascii: "=")
                    position += 1
                }
            }
            return position
        }
    }
}
