internal import JSON

/// A token of three parts (RFC 7515 section 3.1), read but not yet believed.
package struct CompactToken: Sendable {
    /// The longest key id that is looked at: real ones have under a hundred bytes.
    package static let keyIdLimit = 256

    package let algorithm: SigningAlgorithm
    package let keyId: String?
    /// The first two parts as they stand in the token: what is signed.
    let signed: [UInt8]
    let payload: [UInt8]
    let signature: [UInt8]

    /// Reads a token strictly: what another reader might take differently is refused.
    package init(_ token: UnsafeRawBufferPointer) throws(TokenFault) {
        let dots = token.indices.filter { token[$0] == UInt8(ascii: ".") }
        guard dots.count == 2 else { throw .segments }
        func part(_ range: Range<Int>) throws(TokenFault) -> [UInt8] {
            guard !range.isEmpty, let bytes = Base64URL.decode(UnsafeRawBufferPointer(rebasing: token[range])) else {
                throw .malformed
            }
            return bytes
        }
        let header = try JSONObject(ofToken: part(0..<dots[0]))
        // RFC 7515 section 4.1.11: whoever does not understand what is critical refuses.
        for name in ["crit", "b64"] where header[name] != nil { throw .unsupportedHeader(name) }
        guard let name = header["alg"]?.string else { throw .malformed }
        guard let algorithm = SigningAlgorithm(rawValue: name) else { throw .algorithm(String(name.prefix(32))) }
        self.algorithm = algorithm
        switch header["kid"] {
        case nil: keyId = nil
        case .string(let id)? where id.utf8.count <= Self.keyIdLimit: keyId = id
        default: throw .malformed
        }
        payload = try part((dots[0] + 1)..<dots[1])
        signature = try part((dots[1] + 1)..<token.count)
        signed = Array(token[..<dots[1]])
    }

    /// Who the token says that it is from. Nothing of it is believed: it only chooses among issuers that are known.
    package var namedIssuer: String? { (try? JSONObject(ofToken: payload))?["iss"]?.string }

    package init(_ token: String) throws(TokenFault) {
        self = try Array(token.utf8).withUnsafeBufferPointer { (bytes) throws(TokenFault) in
            try CompactToken(UnsafeRawBufferPointer(bytes))
        }
    }

    /// The claims, once `key` has signed them.
    package func verified(by key: VerificationKey) throws(TokenFault) -> TokenClaims {
        guard key.isFor(algorithm) else { throw .algorithm(algorithm.rawValue) }
        guard key.isValid(signature, of: signed, algorithm) else { throw .signature }
        return try TokenClaims(JSONObject(ofToken: payload))
    }
}

extension JSONObject {
    /// A part of a token: an object in which every name stands once, at every depth.
    fileprivate init(ofToken bytes: [UInt8]) throws(TokenFault) {
        guard case .object(let object)? = try? JSONValue(parsing: bytes, refusesRepeatedKeys: true) else {
            throw .malformed
        }
        self = object
    }
}
