import Callers
import GatewayModel
import IAMPolicy
import JSON

/// The user, group or role whose policies are simulated.
struct SimulationSource {
    var policies: [SimulatedPolicy] = []
    var boundary: SimulatedPolicy??
    let principal: PolicyPrincipal
    /// Of users and roles.
    let facts: Caller?

    init(_ call: FormCall, _ world: World) throws(ServiceError) {
        let arn = try call.required("PolicySourceArn")
        let account = call.account
        let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        let entity = parts.count == 6 ? parts[5].split(separator: "/", omittingEmptySubsequences: false) : []
        guard entity.count > 1, let name = entity.last.map(String.init), !name.isEmpty, parts[2] == "iam" else {
            throw IAMError.invalidInput("Invalid Entity Arn: \(arn) does not clearly define entity type and name.")
        }
        func found<Holder: PolicyHolder>(
            _ type: Holder.Type, _ ownARN: (Holder) -> String
        ) throws(ServiceError) -> Holder {
            guard let holder = world[Holder.self, Holder.id(ofName: name)], ownARN(holder) == arn else {
                throw Holder.notFound(name)
            }
            return holder
        }
        switch entity[0] {
        case "user":
            let user = try found(IAM.User.self) { $0.arn(account) }
            principal = .user(arn: arn, account: account.accountId)
            facts = Caller(
                kind: .user(name: name), accessKeyId: "", account: account.accountId, arn: arn, userId: user.id,
                principal: principal, grants: world.grants(of: user, account))
            take(user, world, account)
            for group in user.groups {
                guard let group = world[IAM.Group.self, IAM.Group.id(ofName: group)] else { continue }
                take(group, world, account)
            }
            take(boundary: user.boundary, world, account)
        case "role":
            let role = try found(IAM.Role.self) { $0.arn(account) }
            principal = .session(role: arn, arn: arn, account: account.accountId)
            facts = Caller(
                kind: .role(name: name), accessKeyId: "", account: account.accountId, arn: arn, userId: role.id,
                principal: principal,
                grants: world.grants(role.inline, role.attached, role.boundary, role.tags, account))
            take(role, world, account)
            take(boundary: role.boundary, world, account)
        case "group":
            let group = try found(IAM.Group.self) { $0.arn(account) }
            // A group calls nothing: a user of it would.
            principal = .user(arn: arn, account: account.accountId)
            facts = nil
            take(group, world, account)
        default:
            throw IAMError.invalidInput("Invalid Entity Arn: \(arn) does not clearly define entity type and name.")
        }
    }

    /// Policies of AWS's own that are not known here grant nothing.
    private mutating func take<Holder: PolicyHolder>(_ holder: Holder, _ world: World, _ account: AccountIdentity) {
        for (name, text) in holder.inline {
            let name = "\(Holder.kind.lowercased())_\(holder.name)_\(name)"
            if let policy = try? SimulatedPolicy(name, text) { policies.append(policy) }
        }
        policies += holder.attached.compactMap { Self.managed($0, world, account) }
    }

    private mutating func take(boundary arn: String?, _ world: World, _ account: AccountIdentity) {
        if let arn { boundary = .some(Self.managed(arn, world, account)) }
    }

    private static func managed(_ arn: String, _ world: World, _ account: AccountIdentity) -> SimulatedPolicy? {
        guard let text = world.text(ofPolicy: arn, account), let name = PolicyName(arn)?.name else { return nil }
        return try? SimulatedPolicy(name, text)
    }
}
