internal import Crypto
internal import GatewayModel

/// What a secret makes of one day, region and service: the key that signatures are made with.
package struct SigningKey: Sendable {
    private let key: SymmetricKey

    package init(secret: String, day: String, region: String, service: String) {
        var key = Array("AWS4\(secret)".utf8)
        for part in [day, region, service, "aws4_request"] {
            key = Array(
                HMAC<SHA256>.authenticationCode(for: Array(part.utf8), using: SymmetricKey(data: key)))
        }
        self.key = SymmetricKey(data: key)
    }

    /// Whether the text was signed so.
    package func isSignature(_ signature: String, of text: String) -> Bool {
        SignatureClaim.equal(self.signature(of: Array(text.utf8)), Array(signature.utf8)[...])
    }

    /// In hexadecimal digits.
    func signature(of text: [UInt8]) -> [UInt8] {
        var digits: [UInt8] = []
        HMAC<SHA256>.authenticationCode(for: text, using: key).withUnsafeBytes { Hexadecimal.append($0, to: &digits) }
        return digits
    }
}

extension SignatureClaim {
    /// SHA-256 of nothing.
    package static let emptyDigest = Array("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855".utf8)
    private static let unsigned = Array("UNSIGNED-PAYLOAD".utf8)

    /// The key that the signature has to be made with, by the secret of its access key.
    package func key(secret: String) -> SigningKey {
        SigningKey(secret: secret, day: day, region: region, service: service)
    }

    /// Whether the signature is the key's.
    ///
    /// - Parameter body: its digest in hexadecimal digits; not looked at where `needsBody` says so.
    package func verify(_ request: SignableRequest, body: [UInt8], with key: SigningKey) throws(SignatureFault) {
        let signed: ArraySlice<UInt8>
        switch payload {
        case .digest: signed = body[...]
        case .unsigned: signed = Self.unsigned[...]
        case .told(let told):
            guard told == body[...] else {
                throw SignatureFault(
                    .invalid,
                    "The provided 'x-amz-content-sha256' header does not match what was computed.")
            }
            signed = told
        case .literal(let told): signed = told
        }
        let hasPlus = !request.query.isEmpty && request.bytes[request.query].contains(UInt8(ascii: "+"))
        for form in CanonicalQuery.Plus.allCases where hasPlus || form == .escaped {
            let canonical = CanonicalRequest(
                request, signed: names, form, payload: signed, isPresigned: isPresigned,
                isPlainPath: service == RequestSigner.s3)
            if Self.equal(key.signature(of: text(canonical)), signature) { return }
        }
        let texts = texts(request, signed)
        throw SignatureFault(
            .invalid,
            SignatureFault.mismatchText
                + "\n\nThe Canonical String for this request should have been\n'\(texts.canonical)"
                + "'\n\nThe String-to-Sign should have been\n'\(texts.toSign)'\n")
    }

    /// What should have been signed of a request for S3, and how the signature was told: for whoever wonders.
    package func texts(of request: SignableRequest) -> (canonical: String, toSign: String, signature: String) {
        guard case .literal(let payload) = payload else { return ("", "", "") }
        let texts = texts(request, payload)
        return (texts.canonical, texts.toSign, String(decoding: signature, as: UTF8.self))
    }

    private func texts(
        _ request: SignableRequest, _ payload: ArraySlice<UInt8>
    ) -> (canonical: String, toSign: String) {
        let canonical = CanonicalRequest(
            request, signed: names, .escaped, payload: payload, isPresigned: isPresigned,
            isPlainPath: service == RequestSigner.s3)
        return (String(decoding: canonical.bytes, as: UTF8.self), String(decoding: text(canonical), as: UTF8.self))
    }

    /// The string to sign.
    private func text(_ canonical: CanonicalRequest) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(192)
        text += "AWS4-HMAC-SHA256\n".utf8
        text += date
        text.append(UInt8(ascii: "\n"))
        for part in [day, region, service] {
            text += part.utf8
            text.append(UInt8(ascii: "/"))
        }
        text += "aws4_request\n".utf8
        SHA256.hash(data: canonical.bytes).withUnsafeBytes { Hexadecimal.append($0, to: &text) }
        return text
    }

    /// Takes as long wherever they differ.
    static func equal(_ left: [UInt8], _ right: ArraySlice<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for (a, b) in zip(left, right) { difference |= a ^ b }
        return difference == 0
    }
}
