internal import Crypto
internal import CryptoExtras
package import JSON

/// A private key that signs tokens: of a user pool, or of an issuer that stands in for one in tests.
package struct SigningKey: Sendable {
    package let keyId: String
    private let key: _RSA.Signing.PrivateKey

    /// A new RSA key of 2,048 bits. Takes a tenth of a second and more: never on an event loop.
    package init(newWithId keyId: String) throws {
        self.keyId = keyId
        key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
    }

    /// - Parameter pem: as `pem` gives it.
    package init(pem: String, keyId: String) throws {
        self.keyId = keyId
        key = try _RSA.Signing.PrivateKey(pemRepresentation: pem)
    }

    /// A key that is called by its thumbprint (RFC 7638), so that whoever reads it again calls it the same.
    package init(pem: String) throws {
        let key = try SigningKey(pem: pem, keyId: "")
        self.init(key.key, keyId: try key.thumbprint())
    }

    /// A new key that is called by its thumbprint.
    package static func new() throws -> SigningKey {
        let key = try SigningKey(newWithId: "")
        return SigningKey(key.key, keyId: try key.thumbprint())
    }

    private init(_ key: _RSA.Signing.PrivateKey, keyId: String) {
        self.key = key
        self.keyId = keyId
    }

    private func thumbprint() throws -> String {
        let jwk = try publicJWK()
        let members: JSONObject = ["e": jwk["e"] ?? .null, "kty": "RSA", "n": jwk["n"] ?? .null]
        return Base64URL.encode(SHA256.hash(data: JSONValue.object(members).bytes).map(\.self))
    }

    package var pem: String { key.pemRepresentation }

    /// The public half as a member of a key set.
    package func publicJWK() throws -> JSONValue {
        let primitives = try key.publicKey.getKeyPrimitives()
        return [
            "alg": "RS256", "e": .string(Base64URL.encode(primitives.publicExponent)), "kid": .string(keyId),
            "kty": "RSA", "n": .string(Base64URL.encode(primitives.modulus)), "use": "sig",
        ]
    }

    /// The token of RS256 that says `claims`.
    package func token(_ claims: JSONValue) throws -> String {
        let header: JSONValue = ["kid": .string(keyId), "alg": "RS256"]
        return try signed(Base64URL.encode(header.bytes) + "." + Base64URL.encode(claims.bytes))
    }

    /// The token of two parts with the third one behind them.
    func signed(_ signed: String) throws -> String {
        let signature = try key.signature(for: SHA256.hash(data: Array(signed.utf8)), padding: .insecurePKCS1v1_5)
        return signed + "." + Base64URL.encode(signature.rawRepresentation)
    }
}
