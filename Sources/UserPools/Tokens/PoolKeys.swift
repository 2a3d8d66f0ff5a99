import Dispatch
import JSON
import JSONWebToken

/// The two keys of a pool: one signs ID tokens, one access tokens.
struct PoolKeys: Sendable {
    let id: SigningKey
    let access: SigningKey
    /// What the pool publishes.
    let document: [UInt8]
    let set: KeySet

    var ids: [String] { [id.keyId, access.keyId] }

    init(_ idKey: SigningKey, _ accessKey: SigningKey) throws {
        id = idKey
        access = accessKey
        document = JSONValue.object(["keys": [try idKey.publicJWK(), try accessKey.publicJWK()]]).bytes
        guard let set = KeySet(document) else { throw PoolError.internalFailure("No key set could be made.") }
        self.set = set
    }

    init(_ idPEM: String, _ accessPEM: String) throws {
        try self.init(SigningKey(pem: idPEM), SigningKey(pem: accessPEM))
    }

    /// New keys, made beside each other: each takes a tenth of a second and more.
    static func new() async throws(PoolError) -> PoolKeys {
        async let id = make()
        async let access = make()
        let made = await (id, access)
        guard let id = made.0, let access = made.1, let keys = try? PoolKeys(id, access) else {
            throw .internalFailure("No key could be made.")
        }
        return keys
    }

    private static func make() async -> SigningKey? {
        await withCheckedContinuation { continuation in
            DispatchQueue.global(qos: .utility).async { continuation.resume(returning: try? SigningKey.new()) }
        }
    }
}
