internal import GatewayModel

/// What is signed of a request. Source: IAM User Guide, reference_sigv-create-signed-request.
struct CanonicalRequest {
    private(set) var bytes: [UInt8] = []

    /// - Parameters:
    ///   - names: the signed fields, in the order in which they were signed.
    ///   - plus: what a plus sign in the query stands for.
    ///   - payload: the body's digest, or what stands for it.
    ///   - isPresigned: the signature stands in the query.
    ///   - isPlainPath: S3: the path is signed as it is, escaped once.
    init(
        _ request: SignableRequest, signed names: [ArraySlice<UInt8>], _ plus: CanonicalQuery.Plus,
        payload: ArraySlice<UInt8>, isPresigned: Bool, isPlainPath: Bool
    ) {
        bytes.reserveCapacity(request.bytes.count + 256)
        bytes += request.bytes[request.method]
        bytes.append(newline)
        if isPlainPath {
            CanonicalPath.append(plain: request.bytes[request.path], to: &bytes)
        } else {
            CanonicalPath.append(request.bytes[request.path], to: &bytes)
        }
        bytes.append(newline)
        bytes += CanonicalQuery.encode(request, plus, isPresigned: isPresigned)
        bytes.append(newline)
        for name in names {
            bytes += name
            bytes.append(UInt8(ascii: ":"))
            var isFirst = true
            for field in request.fields where request.bytes[field.name] == name {
                if !isFirst { bytes.append(UInt8(ascii: ",")) }
                isFirst = false
                Self.append(trimmed: request.bytes[field.value], to: &bytes)
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
    static func append(trimmed value: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
        let start = bytes.count
        var isGap = false
        for byte in value {
            if byte == 0x20 || byte == 0x09 {
                isGap = true
                continue
            }
            if isGap, bytes.count > start { bytes.append(0x20) }
            isGap = false
            bytes.append(byte)
        }
    }
}

private let newline = UInt8(ascii: "\n")

enum CanonicalQuery {
    /// Signers differ in what they make of a plus sign.
    enum Plus: CaseIterable { case itself, escaped, space }

    /// Decoded and encoded again, in the order of the encoded names and values.
    ///
    /// - Parameter isPresigned: the signature itself is among them, and left out.
    static func encode(_ request: SignableRequest, _ plus: Plus, isPresigned: Bool) -> [UInt8] {
        guard !request.query.isEmpty else { return [] }
        var pairs: [(name: [UInt8], value: [UInt8])] = []
        for (name, value) in request.parameters where !isPresigned || name != "X-Amz-Signature" {
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

    fileprivate static func encode(_ text: ArraySlice<UInt8>, _ plus: Plus) -> [UInt8] {
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
    static func append(_ path: ArraySlice<UInt8>, to encoded: inout [UInt8]) {
        let start = encoded.count
        for segment in path.split(separator: slash) {
            if segment == "." { continue }
            if segment == ".." {
                while encoded.count > start, encoded.removeLast() != slash {}
                continue
            }
            encoded.append(slash)
            for byte in segment { append(byte, to: &encoded) }
        }
        if encoded.count == start || path.last == slash { encoded.append(slash) }
    }

    /// S3's: every segment as it is, whatever it says.
    static func append(plain path: ArraySlice<UInt8>, to encoded: inout [UInt8]) {
        for (number, segment) in path.split(separator: slash, omittingEmptySubsequences: false).enumerated() {
            if number > 0 { encoded.append(slash) }
            encoded += CanonicalQuery.encode(segment, .escaped)
        }
    }

    private static let slash = UInt8(ascii: "/")
    private static let digits: StaticString = "0123456789ABCDEF"

    static func append(_ byte: UInt8, to encoded: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            encoded.append(byte)
        default:
            encoded.append(UInt8(ascii: "%"))
            encoded.append(digits.utf8Start[Int(byte >> 4)])
            encoded.append(digits.utf8Start[Int(byte & 15)])
        }
    }
}
