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

        package init(kind: Caller.Kind, arn: String, grants: Grants) {
            self.kind = kind
            self.arn = arn
            self.grants = grants
        }
    }

    private let account: AccountIdentity
    private let tokens: SessionTokens?
    /// nil where no functions run.
    private let environments: LiveEnvironments?
    private var keys: TreeDictionary<String, Key> = [:]
    /// By `AROA…` and `AIDA…`.
    private var holders: TreeDictionary<String, Holder> = [:]
    /// Managed policies by their ARNs, for sessions that are bounded by them.
    private var policies: TreeDictionary<String, PolicyDocument> = [:]

    package static let nobody = CallerDirectory(account: AccountIdentity(), tokens: nil)

    package init(account: AccountIdentity, tokens: SessionTokens?, environments: LiveEnvironments? = nil) {
        self.account = account
        self.tokens = tokens
        self.environments = environments
    }

    package mutating func set(_ id: String, _ holder: Holder?) { holders[id] = holder }
    package mutating func set(key id: String, _ key: Key?) { keys[id] = key }
    package mutating func set(policy arn: String, _ policy: PolicyDocument?) { policies[arn] = policy }

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
                userId: session.holder, principal: .user(arn: holder.arn, account: account.accountId),
                grants: holder.grants, session: documents, sessionStarted: session.started, isPlainSession: true)
        case .role(let name):
            let arn = "arn:\(account.partition):sts::\(account.accountId):assumed-role/\(name)/\(session.name)"
            return Caller(
                kind: holder.kind, accessKeyId: session.accessKeyId, account: account.accountId, arn: arn,
                userId: "\(session.holder):\(session.name)",
                principal: .session(role: holder.arn, arn: arn, account: account.accountId), grants: holder.grants,
                session: documents, sessionStarted: session.started, isFunction: session.environment != nil,
                context: session.context ?? [:])
        }
    }
}
