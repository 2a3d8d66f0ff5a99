internal import Crypto
internal import GatewayModel

/// The signatures of a body that is signed chunk by chunk, each over the one before it, the first over the request's own.
/// Source: S3 API Reference, sigv4-streaming and sigv4-streaming-trailers.
package struct ChunkSignatures: Sendable {
    private let key: SigningKey
    private let scope: String
    private var last: [UInt8]
    private var chunk = SHA256()

    package init(_ claim: SignatureClaim, _ key: SigningKey) {
        self.key = key
        scope =
            String(decoding: claim.date, as: UTF8.self) + "\n"
            + "\(claim.day)/\(claim.region)/\(claim.service)/aws4_request\n"
        last = Array(claim.signature)
    }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) { chunk.update(bufferPointer: bytes) }

    /// Whether the chunk that came was signed so.
    package mutating func ends(with signature: String) -> Bool {
        let digest = Hexadecimal.encode(chunk.finalize())
        chunk = SHA256()
        let empty = String(decoding: SignatureClaim.emptyDigest, as: UTF8.self)
        return isNext("AWS4-HMAC-SHA256-PAYLOAD", "\(empty)\n\(digest)", signature)
    }

    /// Whether the trailers were, a line each: `name:value\n`.
    package mutating func signs(trailers: String, with signature: String) -> Bool {
        let digest = Array(trailers.utf8).withUnsafeBytes(RequestSigner.digest)
        return isNext("AWS4-HMAC-SHA256-TRAILER", digest, signature)
    }

    private mutating func isNext(_ algorithm: String, _ content: String, _ signature: String) -> Bool {
        let text = "\(algorithm)\n\(scope)\(String(decoding: last, as: UTF8.self))\n\(content)"
        last = key.signature(of: Array(text.utf8))
        return SignatureClaim.equal(last, Array(signature.utf8)[...])
    }
}
