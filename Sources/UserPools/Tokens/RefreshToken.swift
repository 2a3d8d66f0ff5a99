import JSON
import JSONWebToken
import Sealing

/// What lets a client get new tokens for a session. Nothing of it is stored: it is sealed, and looks like AWS's, an
/// encrypted token of five parts.
struct RefreshToken: Codable, Sendable {
    let pool: String
    let sub: String
    let client: String
    let session: String
    /// Of this token, for rotation.
    var id: String
    /// Seconds since 1970.
    let signedInAt: Int64
    let expires: Int64
    let scopes: [String]

    static let purpose = "refresh token"

    /// Milliseconds since 1970 at which the last token of the session ends: whatever becomes of the client's settings, an
    /// access token lasts a day at most.
    var sessionEnd: Int64 { (expires + Int64(ClientRules.longestAccessSeconds)) * 1000 }
    private static let head = Base64URL.encode(Array(#"{"cty":"JWT","enc":"A256GCM","alg":"dir"}"#.utf8))
    private static let (nonceBytes, tagBytes) = (12, 16)

    /// `HEAD..NONCE.TEXT.TAG`, of what is sealed.
    static func text(_ sealed: [UInt8]) -> String {
        let nonce = sealed.prefix(nonceBytes)
        let tag = sealed.suffix(tagBytes)
        let text = sealed.dropFirst(nonceBytes).dropLast(tagBytes)
        return "\(head)..\(Base64URL.encode(nonce)).\(Base64URL.encode(text)).\(Base64URL.encode(tag))"
    }

    static func sealed(_ text: String) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0] == head, parts[1].isEmpty, let nonce = Base64URL.decode(String(parts[2])),
            let body = Base64URL.decode(String(parts[3])), let tag = Base64URL.decode(String(parts[4])),
            nonce.count == nonceBytes, tag.count == tagBytes
        else { return nil }
        return nonce + body + tag
    }
}

extension UserPools {
    func seal(_ value: some Encodable, as purpose: String) throws(PoolError) -> [UInt8] {
        guard let bytes = try? JSONValue(encoding: value).bytes, let sealed = try? sealing.seal(bytes, for: purpose)
        else { throw .internalFailure("It could not be sealed.") }
        return sealed
    }

    func open<Value: Decodable>(_ sealed: [UInt8], _ type: Value.Type, as purpose: String) -> Value? {
        guard let bytes = sealing.open(sealed, for: purpose) else { return nil }
        return try? JSONValue(parsing: bytes).decode(type)
    }

    /// Reads a refresh token, and says why it is none.
    func refreshToken(_ text: String, of client: PoolClient) throws(PoolError) -> RefreshToken {
        guard let sealed = RefreshToken.sealed(text),
            let token = open(sealed, RefreshToken.self, as: RefreshToken.purpose),
            token.client == client.id, token.pool == client.poolId
        else { throw .notAuthorized("Invalid Refresh Token") }
        guard token.expires > now / 1000 else { throw .notAuthorized("Refresh Token has expired") }
        return token
    }
}
