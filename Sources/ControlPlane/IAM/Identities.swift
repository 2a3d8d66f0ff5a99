import GatewayModel
import HashTreeCollections
import IAMPolicy
import JSON

/// The users and roles that there are, as policies name them.
///
/// A policy that names one means that one, and none that is made later under the name: it is kept with ids in place of
/// ARNs, and shown with ARNs as long as there is somebody to the id. Source: IAM User Guide,
/// reference_policies_elements_principal.
struct Identities: Sendable {
    enum Principal: Equatable {
        case present(id: String)
        /// Of this account, and not there.
        case absent
        /// Nobody who would be here: an account, a user of another one.
        case elsewhere
    }

    private let account: AccountIdentity
    private let users: Roots<IAM.User>
    private let roles: Roots<IAM.Role>
    private let holders: TreeDictionary<String, String>

    init(_ world: World, _ account: AccountIdentity) {
        self.account = account
        users = world.users
        roles = world.roles
        holders = world.holders
    }

    func principal(_ name: String) -> Principal {
        if PrincipalId(name) != nil { return arn(of: name) == nil ? .absent : .present(id: name) }
        let parts = name.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[4] == account.accountId else { return .elsewhere }
        let words = parts[5].split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        switch (parts[2], words[0]) {
        case ("iam", "user"):
            let user = users[IAM.User.id(ofName: words[words.count - 1])]?.root
            return user?.arn(account) == name ? .present(id: user?.id ?? "") : .absent
        case ("iam", "role"):
            let role = roles[IAM.Role.id(ofName: words[words.count - 1])]?.root
            return role?.arn(account) == name ? .present(id: role?.id ?? "") : .absent
        case ("sts", "assumed-role"):
            guard words.count == 3, let role = roles[IAM.Role.id(ofName: words[1])]?.root, role.name == words[1] else {
                return .absent
            }
            return .present(id: "\(role.id):\(words[2])")
        default: return .elsewhere
        }
    }

    /// nil when whoever had the id is gone.
    func arn(of id: String) -> String? {
        switch PrincipalId(id) {
        case .user: return holders[id].flatMap { users[$0] }?.root.arn(account)
        case .role: return role(id)?.arn(account)
        case .session:
            let parts = id.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, let role = role(String(parts[0])) else { return nil }
            return "arn:\(account.partition):sts::\(account.accountId):assumed-role/\(role.name)/\(parts[1])"
        case nil: return nil
        }
    }

    private func role(_ id: String) -> IAM.Role? { holders[id].flatMap { roles[$0] }?.root }

    /// A policy's text that is kept with ids, as it is shown.
    func shown(_ policy: String) -> String {
        guard policy.contains("AIDA") || policy.contains("AROA"), let value = try? JSONValue(parsing: policy) else {
            return policy
        }
        return PolicyDocument.renamingPrincipals(of: value, arn(of:)).text
    }
}
