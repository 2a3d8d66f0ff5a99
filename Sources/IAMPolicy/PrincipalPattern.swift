internal import JSON

/// Who asks.
package enum PolicyPrincipal: Sendable, Hashable {
    case anonymous
    case root(account: String)
    /// The id (`AIDA…`) tells a user from an earlier one of the same name; nil where only a name is asked about.
    case user(arn: String, account: String, id: String? = nil)
    /// By its role, by the session's own ARN, and by the role's id with the session's name (`AROA…:name`).
    case session(role: String, arn: String, account: String, id: String? = nil)
    case service(String)
    /// Whom an identity provider has vouched for, by the provider's name or ARN.
    case federated(String)

    package var account: String? {
        switch self {
        case .anonymous, .service, .federated: nil
        case .root(let account), .user(_, let account, _), .session(_, _, let account, _): account
        }
    }
}

/// A principal as a policy names it. There are no wildcards in names: a star stands alone.
///
/// Source: IAM User Guide, reference_policies_elements_principal.
enum PrincipalPattern: Sendable, Equatable {
    case everyone
    /// All of an account, as far as their own policies let them.
    case account(String)
    /// By ARN or by id, as the two below.
    case user(String)
    case role(String)
    case session(String)
    case service(String)
    case federated(String)

    static func all(_ value: JSONValue) throws(PolicyError) -> [PrincipalPattern] {
        if value == "*" { return [.everyone] }
        guard let kinds = value.object, !kinds.isEmpty else { throw .syntax }
        var patterns: [PrincipalPattern] = []
        for (kind, names) in kinds.members {
            for name in try names.policyTexts() {
                switch kind {
                case "AWS": patterns.append(try aws(name))
                case "Service": patterns.append(.service(name))
                case "Federated": patterns.append(.federated(name))
                // Nobody here is known by such an id.
                case "CanonicalUser": continue
                default: throw .syntax
                }
            }
        }
        return patterns
    }

    private static func aws(_ name: String) throws(PolicyError) -> PrincipalPattern {
        if name == "*" { return .everyone }
        if name.utf8.count == 12, name.utf8.allSatisfy({ (0x30...0x39).contains($0) }) { return .account(name) }
        switch PrincipalId(name) {
        case .user: return .user(name)
        case .role: return .role(name)
        case .session: return .session(name)
        case nil: break
        }
        let parts = name.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", !name.contains("*") else { throw .syntax }
        switch (parts[2], parts[5].prefix { $0 != "/" }) {
        case ("iam", "root"): return .account(String(parts[4]))
        case ("iam", "user"): return .user(name)
        case ("iam", "role"): return .role(name)
        case ("sts", "assumed-role"): return .session(name)
        case ("sts", "federated-user"): return .session(name)
        default: throw .syntax
        }
    }

    func matches(_ principal: PolicyPrincipal) -> Bool {
        switch (self, principal) {
        case (.everyone, _): true
        case (.account(let account), _): principal.account == account
        case (.user(let name), .user(let arn, _, let id)): name == arn || name == id
        case (.role(let name), .session(let role, _, _, let id)):
            name == role || id.map { Self.isRole(name, of: $0) } ?? false
        case (.session(let name), .session(_, let arn, _, let id)): name == arn || name == id
        case (.service(let name), .service(let own)): name == own
        case (.federated(let name), .federated(let own)): name == own
        default: false
        }
    }

    /// Whether `NotPrincipal` with these names leaves somebody out: all that he goes by has to be among them, his account
    /// too. Source: IAM User Guide, reference_policies_elements_notprincipal.
    static func leaveOut(_ principal: PolicyPrincipal, _ patterns: [PrincipalPattern]) -> Bool {
        if patterns.contains(.everyone) { return true }
        let named = patterns.filter { $0.matches(principal) }
        func isNamed(_ kind: Kind) -> Bool { named.contains { $0.kind == kind } }
        return switch principal {
        case .anonymous: false
        case .root: isNamed(.account)
        case .user: isNamed(.user) && isNamed(.account)
        case .session: isNamed(.session) && isNamed(.role) && isNamed(.account)
        case .service, .federated: !named.isEmpty
        }
    }

    private enum Kind { case everyone, account, user, role, session, other }

    private var kind: Kind {
        switch self {
        case .everyone: .everyone
        case .account: .account
        case .user: .user
        case .role: .role
        case .session: .session
        case .service, .federated: .other
        }
    }

    /// Whether a session's id is one of the role's with that id.
    private static func isRole(_ id: String, of session: String) -> Bool {
        session.utf8.count > id.utf8.count && session.utf8.starts(with: id.utf8)
            && session.utf8.dropFirst(id.utf8.count).first == UInt8(ascii: ":")
    }

    /// How much a grant to it says for `principal`; nil when it is somebody else.
    func grant(to principal: PolicyPrincipal) -> PolicyVerdict.Grant? {
        guard matches(principal) else { return nil }
        switch (self, principal) {
        case (.user, _), (.session, _): return .byName
        case (.account, .root): return .toCaller
        case (.account, _): return .toAccount
        default: return .toCaller
        }
    }
}
