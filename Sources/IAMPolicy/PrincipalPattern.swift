internal import JSON

/// Who asks.
package enum PolicyPrincipal: Sendable, Hashable {
    case anonymous
    case root(account: String)
    case user(arn: String, account: String)
    /// By its role, and by the session's own ARN.
    case session(role: String, arn: String, account: String)
    case service(String)
    /// Whom an identity provider has vouched for, by the provider's name or ARN.
    case federated(String)

    package var account: String? {
        switch self {
        case .anonymous, .service, .federated: nil
        case .root(let account), .user(_, let account), .session(_, _, let account): account
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
        case (.user(let arn), .user(let own, _)): arn == own
        case (.role(let role), .session(let own, _, _)): role == own
        case (.session(let arn), .session(_, let own, _)): arn == own
        case (.service(let name), .service(let own)): name == own
        case (.federated(let name), .federated(let own)): name == own
        default: false
        }
    }

    /// Whether `NotPrincipal` with these names leaves somebody out: all that he goes by has to be among them, his account
    /// too. Source: IAM User Guide, reference_policies_elements_notprincipal.
    static func leaveOut(_ principal: PolicyPrincipal, _ patterns: [PrincipalPattern]) -> Bool {
        if patterns.contains(.everyone) { return true }
        let names: [PrincipalPattern] =
            switch principal {
            case .anonymous: []
            case .root(let account): [.account(account)]
            case .user(let arn, let account): [.user(arn), .account(account)]
            case .session(let role, let arn, let account): [.session(arn), .role(role), .account(account)]
            case .service(let name): [.service(name)]
            case .federated(let name): [.federated(name)]
            }
        return !names.isEmpty && names.allSatisfy(patterns.contains)
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
