package import JSON

/// What a token says, by the names of RFC 7519 and of the providers that issue tokens for APIs.
package struct TokenClaims: Sendable {
    package let all: JSONObject
    package let issuer: String?
    /// Of `aud`, which may be one text or a list.
    package let audiences: [String]
    package let clientId: String?
    /// Seconds since 1970; nil where the claim is not there.
    package let expiry: Double?
    package let notBefore: Double?
    package let issuedAt: Double?
    /// Of `scp`, else of `scope`: texts with blanks between, or lists.
    package let scopes: [String]

    init(_ claims: JSONObject) throws(TokenFault) {
        all = claims
        issuer = try Self.text("iss", claims)
        clientId = claims["client_id"]?.string
        expiry = try Self.time("exp", claims)
        notBefore = try Self.time("nbf", claims)
        issuedAt = try Self.time("iat", claims)
        audiences = try Self.texts("aud", claims) { [$0] }
        let name = claims["scp"] == nil ? "scope" : "scp"
        scopes = try Self.texts(name, claims) { $0.split(separator: " ").map(String.init) }
    }

    private static func text(_ name: String, _ claims: JSONObject) throws(TokenFault) -> String? {
        switch claims[name] {
        case nil: return nil
        case .string(let text)?: return text
        default: throw .claim(name)
        }
    }

    private static func time(_ name: String, _ claims: JSONObject) throws(TokenFault) -> Double? {
        guard let value = claims[name] else { return nil }
        guard let seconds = value.double, seconds.isFinite, seconds >= 0 else { throw .claim(name) }
        return seconds
    }

    private static func texts(
        _ name: String, _ claims: JSONObject, _ split: (String) -> [String]
    ) throws(TokenFault) -> [String] {
        switch claims[name] {
        case nil: return []
        case .string(let text)?: return split(text)
        case .array(let elements)?:
            let texts = elements.compactMap(\.string)
            guard texts.count == elements.count else { throw .claim(name) }
            return texts
        default: throw .claim(name)
        }
    }
}
