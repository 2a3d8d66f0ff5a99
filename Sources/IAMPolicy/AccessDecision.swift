/// Whether a request is let through, once all policies that speak of it have been heard.
///
/// Source: IAM User Guide, reference_policies_evaluation-logic; for APIs the Developer Guide,
/// apigateway-authorization-flow.
package enum AccessDecision: Sendable, Equatable {
    case allowed
    /// A policy says no.
    case explicitlyDenied(by: Source)
    /// No policy says yes. `missing`: the kind that would have had to.
    case notAllowed(missing: Source)

    package enum Source: Sendable, Equatable {
        case identity, boundary, session, resource
    }

    /// Within one account: a Deny anywhere, then an Allow of the resource's policy or of the caller's own.
    ///
    /// - Parameters:
    ///   - identity: what the caller's own policies say together; `.silent` when there are none.
    ///   - boundary: of the permissions boundary; nil when there is none.
    ///   - session: of the policies given with the session; nil when there are none.
    ///   - resource: nil when the resource has no policy.
    package static func withinAccount(
        identity: PolicyVerdict, boundary: PolicyVerdict? = nil, session: PolicyVerdict? = nil,
        resource: PolicyVerdict? = nil
    ) -> AccessDecision {
        for (verdict, source) in [
            (identity, Source.identity), (boundary, .boundary), (session, .session), (resource, .resource),
        ] where verdict?.isDeny == true { return .explicitlyDenied(by: source) }
        // A grant to the very caller needs nothing beside it, and no boundary bounds it.
        if case .allow(_, .byName) = resource { return .allowed }
        let isGranted = if case .allow(_, .toCaller) = resource { true } else { false }
        guard identity.isAllow || isGranted else { return .notAllowed(missing: .identity) }
        if let boundary, !boundary.isAllow { return .notAllowed(missing: .boundary) }
        if let session, !session.isAllow { return .notAllowed(missing: .session) }
        return .allowed
    }

    /// Where nobody is known, only the resource's policy can allow.
    package static func anonymous(resource: PolicyVerdict) -> AccessDecision {
        switch resource {
        case .allow: .allowed
        case .deny: .explicitlyDenied(by: .resource)
        case .silent: .notAllowed(missing: .resource)
        }
    }
}

extension PolicyVerdict {
    /// What several policies say together.
    package static func together(_ verdicts: some Sequence<PolicyVerdict>) -> PolicyVerdict {
        var together = PolicyVerdict.silent
        for verdict in verdicts {
            if verdict.isDeny { return verdict }
            if verdict.isAllow { together = verdict }
        }
        return together
    }
}
