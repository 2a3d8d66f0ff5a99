import Callers
import GatewayModel
import IAMPolicy

/// What policies would say of calls that nobody makes.
///
/// Source: IAM API reference, SimulatePrincipalPolicy and SimulateCustomPolicy; recorded answers.
struct Simulation {
    var identity: [SimulatedPolicy]
    /// nil inside: there is a boundary that is not known, and allows nothing.
    var boundary: SimulatedPolicy??
    var resource: SimulatedPolicy?
    var caller: PolicyPrincipal
    /// The account that the resources belong to.
    var owner: String
    /// By key in lower case.
    var entries: [String: [String]]
    /// What the caller has for keys that no entry names.
    var facts: Caller?

    struct Result {
        let action: String
        let resource: String
        let decision: String
        let matched: [(policy: SimulatedPolicy, statement: StatementPlace)]
        let missing: [String]
        /// nil without a boundary.
        let isAllowedByBoundary: Bool?
        /// By kind of policy; nil within one account.
        let details: [(kind: String, decision: String)]?

        /// Whether it is about all resources.
        var isGeneral: Bool { resource == "*" }
    }

    func result(_ action: String, _ resource: String) -> Result {
        let request = PolicyRequest(action: action, resource: resource, principal: caller)
        let own = PolicyVerdict.together(identity.map { $0.document.verdict(for: request, values: values) })
        let bound = boundary.map { $0?.document.verdict(for: request, values: values) ?? .silent }
        let granted = self.resource?.document.verdict(for: request, values: values)
        let isForeign = caller.account.map { $0 != owner } ?? false
        var decision = AccessDecision.withinAccount(identity: own, boundary: bound, resource: granted)
        // Across accounts both have to allow.
        if isForeign, case .allowed = decision, !(own.isAllow && bound?.isAllow ?? true && granted?.isAllow ?? false) {
            decision = .notAllowed(missing: own.isAllow ? .resource : .identity)
        }
        return Result(
            action: action, resource: resource, decision: Self.name(of: decision),
            matched: matched(decision, request), missing: missing,
            isAllowedByBoundary: bound.map(\.isAllow),
            details: isForeign
                ? [
                    (SimulatedPolicy.identity, Self.name(of: own)),
                    (SimulatedPolicy.resource, Self.name(of: granted ?? .silent)),
                ] : nil)
    }

    /// The statements that the decision comes from: one that denies stands alone.
    private func matched(
        _ decision: AccessDecision, _ request: PolicyRequest
    ) -> [(policy: SimulatedPolicy, statement: StatementPlace)] {
        var policies = identity + [resource].compactMap(\.self)
        let allowing: Bool
        switch decision {
        case .allowed: allowing = true
        case .explicitlyDenied:
            allowing = false
            if case .some(.some(let boundary)) = boundary { policies.append(boundary) }
        case .notAllowed: return []
        }
        return policies.flatMap { policy in
            policy.document.statements(allowing: allowing, request, values: values)
                .filter { policy.statements.indices.contains($0) }
                .map { (policy, policy.statements[$0]) }
        }
    }

    private func values(_ key: ConditionKey) -> ConditionValues {
        entries[key.name].map { .values($0) } ?? facts?.value(key) ?? .absent
    }

    /// The keys of all policies, whether they are about the call or not (as AWS tells them), that nobody has said.
    var missing: [String] {
        var policies = identity + [resource].compactMap(\.self)
        if case .some(.some(let boundary)) = boundary { policies.append(boundary) }
        return PolicyKeyNames.unique(policies.flatMap(\.keys)).filter { values(ConditionKey($0)) == .absent }
    }

    /// About what one result costs: every policy is held against the resource.
    func cost(of resource: String) -> Int {
        let texts = identity.reduce(0) { $0 + $1.size } + (self.resource?.size ?? 0)
        return texts * (resource.utf8.count + 64)
    }

    private static func name(of decision: AccessDecision) -> String {
        switch decision {
        case .allowed: "allowed"
        case .explicitlyDenied: "explicitDeny"
        case .notAllowed: "implicitDeny"
        }
    }

    private static func name(of verdict: PolicyVerdict) -> String {
        switch verdict {
        case .allow: "allowed"
        case .deny: "explicitDeny"
        case .silent: "implicitDeny"
        }
    }
}
