import GatewayModel
import HTTPFront
package import NIOCore
import SigV4

/// A request to an AWS service, in its parts.
package struct ServiceCall: Sendable {
    /// As URIs name it: `s3`.
    package let service: String
    package let method: [UInt8]
    /// Escaped.
    package let path: [UInt8]
    /// As it is signed: sorted, strictly encoded, each name with a value.
    package let query: [UInt8]
    package private(set) var fields: [(name: [UInt8], value: [UInt8])]
    package let body: ByteBuffer?
    /// The field of that name; nil where nothing is signed.
    private(set) var authorization: String?

    init(
        service: String, method: [UInt8], path: [UInt8], query: [UInt8],
        fields: [(name: [UInt8], value: [UInt8])], body: ByteBuffer?
    ) {
        self.service = service
        self.method = method
        self.path = path
        self.query = query
        self.fields = fields
        self.body = body
    }

    /// Path and query.
    var target: [UInt8] { query.isEmpty ? path : path + [UInt8(ascii: "?")] + query }

    /// - Parameter digest: of the body.
    mutating func sign(_ signer: RequestSigner, _ time: Timestamp, _ digest: String) {
        fields.append((Array("x-amz-date".utf8), Array(RequestSigner.date(time).utf8)))
        if let token = signer.credentials.sessionToken {
            fields.append((Array("x-amz-security-token".utf8), Array(token.utf8)))
        }
        if signer.isS3 { fields.append((Array("x-amz-content-sha256".utf8), Array(digest.utf8))) }
        authorization = signer.authorization(
            method: method, path: path, query: query, fields: fields.filter { Self.isSigned($0.name) },
            bodyDigest: digest, time: time)
    }

    private static func isSigned(_ name: [UInt8]) -> Bool {
        let name = name.map(ASCII.lowercased)
        return name.starts(with: "x-amz-".utf8) || name.elementsEqual("host".utf8)
            || name.elementsEqual("content-type".utf8)
    }
}
