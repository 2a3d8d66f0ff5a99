import HTTPFront
import NIOCore
import SigV4

/// A request that leads nowhere is read as one to AWS itself: an Authorization that is no signature gets a signature's
/// refusal. Source: answers of live APIs; newer ones tell a digest of the header instead of the header.
enum ForeignAuthorization {
    static func refusal(_ x: Exchange) -> Refusal? {
        var text: [UInt8] = []
        x.withField(.authorization) { text = Array($0) }
        let algorithm = text.prefix { $0 != UInt8(ascii: " ") }
        guard !text.isEmpty, !algorithm.elementsEqual("AWS4-HMAC-SHA256".utf8) else { return nil }
        let parameters = text[algorithm.endIndex...].split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: ",") }
        let digest = text.withUnsafeBytes(RequestSigner.encodedDigest)
        if parameters.contains(where: { !$0.contains(UInt8(ascii: "=")) }) {
            x.rest.message = Array(
                ("Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded "
                    + "with Base64): '\(digest)'.").utf8)
            return .incompleteSignature
        }
        var message = ""
        for name in ["Credential", "Signature", "SignedHeaders"]
        where !parameters.contains(where: { $0.starts(with: "\(name)=".utf8) }) {
            message += "Authorization header requires '\(name)' parameter. "
        }
        if !hasDate(x) {
            message += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
        }
        message += "(Hashed with SHA-256 and encoded with Base64) Authorization=\(digest)"
        x.rest.message = Array(message.utf8)
        return .incompleteSignature
    }

    private static func hasDate(_ x: Exchange) -> Bool {
        x.withHead { bytes, head in
            head.fields.contains { field in
                field.known == .date
                    || ASCII.equalsIgnoringCase(UnsafeRawBufferPointer(rebasing: bytes[field.name.range]), "x-amz-date")
            }
        } ?? false
    }
}
