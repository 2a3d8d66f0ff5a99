package import Callers
import EntityStore
import GatewayModel
import HashTreeCollections
import IAMPolicy
import JSON
import Synchronization

/// Takes up who may sign, and what for.
package protocol CallerTraffic: Sendable {
    /// Puts callers in service; returns when every loop knows them.
    ///
    /// - Parameter callers: asked so that of two changes the later one is served later.
    func publish(callers: @escaping @Sendable () -> CallerDirectory) async
}

/// The directory of callers, and where in it each root is.
struct CallerUpkeep: Sendable {
    private(set) var directory: CallerDirectory
    /// By user or role, its own id and its keys; by managed policy, its ARN.
    private var places: [RootID: (id: String, keys: [String])] = [:]

    init(_ settings: ControlPlaneSettings) {
        directory = CallerDirectory(
            account: settings.account, tokens: SessionTokens(key: settings.sealing),
            environments: settings.environments, requiresRoles: settings.requiresCredentials)
        for policy in AWSManagedPolicies.list {
            directory.set(
                policy: policy.arn(settings.account), try? PolicyDocument(policy.document, kind: .identity))
        }
    }

    /// Makes anew whatever depends on these roots.
    mutating func refresh(_ roots: Set<RootID>, _ control: ControlPlane) {
        let world = control.world
        var affected: Set<RootID> = []
        for root in roots {
            switch root.type {
            case IAM.User.type, IAM.Role.type: affected.insert(root)
            case IAM.Group.type: affected.formUnion(Self.users(in: [root.id], world))
            case IAM.ManagedPolicy.type:
                if let place = places.removeValue(forKey: root) { directory.set(policy: place.id, nil) }
                if let policy = world[IAM.ManagedPolicy.self, root.id] {
                    let arn = policy.arn(control.settings.account)
                    directory.set(policy: arn, try? PolicyDocument(policy.document, kind: .identity))
                    places[root] = (arn, [])
                }
                let has = { (arns: [String], boundary: String?) in
                    (arns + [boundary].compactMap(\.self)).contains {
                        PolicyName($0).map { IAM.ManagedPolicy.id(ofName: $0.name) == root.id } ?? false
                    }
                }
                for (id, role) in world.roles where has(role.root.attached, role.root.boundary) {
                    affected.insert(IAM.Role.rootID(id))
                }
                for (id, user) in world.users where has(user.root.attached, user.root.boundary) {
                    affected.insert(IAM.User.rootID(id))
                }
                let groups = world.groups.filter { has($0.value.root.attached, nil) }.map(\.key)
                affected.formUnion(Self.users(in: Set(groups), world))
            default: continue
            }
        }
        for root in affected { refresh(root, world, control) }
    }

    private static func users(in groups: Set<String>, _ world: World) -> [RootID] {
        guard !groups.isEmpty else { return [] }
        return world.users.filter { user in
            user.value.root.groups.contains { groups.contains(IAM.Group.id(ofName: $0)) }
        }.map { IAM.User.rootID($0.key) }
    }

    private mutating func refresh(_ root: RootID, _ world: World, _ control: ControlPlane) {
        if let place = places.removeValue(forKey: root) {
            directory.set(place.id, nil)
            for key in place.keys { directory.set(key: key, nil) }
        }
        let account = control.settings.account
        if root.type == IAM.Role.type, let role = world[IAM.Role.self, root.id] {
            let grants = world.grants(role.inline, role.attached, role.boundary, role.tags, account)
            directory.set(
                role.id,
                CallerDirectory.Holder(
                    kind: .role(name: role.name), arn: role.arn(account), grants: grants,
                    trust: role.trustPolicy, since: control.settings.now().seconds))
            places[root] = (role.id, [])
        } else if root.type == IAM.User.type, let user = world[IAM.User.self, root.id] {
            let grants = world.grants(of: user, account)
            directory.set(
                user.id, CallerDirectory.Holder(kind: .user(name: user.name), arn: user.arn(account), grants: grants))
            var keys: [String] = []
            for key in user.keys where key.isActive {
                guard let secret = control.secret(of: key) else {
                    control.settings.tell(
                        "The access key \(key.id) cannot be opened with the key file of this data folder: it lets nobody in."
                    )
                    continue
                }
                let caller = Caller(
                    kind: .user(name: user.name), accessKeyId: key.id, account: account.accountId,
                    arn: user.arn(account), userId: user.id,
                    principal: .user(arn: user.arn(account), account: account.accountId, id: user.id), grants: grants)
                directory.set(key: key.id, CallerDirectory.Key(secret: secret, caller: caller))
                keys.append(key.id)
            }
            places[root] = (user.id, keys)
        }
    }
}

extension World {
    /// With those of the user's groups.
    func grants(of user: IAM.User, _ account: AccountIdentity) -> Grants {
        var inline = user.inline.map(\.value)
        var attached = user.attached
        for name in user.groups {
            guard let group = self[IAM.Group.self, IAM.Group.id(ofName: name)] else { continue }
            inline += group.inline.map(\.value)
            attached += group.attached
        }
        return grants(inline, attached, user.boundary, user.tags, account)
    }

    func grants(
        _ inline: OrderedMap<String>, _ attached: [String], _ boundary: String?, _ tags: OrderedMap<String>?,
        _ account: AccountIdentity
    ) -> Grants { grants(inline.map(\.value), attached, boundary, tags, account) }

    private func grants(
        _ inline: [String], _ attached: [String], _ boundary: String?, _ tags: OrderedMap<String>?,
        _ account: AccountIdentity
    ) -> Grants {
        let texts = inline + attached.compactMap { text(ofPolicy: $0, account) }
        return Grants(
            policies: texts.compactMap { try? PolicyDocument($0, kind: .identity) },
            boundary: boundary.map { arn in
                text(ofPolicy: arn, account).flatMap { try? PolicyDocument($0, kind: .identity) }
            },
            tags: (tags ?? [:]).reduce(into: [:]) { $0[$1.key] = $1.value })
    }

    /// What a managed policy says now; nil for those of AWS's that are not known, which grant nothing.
    func text(ofPolicy arn: String, _ account: AccountIdentity) -> String? {
        AWSManagedPolicies.named(arn)?.document ?? (try? policy(arn, account))?.document
    }
}

extension ControlPlane {
    /// Who may sign, as of now.
    package var callers: CallerDirectory { upkeep.withLock(\.directory) }

    /// Takes up changes of roots of IAM.
    func publishCallers(_ roots: Set<RootID>) async {
        guard roots.contains(where: { $0.type.hasPrefix("iam.") }) else { return }
        upkeep.withLock { $0.refresh(roots, self) }
        await settings.callerTraffic?.publish { [self] in callers }
    }
}
