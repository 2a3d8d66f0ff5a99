internal import GatewayModel

/// What is signed of a request. Source: IAM User Guide, reference_sigv-create-signed-request.
struct CanonicalRequest {
    private(set) var bytes: [UInt8]

    /// - Parameters:
    ///   - names: the signed fields, in the order in which they were signed.
    ///   - plus: what a plus sign in the query stands for.
    ///   - payload: the body's digest, or what stands for it.
    init(_ request: SignableRequest, signed names: [[UInt8]], _ plus: CanonicalQuery.Plus, payload: [UInt8]) {
        bytes = request.method
        bytes.reserveCapacity(1024)
        bytes.append(newline)
        bytes += CanonicalPath.encode(request.path)
        bytes.append(newline)
        bytes += CanonicalQuery.encode(request, plus)
        bytes.append(newline)
        for name in names {
            bytes += name
            bytes.append(UInt8(ascii: ":"))
            var isFirst = true
            for field in request.fields where field.name == name {
                if !isFirst { bytes.append(UInt8(ascii: ",")) }
                isFirst = false
                Self.append(trimmed: field.value, to: &bytes)
            }
            bytes.append(newline)
        }
        bytes.append(newline)
        for (number, name) in names.enumerated() {
            if number > 0 { bytes.append(UInt8(ascii: ";")) }
            bytes += name
        }
        bytes.append(newline)
        bytes += payload
    }

    /// Without white space at the ends, and with one space where there were more.
    private static func append(trimmed value: [UInt8], to bytes: inout [UInt8]) {
        var isFirst = true
        for word in value.split(whereSeparator: { $0 == 0x20 || $0 == 0x09 }) {
            if !isFirst { bytes.append(0x20) }
            isFirst = false
            bytes += word
        }
    }
}

private let newline = UInt8(ascii: "\n")

enum CanonicalQuery {
    /// Signers differ in what they make of a plus sign.
    enum Plus: CaseIterable { case itself, escaped, space }

    /// Decoded and encoded again, in the order of the encoded names and values; without the signature itself.
    static func encode(_ request: SignableRequest, _ plus: Plus) -> [UInt8] {
        guard !request.query.isEmpty else { return [] }
        var pairs: [(name: [UInt8], value: [UInt8])] = []
        for (name, value) in request.parameters where !name.elementsEqual("X-Amz-Signature".utf8) {
            pairs.append((encode(name, plus), encode(value, plus)))
        }
        pairs.sort { left, right in
            left.name == right.name
                ? left.value.lexicographicallyPrecedes(right.value)
                : left.name.lexicographicallyPrecedes(right.name)
        }
        var encoded: [UInt8] = []
        encoded.reserveCapacity(request.query.count + 16)
        for (number, pair) in pairs.enumerated() {
            if number > 0 { encoded.append(UInt8(ascii: "&")) }
            encoded += pair.name
            encoded.append(UInt8(ascii: "="))
            encoded += pair.value
        }
        return encoded
    }

    private static func encode(_ text: ArraySlice<UInt8>, _ plus: Plus) -> [UInt8] {
        var encoded: [UInt8] = []
        encoded.reserveCapacity(text.count)
        var position = text.startIndex
        while position < text.endIndex {
            let byte = text[position]
            position += 1
            if byte == UInt8(ascii: "%"), position + 1 < text.endIndex, let high = Hexadecimal.value(text[position]),
                let low = Hexadecimal.value(text[position + 1])
            {
                position += 2
                CanonicalPath.append(high << 4 | low, to: &encoded)
            } else if byte == UInt8(ascii: "+"), plus != .escaped {
                if plus == .itself { encoded.append(byte) } else { CanonicalPath.append(0x20, to: &encoded) }
            } else {
                CanonicalPath.append(byte, to: &encoded)
            }
        }
        return encoded
    }
}

/// The path of every service but S3: without empty and dot segments, and with its escapes escaped once more.
enum CanonicalPath {
    static func encode(_ path: [UInt8]) -> [UInt8] {
        var segments: [ArraySlice<UInt8>] = []
        for segment in path.split(separator: UInt8(ascii: "/")) {
            switch segment {
            case [UInt8(ascii: ".")]: continue
            case [UInt8(ascii: "."), UInt8(ascii: ".")]: _ = segments.popLast()
            default: segments.append(segment)
            }
        }
        var encoded: [UInt8] = []
        encoded.reserveCapacity(path.count + 16)
        for segment in segments {
            encoded.append(UInt8(ascii: "/"))
            for byte in segment { append(byte, to: &encoded) }
        }
        if encoded.isEmpty || path.last == UInt8(ascii: "/") { encoded.append(UInt8(ascii: "/")) }
        return encoded
    }

    private static let digits = Array("0123456789ABCDEF".utf8)

    static func append(_ byte: UInt8, to encoded: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            encoded.append(byte)
        default:
            encoded.append(UInt8(ascii: "%"))
            encoded.append(digits[Int(byte >> 4)])
            encoded.append(digits[Int(byte & 15)])
        }
    }
}
