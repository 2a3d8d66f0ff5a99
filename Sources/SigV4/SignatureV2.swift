internal import Crypto
internal import GatewayModel

/// A signature of version 2, in a URL that is signed for somebody else, or in `Authorization: AWS KEY:SIGNATURE`.
///
/// It holds for any time until the URL expires, and says nothing of the body. Source: S3 User Guide, RESTAuthentication.
package struct SignatureV2: Sendable {
    /// S3's older regions, the only ones that know it. Source: S3 User Guide, UsingAWSSDK, "Signature Version 2".
    package static let regions: Set = [
        "us-east-1", "us-west-1", "us-west-2", "eu-west-1", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1",
        "sa-east-1",
    ]

    package let accessKeyId: String
    /// Of temporary credentials.
    package let token: String?
    /// In base64, as it was told.
    package let signature: String
    /// The string to sign.
    package let text: String
    /// Of a bucket that stands in the path, `/bucket`, some sign `/bucket/`, boto3 among them.
    private let otherText: String?

    /// - Parameters:
    ///   - bucket: where the host names it, and the path does not.
    ///   - expires: of a URL; its own parameter stands where the date would.
    package init(
        _ request: SignableRequest, key: String, signature: String, bucket: String?, expires: String?
    ) {
        let isURL = expires != nil
        accessKeyId = key
        self.signature = signature
        let query = request.decodedParameters
        /// A URL may tell fields in its query.
        func field(_ name: StaticString) -> String? {
            request.value(name).map { String(decoding: $0, as: UTF8.self) }
                ?? (isURL ? query.first { $0.name.lowercased() == "\(name)" }?.value : nil)
        }
        token = field("x-amz-security-token")
        let date = expires ?? (field("x-amz-date") == nil ? field("date") ?? "" : "")
        var lines = [
            String(decoding: request.bytes[request.method], as: UTF8.self), field("content-md5") ?? "",
            field("content-type") ?? "", date,
        ]
        lines += Self.amazonFields(request, isURL ? query : [])
        let head = lines.map { $0 + "\n" }.joined()
        let path = (bucket.map { "/" + $0 } ?? "") + String(decoding: request.bytes[request.path], as: UTF8.self)
        let parts = Self.parts(query)
        text = head + path + parts
        otherText = path.dropFirst().contains("/") || path.count < 2 ? nil : head + path + "/" + parts
    }

    /// Whether the signature is the one that the secret makes.
    package func isMade(with secret: String) -> Bool {
        [text, otherText].contains { $0.map { Self.isSignature(signature, of: $0, with: secret) } ?? false }
    }

    /// Whether the text was signed so.
    package static func isSignature(_ signature: String, of text: String, with secret: String) -> Bool {
        guard let code = Base64.decode(signature) else { return false }
        return HMAC<Insecure.SHA1>.isValidAuthenticationCode(
            code, authenticating: Array(text.utf8), using: SymmetricKey(data: Array(secret.utf8)))
    }

    /// `x-amz-…` in order, a line each; of a repeated one the values with commas between them.
    private static func amazonFields(
        _ request: SignableRequest, _ query: [(name: String, value: String)]
    ) -> [String] {
        var fields: [String: [String]] = [:]
        for field in request.fields {
            var value: [UInt8] = []
            CanonicalRequest.append(trimmed: request.bytes[field.value], to: &value)
            fields[String(decoding: request.bytes[field.name], as: UTF8.self), default: []]
                .append(String(decoding: value, as: UTF8.self))
        }
        for (name, value) in query { fields[name.lowercased(), default: []].append(value) }
        return fields.filter { $0.key.hasPrefix("x-amz-") }.sorted { $0.key < $1.key }
            .map { "\($0.key):\($0.value.joined(separator: ","))" }
    }

    /// Parameters that name a part of what the path names.
    private static func parts(_ query: [(name: String, value: String)]) -> String {
        let parts = query.filter { subresources.contains($0.name) }.sorted { $0.name < $1.name }
            .map { $0.value.isEmpty ? $0.name : "\($0.name)=\($0.value)" }
        return (parts.isEmpty ? "" : "?") + parts.joined(separator: "&")
    }

    /// Source: the same page; botocore 1.44.8, HmacV1Auth.
    package static let subresources: Set = [
        "accelerate", "acl", "analytics", "cors", "defaultObjectAcl", "delete", "inventory", "lifecycle", "location",
        "logging", "metrics", "notification", "object-lock", "partNumber", "policy", "replication", "requestPayment",
        "response-cache-control", "response-content-disposition", "response-content-encoding",
        "response-content-language", "response-content-type", "response-expires", "restore", "select", "select-type",
        "storageClass", "tagging", "torrent", "uploadId", "uploads", "versionId", "versioning", "versions", "website",
    ]
}

extension SignableRequest {
    fileprivate var decodedParameters: [(name: String, value: String)] {
        parameters.compactMap { name, value in
            guard let name = PercentEncoding.decode(String(decoding: name, as: UTF8.self)),
                let value = PercentEncoding.decode(String(decoding: value, as: UTF8.self))
            else { return nil }
            return (name, value)
        }
    }
}
