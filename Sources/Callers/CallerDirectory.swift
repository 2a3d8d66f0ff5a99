package import GatewayModel
internal import HashTreeCollections
package import IAMPolicy
package import SigV4

/// Everybody who has keys, at one moment. A value that shares what does not change.
package struct CallerDirectory: Sendable {
    /// What a long-term key is to.
    package struct Key: Sendable {
        package let secret: String
        package let caller: Caller

        package init(secret: String, caller: Caller) {
            self.secret = secret
            self.caller = caller
        }
    }

    /// A role or a user that sessions are of.
    package struct Holder: Sendable {
        package let kind: Caller.Kind
        package let arn: String
        package let grants: Grants
        /// Of a role: who may assume it.
        package let trust: PolicyDocument?
        /// Since when it is as it is, in seconds since 1970.
        package let since: Int64

        package init(
            kind: Caller.Kind, arn: String, grants: Grants, trust: PolicyDocument? = nil, since: Int64 = 0
        ) {
            self.kind = kind
            self.arn = arn
            self.grants = grants
            self.trust = trust
            self.since = since
        }
    }

    /// A role, and whom API Gateway calls as when it has assumed it.
    private struct Role: Sendable {
        let trust: PolicyDocument?
        let caller: Caller
    }

    private let account: AccountIdentity
    private let tokens: SessionTokens?
    /// Whether a role that is not here cannot be assumed.
    private let requiresRoles: Bool
    /// nil where no functions run.
    private let environments: LiveEnvironments?
    private var keys: TreeDictionary<String, Key> = [:]
    /// By `AROA…` and `AIDA…`.
    private var holders: TreeDictionary<String, Holder> = [:]
    /// By their ARNs.
    private var roles: TreeDictionary<String, Role> = [:]
    /// Managed policies by their ARNs, for sessions that are bounded by them.
    private var policies: TreeDictionary<String, PolicyDocument> = [:]

    package static let nobody = CallerDirectory(account: AccountIdentity(), tokens: nil)

    package init(
        account: AccountIdentity, tokens: SessionTokens?, environments: LiveEnvironments? = nil,
        requiresRoles: Bool = false
    ) {
        self.account = account
        self.tokens = tokens
        self.environments = environments
        self.requiresRoles = requiresRoles
    }

    package mutating func set(_ id: String, _ holder: Holder?) {
        if let old = holders[id] { roles[old.arn] = nil }
        holders[id] = holder
        guard let holder, case .role(let name) = holder.kind else { return }
        let arn = sessionARN(ofRole: name, Self.gatewaySession)
        roles[holder.arn] = Role(
            trust: holder.trust,
            caller: Caller(
                kind: holder.kind, accessKeyId: "", account: account.accountId, arn: arn,
                userId: "\(id):\(Self.gatewaySession)",
                principal: .session(
                    role: holder.arn, arn: arn, account: account.accountId, id: "\(id):\(Self.gatewaySession)"),
                grants: holder.grants, sessionStarted: holder.since))
    }

    package mutating func set(key id: String, _ key: Key?) { keys[id] = key }
    package mutating func set(policy arn: String, _ policy: PolicyDocument?) { policies[arn] = policy }

    /// What API Gateway calls its sessions of roles.
    private static let gatewaySession = "BackplaneAssumeRoleSession"

    /// Assumes a role for API Gateway. Its trust policy is asked each time, since it may speak of the time.
    package func gatewayRole(_ arn: String, now: Timestamp) -> GatewayRole {
        guard let role = roles[arn] else {
            return requiresRoles || !CallCredentials.isRole(arn) ? .refused("there is no such role") : .madeUp
        }
        guard let trust = role.trust, AssumingService.apiGateway.may(assume: arn, by: trust, account, now: now) else {
            return .refused("its trust policy does not let \(AssumingService.apiGateway.principal) do sts:AssumeRole")
        }
        return .assumed(role.caller)
    }

    /// Assumes a role for another service; nil where it may not, or where there is no such role.
    package func serviceRole(_ arn: String, _ service: AssumingService, now: Timestamp) -> Caller? {
        guard let role = roles[arn], let trust = role.trust, service.may(assume: arn, by: trust, account, now: now)
        else { return nil }
        return role.caller
    }

    private func sessionARN(ofRole name: String, _ session: String) -> String {
        "arn:\(account.partition):sts::\(account.accountId):assumed-role/\(name)/\(session)"
    }

    /// Whether a key was made here, whatever has become of it.
    package func isOwn(keyId id: String) -> Bool { keys[id] != nil || tokens?.isOwn(keyId: id) == true }

    /// Whose key a request names, and the secret that it has to be signed with.
    package func key(_ id: String, token: String?, now: Timestamp) throws(SignatureFault) -> Key {
        guard let token else {
            guard let key = keys[id] else { throw .unknownKey }
            return key
        }
        guard keys[id] == nil, let session = tokens?.open(token), session.accessKeyId == id else {
            throw SignatureFault(.unknownKey, "The security token included in the request is invalid")
        }
        guard now.seconds < session.expires, isLive(session) else { throw .expiredToken }
        guard let caller = caller(of: session) else {
            throw SignatureFault(.unknownKey, "The security token included in the request is invalid")
        }
        return Key(secret: session.secret, caller: caller)
    }

    private func isLive(_ session: SessionTokens.Session) -> Bool {
        session.environment.map { environments?.has($0) ?? false } ?? true
    }

    /// nil when the user or role is gone.
    private func caller(of session: SessionTokens.Session) -> Caller? {
        // What was good when the session began is good now; a managed policy that is gone allows nothing.
        let texts = session.policies ?? []
        let own = texts.compactMap { try? PolicyDocument($0, kind: .identity) }
        guard own.count == texts.count else { return nil }
        let documents: [PolicyDocument]? =
            session.policies == nil && session.policyARNs == nil
            ? nil : own + (session.policyARNs ?? []).compactMap { policies[$0] }
        let isOperators = session.holder == SessionTokens.operators
        if isOperators || session.holder == account.accountId {
            let arn = "arn:\(account.partition):iam::\(account.accountId):root"
            return Caller(
                kind: .root, accessKeyId: session.accessKeyId, account: account.accountId, arn: arn,
                userId: account.accountId, principal: .root(account: account.accountId), grants: .none,
                session: documents, sessionStarted: session.started, isPlainSession: !isOperators)
        }
        guard let holder = holders[session.holder] else { return nil }
        switch holder.kind {
        case .root: return nil
        case .user:
            return Caller(
                kind: holder.kind, accessKeyId: session.accessKeyId, account: account.accountId, arn: holder.arn,
                userId: session.holder,
                principal: .user(arn: holder.arn, account: account.accountId, id: session.holder),
                grants: holder.grants, session: documents, sessionStarted: session.started, isPlainSession: true)
        case .role(let name):
            let arn = sessionARN(ofRole: name, session.name)
            let id = "\(session.holder):\(session.name)"
            return Caller(
                kind: holder.kind, accessKeyId: session.accessKeyId, account: account.accountId, arn: arn, userId: id,
                principal: .session(role: holder.arn, arn: arn, account: account.accountId, id: id),
                grants: holder.grants, session: documents, sessionStarted: session.started,
                isFunction: session.environment != nil,
                context: session.context ?? [:])
        }
    }
}
