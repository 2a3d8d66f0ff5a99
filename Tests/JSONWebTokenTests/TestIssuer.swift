import Crypto
import JSON
import Testing

@testable import JSONWebToken

/// An issuer with a key of its own, and tokens that it signs in whatever form a test asks for.
enum TestIssuer {
    static let key: SigningKey = {
        guard let key = try? SigningKey(newWithId: "one") else { fatalError("no key can be made") }
        return key
    }()

    static let name = "https://issuer.example/"
    static let now = 1_790_000_000.0

    static let claims: JSONObject = [
        "iss": .string(name), "aud": "client", "sub": "bob", "exp": 1_790_000_600, "iat": 1_789_999_000,
        "scope": "read write",
    ]

    static func set(_ keys: JSONValue...) throws -> KeySet {
        try #require(KeySet(JSONValue.object(["keys": .array(keys)]).bytes))
    }

    /// A token whose header and claims are these texts, signed by `key` whatever they say.
    static func token(header: String, claims: String) throws -> String {
        let signed = Base64URL.encode(Array(header.utf8)) + "." + Base64URL.encode(Array(claims.utf8))
        return try key.signed(signed)
    }

    static func token(_ claims: JSONObject = claims) throws -> String { try key.token(.object(claims)) }

    static func claims(_ token: String) throws(TokenFault) -> TokenClaims {
        let token = try CompactToken(token)
        guard let jwk = try? key.publicJWK(), let set = KeySet(JSONValue.object(["keys": [jwk]]).bytes) else {
            throw .unknownKey(nil)
        }
        return try token.verified(by: set.key(for: token))
    }
}
