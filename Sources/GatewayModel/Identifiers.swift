/// Makes identifiers in the forms that AWS gives them.
package enum Identifiers {
    private static let lowercase = Array("abcdefghijklmnopqrstuvwxyz0123456789".utf8)
    private static let letters = Array("abcdefghijklmnopqrstuvwxyz".utf8)
    private static let hexDigits = Array("0123456789abcdef".utf8)

    /// Ten lower-case letters and digits, a letter first: an API's id is the first label of a host name.
    package static func api() -> String { random(10) }

    /// Seven lower-case letters and digits: routes, integrations; six: deployments.
    package static func part(_ length: Int = 7) -> String { random(length) }

    /// A version 4 UUID (RFC 9562), lower-case.
    package static func uuid() -> String {
        var bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        var text = ""
        for (position, byte) in bytes.enumerated() {
            if position == 4 || position == 6 || position == 8 || position == 10 { text += "-" }
            text.unicodeScalars.append(Unicode.Scalar(hexDigits[Int(byte >> 4)]))
            text.unicodeScalars.append(Unicode.Scalar(hexDigits[Int(byte & 15)]))
        }
        return text
    }

    /// 52 upper-case letters and digits, as DynamoDB names its requests.
    package static func tableRequest(using random: inout SplitMix64) -> String {
        String(unsafeUninitializedCapacity: 52) { digits in
            var bits: UInt64 = 0
            for position in 0..<52 {
                // Five bits a character.
                if position % 12 == 0 { bits = random.next() }
                digits[position] = base32[Int(bits & 31)]
                bits >>= 5
            }
            return 52
        }
    }

    private static let base32 = Array("ABCDEFGHIJKLMNOPQRSTUV0123456789".utf8)

    /// `count` lower-case hexadecimal digits.
    package static func hex(_ count: Int) -> String {
        String(decoding: (0..<count).map { _ in hexDigits[Int.random(in: 0..<16)] }, as: UTF8.self)
    }

    /// The value of an API key: 40 letters and digits.
    package static func apiKeyValue() -> String {
        alphanumeric(40)
    }

    /// Letters of both cases and digits.
    package static func alphanumeric(_ count: Int) -> String {
        String(decoding: (0..<count).map { _ in digitsAndLetters[Int.random(in: 0..<62)] }, as: UTF8.self)
    }

    private static let digitsAndLetters = lowercase + Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)

    private static func random(_ length: Int) -> String {
        var bytes = [letters[Int.random(in: 0..<letters.count)]]
        for _ in 1..<length { bytes.append(lowercase[Int.random(in: 0..<lowercase.count)]) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
