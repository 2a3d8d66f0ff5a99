internal import JSON

/// The keys of an issuer (RFC 7517), those that sign tokens here.
package struct KeySet: Sendable {
    /// AWS reads a set of at most so many bytes. Source: Developer Guide, http-api-quotas.
    package static let byteLimit = 150_000

    private var keys: [(id: String?, key: VerificationKey)] = []

    package var isEmpty: Bool { keys.isEmpty }

    /// Without any: no token is of it.
    package static let empty = KeySet()

    private init() {}

    /// Reads a set; nil when the text is none. Keys of other kinds and for other uses are passed over.
    package init?(_ text: [UInt8]) {
        guard text.count <= Self.byteLimit, let value = try? JSONValue(parsing: text),
            let written = value["keys"]?.array
        else { return nil }
        for value in written {
            guard let jwk = value.object, let key = VerificationKey(jwk) else { continue }
            keys.append((jwk["kid"]?.string, key))
        }
    }

    /// The key for a token: of two with one id the first, so that a set cannot be made to take back a key by another.
    ///
    /// A token that names no key is taken only where there is no choice.
    package func key(for token: CompactToken) throws(TokenFault) -> VerificationKey {
        if let id = token.keyId {
            guard let found = keys.first(where: { $0.id == id }) else { throw .unknownKey(id) }
            return found.key
        }
        guard keys.count == 1 else { throw .unknownKey(nil) }
        return keys[0].key
    }
}
