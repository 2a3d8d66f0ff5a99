import Crypto
package import GatewayModel

/// Signs requests to one service of one region by Signature Version 4.
/// Source: IAM User Guide, reference_sigv-create-signed-request.
package struct RequestSigner: Sendable {
    package let credentials: SigningCredentials
    private let region: String
    private let service: String

    /// - Parameter service: as signatures name it, which is not always its host's name.
    package init(_ credentials: SigningCredentials, region: String, service: String) {
        self.credentials = credentials
        self.region = region
        self.service = service
    }

    /// Whether the body's digest has to be sent beside, and the path is signed as it is.
    package var isS3: Bool { service == Self.s3 }

    package static let s3 = "s3"

    /// The value of `X-Amz-Date`.
    package static func date(_ time: Timestamp) -> String { time.iso8601.filter { $0 != "-" && $0 != ":" } }

    /// Of a body, in hexadecimal digits.
    package static func digest(_ body: UnsafeRawBufferPointer) -> String {
        var hash = SHA256()
        hash.update(bufferPointer: body)
        return Hexadecimal.encode(hash.finalize())
    }

    /// Of a header, in base64, as AWS's refusals tell it.
    package static func encodedDigest(_ header: UnsafeRawBufferPointer) -> String {
        var hash = SHA256()
        hash.update(bufferPointer: header)
        return Base64.encode(Array(hash.finalize()))
    }

    /// A query as it is signed, of one that stands in a request line in some order and encoding.
    package static func canonicalQuery(_ query: [UInt8]) -> [UInt8] {
        let request = SignableRequest(bytes: query, method: 0..<0, path: 0..<0, query: query.indices, fields: [])
        return CanonicalQuery.encode(request, .escaped, isPresigned: false)
    }

    /// The fields that sign a request without fields of its own but `host`, which is sent as it is here.
    ///
    /// - Parameters:
    ///   - path: as it stands in the request line, with its escapes.
    ///   - query: as it stands in the request line: sorted, and strictly encoded.
    package func fields(
        method: String, path: some StringProtocol, query: [UInt8], host: String, bodyDigest: String, time: Timestamp
    ) -> [(name: String, value: String)] {
        var signed = [(name: "host", value: host), (name: "x-amz-date", value: Self.date(time))]
        if let token = credentials.sessionToken { signed.append((name: "x-amz-security-token", value: token)) }
        let authorization = authorization(
            method: Array(method.utf8), path: Array(path.utf8), query: query,
            fields: signed.map { (Array($0.name.utf8), Array($0.value.utf8)) }, bodyDigest: bodyDigest, time: time)
        return signed.dropFirst() + [(name: "authorization", value: authorization)]
    }

    /// The value of `Authorization`.
    ///
    /// - Parameters:
    ///   - path: as it stands in the request line, with its escapes.
    ///   - query: as it stands in the request line: sorted, and strictly encoded.
    ///   - fields: those to sign; `host` has to be among them.
    package func authorization(
        method: [UInt8], path: [UInt8], query: [UInt8], fields: [(name: [UInt8], value: [UInt8])], bodyDigest: String,
        time: Timestamp
    ) -> String {
        let date = Self.date(time)
        let scope = "\(date.prefix(8))/\(region)/\(service)/aws4_request"
        let signed = CanonicalFields(fields)
        var request = method + [newline]
        if isS3 { request += path } else { CanonicalPath.append(path[...], to: &request) }
        request += [newline] + query + [newline] + signed.lines + [newline] + signed.names + [newline]
        request += Array(bodyDigest.utf8)
        let digest = request.withUnsafeBytes(Self.digest)
        let text = "AWS4-HMAC-SHA256\n\(date)\n\(scope)\n\(digest)"
        let key = SigningKey(
            secret: credentials.secretAccessKey, day: String(date.prefix(8)), region: region, service: service)
        let signature = key.signature(of: Array(text.utf8))
        return "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyId)/\(scope), "
            + "SignedHeaders=\(String(decoding: signed.names, as: UTF8.self)), "
            + "Signature=\(String(decoding: signature, as: UTF8.self))"
    }
}

private let newline = UInt8(ascii: "\n")

/// Fields by name, in small letters; values without white space at their ends, and with one space where there were more.
private struct CanonicalFields {
    /// `name:value\n` each.
    private(set) var lines: [UInt8] = []
    /// `a;b;c`
    private(set) var names: [UInt8] = []

    init(_ fields: [(name: [UInt8], value: [UInt8])]) {
        let sorted = fields.enumerated().map { index, field in
            (name: field.name.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, index: index, value: field.value)
        }
        .sorted { $0.name == $1.name ? $0.index < $1.index : $0.name.lexicographicallyPrecedes($1.name) }
        var last: [UInt8]?
        for field in sorted {
            // A repeated name is one line of all its values.
            if field.name == last {
                lines[lines.count - 1] = UInt8(ascii: ",")
            } else {
                if !names.isEmpty { names.append(UInt8(ascii: ";")) }
                names += field.name
                lines += field.name + [UInt8(ascii: ":")]
                last = field.name
            }
            CanonicalRequest.append(trimmed: field.value[...], to: &lines)
            lines.append(newline)
        }
    }
}
