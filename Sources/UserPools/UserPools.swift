package import EntityStore
package import GatewayModel
import JSON
import JSONWebToken
package import Sealing

/// Amazon Cognito user pools: who has an account, and the tokens that say so.
///
/// All pools with their users lie in memory and are answered from there; what changes is written to a store of their
/// own, and an answer waits until that is durable. Work that takes long, on keys and passwords, never runs on an event
/// loop (`PasswordWork`).
package final class UserPools: Sendable {
    let account: AccountIdentity
    private let clock: @Sendable () -> Timestamp
    private let storage: PoolStorage
    let sealing: SealingKey
    let triggers: (any TriggerHost)?
    /// What stands before a pool's id in `iss`; nil: AWS's.
    let issuerBase: @Sendable () -> String?
    /// Whether the pages are reached by TLS.
    let isSecure: Bool
    let work: PasswordWork
    let attempts = FailedAttempts()
    /// Codes that somebody has sent to him: a flood of them leaves the sign-ins alone.
    let requests = FailedAttempts()
    /// Guesses of codes that nobody was sent.
    let strangersCodes = StrangersCodes()
    let used = UsedOnce()
    /// Of this process: what counts once counts for it only.
    let instance = Hexadecimal.encode(Randomness.bytes(16))
    package let outbox = Outbox()
    /// What stands for what an unknown user would have: the same for the same name, and not to be guessed.
    let strangers: [UInt8]
    let codes: SentCodes

    package convenience init(
        account: AccountIdentity, store: any EntityStore, sealing: SealingKey, triggers: (any TriggerHost)? = nil,
        issuerBase: @escaping @Sendable () -> String? = { nil }, isSecure: Bool = false,
        now: @escaping @Sendable () -> Timestamp
    ) {
        self.init(account, store, sealing, triggers, issuerBase, isSecure, now, PasswordWork())
    }

    private init(
        _ account: AccountIdentity, _ store: any EntityStore, _ sealing: SealingKey, _ triggers: (any TriggerHost)?,
        _ issuerBase: @escaping @Sendable () -> String?, _ isSecure: Bool, _ now: @escaping @Sendable () -> Timestamp,
        _ work: PasswordWork
    ) {
        self.work = work
        self.account = account
        self.sealing = sealing
        self.triggers = triggers
        self.issuerBase = issuerBase
        self.isSecure = isSecure
        clock = now
        storage = PoolStorage(store: store)
        strangers = sealing.derived(for: "unknown users")
        codes = SentCodes(key: sealing.derived(for: "codes that were sent"))
    }

    /// Milliseconds since 1970.
    var now: Int64 { clock().milliseconds }

    func read<Result: Sendable, Fault: Error>(_ body: (PoolState) throws(Fault) -> Result) throws(Fault) -> Result {
        try storage.read(body)
    }

    func content(_ pool: String) throws(PoolError) -> PoolContent {
        guard let content = read({ $0.pools[pool] }) else { throw .noPool(pool) }
        return content
    }

    package func has(pool: String) -> Bool { read { $0.pools[pool] != nil } }

    /// Makes a change: see `PoolStorage`.
    @discardableResult
    func change<Result: Sendable>(
        _ body: (PoolState, inout [PoolStep]) throws(PoolError) -> Result
    ) async throws(PoolError) -> Result {
        try await storage.change(body)
    }

    // MARK: Secrets

    func seal(_ keys: PoolKeys, of pool: String) throws(PoolError) -> [String] {
        var sealed: [String] = []
        for key in [keys.id, keys.access] { sealed.append(try seal(key.pem, for: "key of \(pool)")) }
        return sealed
    }

    func seal(_ secret: String, for purpose: String) throws(PoolError) -> String {
        do { return Base64URL.encode(try sealing.seal(Array(secret.utf8), for: purpose)) } catch {
            throw .internalFailure("A secret could not be sealed.")
        }
    }

    func open(_ sealed: String, for purpose: String) -> String? {
        guard let bytes = Base64URL.decode(sealed), let open = sealing.open(bytes, for: purpose) else { return nil }
        return String(validating: open, as: UTF8.self)
    }

    // MARK: Start

    /// Why what is stored cannot be read, in a sentence.
    package struct LoadFailure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Reads everything from the store; called once, before anybody asks.
    package func load() async throws {
        let stored = try await storage.store.load([PoolStep.rootType])
        var loaded = PoolState()
        for root in stored.roots {
            for entity in root.entities { try load(entity, root.id.id).apply(to: &loaded) }
        }
        storage.begin(with: loaded)
    }

    private func load(_ entity: Entity, _ id: String) throws -> PoolStep {
        let document = try JSONValue(parsing: entity.document)
        switch entity.id.kind {
        case "pools.pool":
            let pool = try document.decode(UserPool.self)
            let pems = pool.sealedKeys.compactMap { open($0, for: "key of \(pool.id)") }
            guard pems.count == 2 else {
                throw LoadFailure(
                    description:
                        "The keys of the user pool \(pool.id) cannot be opened: secrets.key is not the key that they were sealed with. Put the right one back."
                )
            }
            return .pool(pool, try PoolKeys(pems[0], pems[1]))
        case "pools.client": return .client(try document.decode(PoolClient.self))
        case "pools.group": return .group(try document.decode(PoolGroup.self))
        case "pools.server": return .server(try document.decode(ResourceServer.self))
        case "pools.user": return .user(try document.decode(PoolUser.self), pool: id)
        default:
            throw LoadFailure(description: "The user pools hold a \(entity.id.kind), which this version does not know.")
        }
    }

    /// The same pools again: what changes there is neither kept nor seen by anybody, and no function is called: all are
    /// taken to agree.
    package func draft() -> UserPools {
        let draft = UserPools(account, MemoryStore(), sealing, AgreeingTriggers(), issuerBase, isSecure, clock, work)
        draft.storage.begin(with: read { $0 })
        return draft
    }

    /// Writes what waits and closes the store.
    package func close() { storage.store.close() }
}

extension PoolState {
    func content(_ pool: String) throws(PoolError) -> PoolContent {
        guard let content = pools[pool] else { throw .noPool(pool) }
        return content
    }

    func client(_ id: String) throws(PoolError) -> (PoolContent, PoolClient) {
        guard let pool = clients[id], let content = pools[pool], let client = content.clients[id] else {
            throw .noClient(id)
        }
        return (content, client)
    }
}
