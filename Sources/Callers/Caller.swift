package import IAMPolicy

/// Somebody whose signature is known, and what he may do.
package final class Caller: Sendable {
    package enum Kind: Sendable, Equatable {
        case root
        case user(name: String)
        case role(name: String)
    }

    package let kind: Kind
    package let accessKeyId: String
    package let account: String
    package let arn: String
    /// `AIDA…`, of a session `AROA…:name`, of the account itself its number.
    package let userId: String
    package let principal: PolicyPrincipal
    /// Session policies, or nil when the session has none.
    private let session: [PolicyDocument]?
    private let grants: Grants
    /// Of the user or role, for `aws:PrincipalTag/…`.
    package var tags: [String: String] { grants.tags }
    /// Seconds since 1970; nil for who has no session.
    package let sessionStarted: Int64?
    /// Whether it is one of GetSessionToken, which IAM and most of STS do not take.
    package let isPlainSession: Bool
    /// Whether it is a function, by its role.
    package let isFunction: Bool
    /// Condition keys that a session has of its own.
    private let context: [String: [String]]

    package init(
        kind: Kind, accessKeyId: String, account: String, arn: String, userId: String, principal: PolicyPrincipal,
        grants: Grants, session: [PolicyDocument]? = nil, sessionStarted: Int64? = nil, isPlainSession: Bool = false,
        isFunction: Bool = false, context: [String: [String]] = [:]
    ) {
        self.kind = kind
        self.accessKeyId = accessKeyId
        self.account = account
        self.arn = arn
        self.userId = userId
        self.principal = principal
        self.grants = grants
        self.session = session
        self.sessionStarted = sessionStarted
        self.isPlainSession = isPlainSession
        self.isFunction = isFunction
        self.context = context
    }

    package var isUser: Bool { if case .user = kind { true } else { false } }

    /// The account itself, whom no policy of a caller's own bounds.
    package var isUnbounded: Bool { kind == .root && session == nil }

    /// Whether the caller may do something, as far as policies of his own and the resource's say.
    package func decision(
        _ request: PolicyRequest, resourcePolicy: PolicyDocument? = nil, _ values: (ConditionKey) -> ConditionValues
    ) -> AccessDecision {
        var request = request
        request.isBounded = grants.boundary != nil
        let verdict = resourcePolicy?.verdict(for: request, values: values)
        if isUnbounded {
            return verdict?.isDeny == true ? .explicitlyDenied(by: .resource) : .allowed
        }
        return .withinAccount(
            identity: .together(grants.policies.map { $0.verdict(for: request, values: values) }),
            boundary: grants.boundary.map { $0?.verdict(for: request, values: values) ?? .silent },
            session: session.map { .together($0.map { $0.verdict(for: request, values: values) }) },
            resource: verdict)
    }

    /// The statement of the caller's own policies that denies a request, for those who look for the reason.
    package func denial(of request: PolicyRequest, _ values: (ConditionKey) -> ConditionValues) -> String? {
        let boundary = grants.boundary.flatMap(\.self)
        for document in grants.policies + [boundary].compactMap(\.self) + (session ?? []) {
            if case .deny(let statement) = document.verdict(for: request, values: values) {
                return document.name(ofStatement: statement)
            }
        }
        return nil
    }

    /// Why the caller may not do something, in AWS's words; nil when he may.
    package func refusal(
        _ action: String, on resource: String, resourcePolicy: PolicyDocument? = nil,
        _ values: (ConditionKey) -> ConditionValues
    ) -> String? {
        let request = PolicyRequest(action: action, resource: resource, principal: principal)
        let decision = decision(request, resourcePolicy: resourcePolicy, values)
        guard decision != .allowed else { return nil }
        return "User: \(arn) is not authorized to perform: \(action) on resource: \(resource)" + decision.reason(action)
    }

    /// What every request of the caller has for condition keys; nil for keys that are not the caller's.
    package func value(_ key: ConditionKey) -> ConditionValues? {
        if let values = context[key.name] { return .values(values) }
        switch key.name {
        case "aws:principalarn": return .values([principalARN])
        case "aws:principalaccount": return .values([account])
        case "aws:principaltype":
            switch kind {
            case .root: return .values(["Account"])
            case .user: return .values(["User"])
            case .role: return .values(["AssumedRole"])
            }
        case "aws:userid": return .values([userId])
        case "aws:username":
            guard case .user(let name) = kind else { return .absent }
            return .values([name])
        case "aws:tokenissuetime": return sessionStarted.map { .values([String($0)]) } ?? .absent
        // Nobody here has a second factor; long-term keys have none of the two keys, as in AWS.
        case "aws:multifactorauthpresent": return sessionStarted == nil ? .absent : .values(["false"])
        case "aws:multifactorauthage": return .absent
        default:
            guard key.name.hasPrefix("aws:principaltag/") else { return nil }
            let name = key.name.dropFirst(17)
            return tags.first { $0.key.lowercased() == name }.map { .values([$0.value]) } ?? .absent
        }
    }

    /// Of a session, the role's.
    private var principalARN: String {
        if case .session(let role, _, _, _) = principal { role } else { arn }
    }
}

/// What a user or a role may do, compiled once.
package final class Grants: Sendable {
    package let policies: [PolicyDocument]
    /// nil inside: there is a boundary that is not known, and allows nothing.
    package let boundary: PolicyDocument??
    package let tags: [String: String]

    package init(policies: [PolicyDocument], boundary: PolicyDocument??, tags: [String: String] = [:]) {
        self.policies = policies
        self.boundary = boundary
        self.tags = tags
    }

    package static let none = Grants(policies: [], boundary: nil)
}

extension AccessDecision {
    /// AWS's words for it, behind "is not authorized to perform: ACTION on resource: ARN".
    package func reason(_ action: String) -> String {
        switch self {
        case .allowed: ""
        case .explicitlyDenied(let source):
            " with an explicit deny in \(source == .identity ? "an" : "a") \(source.words)"
        case .notAllowed(let source): " because no \(source.words) allows the \(action) action"
        }
    }
}

extension AccessDecision.Source {
    fileprivate var words: String {
        switch self {
        case .identity: "identity-based policy"
        case .boundary: "permissions boundary"
        case .session: "session policy"
        case .resource: "resource-based policy"
        }
    }
}
