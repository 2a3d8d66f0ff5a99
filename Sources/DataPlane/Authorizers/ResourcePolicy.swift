import IAMPolicy

/// The resource policy of a REST API on a request's way. What it says together with those of callers known by IAM,
/// `SignatureCheck` asks. Source: Developer Guide, apigateway-authorization-flow.
enum ResourcePolicy {
    /// Before a function authorizer: whom the policy denies is not asked about. Whom it allows needs no more than an
    /// authorizer that does not deny.
    static func screen(_ x: Exchange) throws(Refusal) {
        guard let policy = x.rest.deployment?.policy else { return }
        let verdict = try verdict(policy, x)
        if verdict.isDeny { throw refuse(x, policy, verdict) }
        x.rest.isAllowedByPolicy = verdict.isAllow
    }

    /// Where nobody is known by IAM the policy has to allow, whatever a token says of its bearer.
    static func check(_ x: Exchange) throws(Refusal) {
        guard let policy = x.rest.deployment?.policy, x.caller == nil, x.decision == nil else { return }
        let verdict = try verdict(policy, x)
        guard verdict.isAllow else { throw refuse(x, policy, verdict) }
        x.rest.authorize = .passed
    }

    private static func verdict(_ policy: PolicyDocument, _ x: Exchange) throws(Refusal) -> PolicyVerdict {
        policy.verdict(for: try MethodARN.request(x, by: .anonymous)) { PolicyValues.of($0, x) }
    }

    private static func refuse(_ x: Exchange, _ policy: PolicyDocument, _ verdict: PolicyVerdict) -> Refusal {
        x.rest.authorize = .refused
        x.tellNotAuthorized("anonymous", AccessDecision.anonymous(resource: verdict))
        x.reason = explanation(policy, verdict, String(decoding: x.worker.methodARN, as: UTF8.self))
        return .callerDenied
    }

    /// For the operator.
    static func explanation(_ policy: PolicyDocument, _ verdict: PolicyVerdict, _ arn: String) -> String {
        if case .deny(let statement) = verdict {
            return "is denied by its API's resource policy: \(policy.name(ofStatement: statement)) denies "
                + "execute-api:Invoke on \(arn)"
        }
        return "is not allowed by its API's resource policy: no statement allows execute-api:Invoke on \(arn)"
    }
}
