import EntityStore
import HashTreeCollections
import JSON

/// All user pools in memory, with what finds them.
struct PoolState: Sendable {
    var pools: [String: PoolContent] = [:]
    /// The pool of a client.
    var clients: [String: String] = [:]
    /// The pool of a domain's name.
    var domains: [String: String] = [:]
    /// The pool of a key, by the key's id.
    var keys: [String: String] = [:]
}

/// One pool with all that belongs to it. Copies share their users: one is taken for each operation.
struct PoolContent: Sendable {
    var pool: UserPool
    var keys: PoolKeys
    var clients: [String: PoolClient] = [:]
    var groups: [String: PoolGroup] = [:]
    var servers: [String: ResourceServer] = [:]
    /// By `UserPool.key`.
    var users: TreeDictionary<String, PoolUser> = [:]
    /// The key of the user of a sub.
    var subs: TreeDictionary<String, String> = [:]
    /// The key of the user who signs in by an address or another name, by `UserPool.alias`.
    var aliases: TreeDictionary<String, String> = [:]

    init(_ pool: UserPool, _ keys: PoolKeys) {
        self.pool = pool
        self.keys = keys
    }

    /// By username, sub, or what else the pool's users sign in with.
    func user(_ name: String) -> PoolUser? {
        if let user = users[pool.key(name)] { return user }
        if let key = subs[name] { return users[key] }
        return alias(name).flatMap { users[$0] }
    }

    /// The key of the user who signs in by that name besides the username. An address that is proved goes before a name
    /// that somebody has chosen.
    func alias(_ name: String) -> String? {
        let attributes = pool.signInAttributes
        for attribute in attributes.filter({ $0 != "preferred_username" }) + attributes {
            if let key = aliases[pool.alias(attribute, name)] { return key }
        }
        return nil
    }

    func user(sub: String) -> PoolUser? { subs[sub].flatMap { users[$0] } }

    mutating func put(_ user: PoolUser) {
        let key = pool.key(user.username)
        if let former = users[key] { forgetNames(of: former, key) }
        users[key] = user
        subs[user.sub] = key
        for alias in pool.aliases(of: user) { aliases[alias] = key }
    }

    mutating func remove(_ user: PoolUser) {
        let key = pool.key(user.username)
        guard let former = users.removeValue(forKey: key) else { return }
        subs[former.sub] = nil
        forgetNames(of: former, key)
    }

    /// A name that another user has got since stays his.
    private mutating func forgetNames(of user: PoolUser, _ key: String) {
        for alias in pool.aliases(of: user) where aliases[alias] == key { aliases[alias] = nil }
    }
}

/// One step of a change, in memory and on the disk.
enum PoolStep: Sendable {
    case pool(UserPool, PoolKeys)
    case client(PoolClient)
    case group(PoolGroup)
    case server(ResourceServer)
    case user(PoolUser, pool: String)
    case removePool(String)
    case removeClient(PoolClient)
    case removeGroup(PoolGroup)
    case removeServer(ResourceServer)
    case removeUser(PoolUser, pool: String)
}

extension PoolStep {
    static let rootType = "userpool"

    /// What is stored of it.
    func stored() throws -> EntityChange {
        switch self {
        case .pool(let pool, _): try Self.save(pool.id, "pool", pool.id, pool)
        case .client(let client): try Self.save(client.poolId, "client", client.id, client)
        case .group(let group): try Self.save(group.poolId, "group", group.name, group)
        case .server(let server): try Self.save(server.poolId, "server", server.identifier, server)
        case .user(let user, let pool): try Self.save(pool, "user", user.sub, user)
        case .removePool(let id): .deleteRoot(RootID(Self.rootType, id))
        case .removeClient(let client): Self.delete(client.poolId, "client", client.id)
        case .removeGroup(let group): Self.delete(group.poolId, "group", group.name)
        case .removeServer(let server): Self.delete(server.poolId, "server", server.identifier)
        case .removeUser(let user, let pool): Self.delete(pool, "user", user.sub)
        }
    }

    private static func id(_ pool: String, _ kind: String, _ key: String) -> Entity.ID {
        Entity.ID(root: RootID(rootType, pool), kind: "pools.\(kind)", key: key)
    }

    private static func save(
        _ pool: String, _ kind: String, _ key: String, _ value: some Encodable
    ) throws -> EntityChange {
        .save(Entity(id: id(pool, kind, key), document: try JSONValue(encoding: value).bytes))
    }

    private static func delete(_ pool: String, _ kind: String, _ key: String) -> EntityChange {
        .delete(id(pool, kind, key))
    }

    func apply(to state: inout PoolState) {
        switch self {
        case .pool(let pool, let keys):
            let former = state.pools[pool.id]?.pool
            for domain in former?.domains ?? [] { state.domains[domain.name] = nil }
            for domain in pool.domains { state.domains[domain.name] = pool.id }
            for id in keys.ids { state.keys[id] = pool.id }
            if former == nil {
                state.pools[pool.id] = PoolContent(pool, keys)
            } else {
                state.pools[pool.id]?.pool = pool
            }
        case .client(let client):
            state.clients[client.id] = client.poolId
            state.pools[client.poolId]?.clients[client.id] = client
        case .group(let group): state.pools[group.poolId]?.groups[group.name] = group
        case .server(let server): state.pools[server.poolId]?.servers[server.identifier] = server
        case .user(let user, let pool): state.pools[pool]?.put(user)
        case .removePool(let id):
            guard let content = state.pools.removeValue(forKey: id) else { return }
            for client in content.clients.keys { state.clients[client] = nil }
            for domain in content.pool.domains { state.domains[domain.name] = nil }
            for key in content.keys.ids { state.keys[key] = nil }
        case .removeClient(let client):
            state.clients[client.id] = nil
            state.pools[client.poolId]?.clients[client.id] = nil
        case .removeGroup(let group): state.pools[group.poolId]?.groups[group.name] = nil
        case .removeServer(let server): state.pools[server.poolId]?.servers[server.identifier] = nil
        case .removeUser(let user, let pool): state.pools[pool]?.remove(user)
        }
    }
}
