import EntityStore
import GatewayModel
import HashTreeCollections

/// All definitions of the account at one moment. A value: who holds one sees nothing change, and a changed one shares
/// what did not change.
struct World: Sendable {
    /// All commits up to this one are in it.
    private(set) var commit: UInt64 = 0
    var apis = Roots<HTTPAPI>()
    var restApis = Roots<RESTAPI>()
    var apiKeys = Roots<AccountResource<REST.ApiKey>>()
    var usagePlans = Roots<UsagePlan>()
    var clientCertificates = Roots<AccountResource<StoredCertificate>>()
    var vpcLinks = Roots<AccountResource<REST.VpcLink>>()
    var privateLinks = Roots<AccountResource<V2.VpcLink>>()
    var account = Roots<AccountResource<REST.Account>>()
    var functions = Roots<LambdaFunction>()
    var layers = Roots<LambdaLayer>()
    var roles = Roots<IAM.Role>()
    var managedPolicies = Roots<IAM.ManagedPolicy>()
    var instanceProfiles = Roots<IAM.InstanceProfile>()
    var users = Roots<IAM.User>()
    var groups = Roots<IAM.Group>()
    var openIDConnectProviders = Roots<IAM.OpenIDConnectProvider>()
    var parameters = Roots<Parameter>()
    var secrets = Roots<Secret>()
    /// By access key.
    var usersOfKeys: TreeDictionary<String, String> = [:]
    /// Of users and roles by their own ids (`AIDA…`, `AROA…`), the ids of their roots.
    var holders: TreeDictionary<String, String> = [:]
    var callers = FunctionCallers()
    /// By key, the plans that it is in.
    var plansOfKeys: TreeDictionary<String, TreeSet<String>> = [:]

    subscript<R: Root>(type: R.Type, id: String) -> R? { self[keyPath: R.place][id]?.root }

    func version<R: Root>(_ type: R.Type, _ id: String) -> UInt64 { self[keyPath: R.place][id]?.version ?? 0 }

    /// Shows what a commit has made of a root; nil when it is gone.
    mutating func install<R: Root>(_ root: R?, _ id: String, commit number: UInt64) {
        put(root, id, version: number)
        // Another program's commit may lie between.
        if number == commit + 1 { commit = number }
    }

    /// Shows what the store has told, and answers the roots that are others now.
    mutating func install(_ stored: StoredRoots) throws -> Set<RootID> {
        var changed: Set<RootID> = []
        for root in stored.roots {
            guard let type = Self.roots.first(where: { $0.type == root.id.type }) else { continue }
            let isNew = try install(root, type)
            if isNew { changed.insert(root.id) }
        }
        commit = stored.commit
        return changed
    }

    private static let roots: [any Root.Type] = [
        HTTPAPI.self, RESTAPI.self, AccountResource<REST.ApiKey>.self, UsagePlan.self,
        AccountResource<StoredCertificate>.self, AccountResource<REST.VpcLink>.self, AccountResource<V2.VpcLink>.self,
        AccountResource<REST.Account>.self, LambdaFunction.self, LambdaLayer.self,
        IAM.Role.self, IAM.ManagedPolicy.self, IAM.InstanceProfile.self, IAM.User.self, IAM.Group.self,
        IAM.OpenIDConnectProvider.self, Parameter.self, Secret.self,
    ]

    static var types: [String] { roots.map { $0.type } }

    private mutating func install<R: Root>(_ stored: StoredRoot, _ type: R.Type) throws -> Bool {
        guard version(type, stored.id.id) != (stored.entities.isEmpty ? 0 : stored.version) else { return false }
        put(stored.entities.isEmpty ? nil : try R(stored), stored.id.id, version: stored.version)
        return true
    }

    private mutating func put<R: Root>(_ root: R?, _ id: String, version: UInt64) {
        R.index(id, from: self[R.self, id], to: root, in: &self)
        self[keyPath: R.place][id] = root.map { Versioned(root: $0, version: version) }
    }
}
