package import GatewayModel

/// As much of DER (X.690) as a certificate needs.
package enum DER {
    package static func tagged(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        var length: [UInt8] = []
        if content.count < 0x80 {
            length = [UInt8(content.count)]
        } else {
            var rest = content.count
            while rest > 0 {
                length.insert(UInt8(rest & 0xFF), at: 0)
                rest >>= 8
            }
            length.insert(0x80 | UInt8(length.count), at: 0)
        }
        return [tag] + length + content
    }

    static func sequence(_ parts: [[UInt8]]) -> [UInt8] { tagged(0x30, parts.flatMap { $0 }) }

    /// Of big-endian bytes; positive, in the shortest form.
    package static func integer(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = Array(bytes.drop { $0 == 0 })
        if bytes.isEmpty || bytes[0] & 0x80 != 0 { bytes.insert(0, at: 0) }
        return tagged(0x02, bytes)
    }

    static let yes: [UInt8] = [0x01, 0x01, 0xFF]

    static func identifier(_ content: [UInt8]) -> [UInt8] { tagged(0x06, content) }

    static func octets(_ content: [UInt8]) -> [UInt8] { tagged(0x04, content) }

    /// A string of bits, of whose last byte so many do not count.
    static func bits(_ bytes: [UInt8], unused: UInt8 = 0) -> [UInt8] { tagged(0x03, [unused] + bytes) }

    /// UTCTime, `YYMMDDHHMMSSZ`; from 2050 on GeneralizedTime, whose year has four digits (RFC 5280 section 4.1.2.5).
    package static func time(_ moment: Timestamp) -> [UInt8] {
        let digits = Array(moment.iso8601.filter { $0.isNumber || $0 == "Z" }.utf8)
        return Calendar(moment.seconds).year >= 2050 ? tagged(0x18, digits) : tagged(0x17, Array(digits.dropFirst(2)))
    }

    static func pem(_ label: String, _ bytes: [UInt8]) -> String {
        let text = Base64.encode(bytes)
        var lines = ["-----BEGIN \(label)-----"]
        var rest = text[...]
        while !rest.isEmpty {
            lines.append(String(rest.prefix(64)))
            rest = rest.dropFirst(64)
        }
        return (lines + ["-----END \(label)-----"]).joined(separator: "\n")
    }
}
