import Callers
import GatewayModel
import IAMPolicy
import JSON

/// AWS STS over the query protocol (2011-06-15): who calls, and credentials for a time.
enum SecurityTokenService {
    static let service = FormService(
        name: "sts", namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
        operations: [
            "GetCallerIdentity": callerIdentity, "AssumeRole": assumeRole, "GetSessionToken": sessionToken,
            "AssumeRoleWithWebIdentity": WebIdentity.assumeRole,
            "GetAccessKeyInfo": { _, call throws(ServiceError) in
                let id = try call.required("AccessKeyId")
                return XMLMembers { result in
                    // Of a key that is not this account's nothing can be told.
                    result.add("Account", id.count >= 16 ? call.account.accountId : nil)
                }
            },
        ],
        // Source: botocore's model.
        refused: [
            "AssumeRoleWithSAML", "AssumeRoot", "DecodeAuthorizationMessage",
            "GetDelegatedAccessToken", "GetFederationToken", "GetWebIdentityToken",
        ])

    private static func callerIdentity(
        _ control: ControlPlane, _ call: FormCall
    ) async throws(ServiceError) -> XMLMembers? {
        XMLMembers { result in
            result.add("Arn", call.callerARN)
            result.add("UserId", call.caller?.userId ?? call.account.accountId)
            result.add("Account", call.account.accountId)
        }
    }

    private static func assumeRole(
        _ control: ControlPlane, _ call: FormCall
    ) async throws(ServiceError) -> XMLMembers? {
        let request = try RoleRequest(call)
        try call.refuse([
            "Tags", "TransitiveTagKeys", "SerialNumber", "TokenCode", "SourceIdentity", "ProvidedContexts",
            "MinimumSessionTokenSize",
        ])
        let denied = ServiceError(
            "AccessDenied", status: 403,
            "User: \(call.callerARN) is not authorized to perform: sts:AssumeRole on resource: \(request.arn)")
        guard let role = control.world[IAM.Role.self, IAM.Role.id(ofName: request.roleName)],
            role.arn(call.account) == request.arn
        else { throw denied }
        guard let trust = role.trustPolicy else { throw denied }
        let values = { (key: ConditionKey) -> ConditionValues in
            switch key.name {
            case "sts:externalid": call.members.string("ExternalId").map { .values([$0]) } ?? .absent
            case "sts:rolesessionname": .values([request.sessionName])
            default: call.facts.value(key, of: call.caller)
            }
        }
        let caller = call.caller ?? control.root(call.account)
        let policyRequest = PolicyRequest(action: "sts:AssumeRole", resource: request.arn, principal: caller.principal)
        guard trust.verdict(for: policyRequest, values: values).isAllow,
            case .allowed = caller.decision(policyRequest, resourcePolicy: trust, values)
        else { throw denied }
        let isChained = if case .role = caller.kind { true } else { false }
        return try control.credentials(
            of: role, call,
            SessionTerms(
                name: request.sessionName, policies: try request.policies(call, control.world),
                seconds: try request.seconds(role.maxSessionDuration, isChained: isChained)))
    }

    private static func sessionToken(
        _ control: ControlPlane, _ call: FormCall
    ) async throws(ServiceError) -> XMLMembers? {
        try call.refuse(["SerialNumber", "TokenCode"])
        if let caller = call.caller, caller.sessionStarted != nil {
            throw ServiceError("AccessDenied", status: 403, "Cannot call GetSessionToken with session credentials")
        }
        let seconds = try call.members.integer("DurationSeconds")
        var constraints = Constraints()
        constraints.range(seconds, "durationSeconds", 900...129_600)
        try constraints.checkForm()
        let isUser = if case .user = call.caller?.kind { true } else { false }
        // The account's own sessions last an hour at most.
        let life = min(seconds ?? 43_200, isUser ? 129_600 : 3600)
        let holder = call.caller?.userId ?? call.account.accountId
        let session = control.session(call, holder: holder, SessionTerms(name: "", seconds: life))
        let token = try control.token(of: session)
        return XMLMembers { $0.add(session, token) }
    }
}

/// The role that is asked for.
struct RoleRequest {
    let arn: String
    let roleName: String
    let sessionName: String
    private let duration: Int?

    init(_ call: FormCall) throws(ServiceError) {
        arn = try call.required("RoleArn")
        sessionName = try call.required("RoleSessionName")
        duration = try call.members.integer("DurationSeconds")
        var constraints = Constraints()
        constraints.length(sessionName, "roleSessionName", 2...64)
        constraints.pattern(sessionName, "roleSessionName", #"[\w+=,.@-]*"#) { $0.isWord(and: "+=,.@") }
        constraints.range(duration, "durationSeconds", 900...43_200)
        try constraints.checkForm()
        let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", !parts[1].isEmpty, !parts[2].isEmpty, !parts[5].isEmpty else {
            throw IAMError.validation("\(arn) is invalid")
        }
        roleName = String(parts[5].split(separator: "/").last ?? "")
    }

    func seconds(_ maximum: Int, isChained: Bool) throws(ServiceError) -> Int {
        let seconds = duration ?? 3600
        guard !isChained || seconds <= 3600 else {
            throw IAMError.validation(
                "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining")
        }
        guard seconds <= maximum else {
            throw IAMError.validation(
                "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
        }
        return seconds
    }

    /// Session policies.
    func policies(_ call: FormCall, _ world: World) throws(ServiceError) -> SessionTerms.Policies {
        var policies = SessionTerms.Policies()
        if call.members.string("Policy") != nil {
            let text = try call.document("Policy", .identity)
            guard text.policySize <= 2048 else { throw SessionTerms.Policies.tooLarge }
            // White space does not count, and takes no space in tokens.
            policies.text = (try? JSONValue(parsing: text)).map { String(decoding: $0.bytes, as: UTF8.self) } ?? text
        }
        let arns = call.members.elements("PolicyArns", with: ["arn"])
        guard arns.count <= 10 else {
            throw IAMError.validation("At most 10 managed policies can be given for a session.")
        }
        for element in arns {
            let arn = element.string("arn") ?? ""
            guard world.text(ofPolicy: arn, call.account) != nil else {
                throw IAMError.malformedPolicy("The managed policy \(arn) does not exist.")
            }
            policies.arns.append(arn)
        }
        return policies
    }
}

/// What a session is to be.
struct SessionTerms {
    struct Policies {
        var text: String?
        /// Of managed policies, which are asked as they are at each call.
        var arns: [String] = []

        /// How much of the space for them is used, in percent; nil when there are none.
        var packedSize: Int? {
            let size = (text?.policySize ?? 0) + arns.reduce(0) { $0 + $1.utf8.count }
            return size == 0 ? nil : max(1, min(100, size * 100 / Self.space))
        }

        static let tooLarge = ServiceError(
            "PackedPolicyTooLarge", status: 400, "Packed policy consumes more than 100% of allotted space")

        /// AWS packs them in a way of its own; so many characters are about as much as it takes.
        private static let space = 4_096
    }

    let name: String
    var policies = Policies()
    let seconds: Int
    /// Condition keys by their names in lower case.
    var context: [String: [String]]?
}

extension FormCall {
    var callerARN: String { caller?.arn ?? "arn:\(account.partition):iam::\(account.accountId):root" }

    func refuse(_ names: [String]) throws(ServiceError) {
        for name in names
        where members.string(name) != nil || members.string("\(name).member.1") != nil
            || members.string("\(name).member.1.Key") != nil
        {
            throw IAMError.validation("Gatehouse does not serve \(name) of this operation.")
        }
    }
}

extension ControlPlane {
    /// The account itself, which unknown keys stand for while none are required.
    func root(_ account: AccountIdentity) -> Caller {
        Caller(
            kind: .root, accessKeyId: "", account: account.accountId,
            arn: "arn:\(account.partition):iam::\(account.accountId):root", userId: account.accountId,
            principal: .root(account: account.accountId), grants: .none)
    }

    /// Credentials of a role's session, as STS answers them.
    func credentials(
        of role: IAM.Role, _ call: FormCall, _ terms: SessionTerms
    ) throws(ServiceError) -> XMLMembers {
        let session = session(call, holder: role.id, terms)
        let token = try token(of: session)
        return XMLMembers { result in
            result.add(session, token)
            result.structure("AssumedRoleUser") { user in
                user.add("AssumedRoleId", "\(role.id):\(terms.name)")
                user.add(
                    "Arn",
                    "arn:\(call.account.partition):sts::\(call.account.accountId):assumed-role/"
                        + "\(role.name)/\(terms.name)")
            }
            result.add("PackedPolicySize", terms.policies.packedSize)
        }
    }

    func session(_ call: FormCall, holder: String, _ terms: SessionTerms) -> SessionTokens.Session {
        var session = SessionTokens.Session(
            accessKeyId: SessionTokens(key: settings.sealing).newKeyId("ASIA"), secret: Identifiers.apiKeyValue(),
            holder: holder, name: terms.name, policies: terms.policies.text.map { [$0] }, started: call.now.seconds,
            expires: call.now.seconds + Int64(terms.seconds))
        if !terms.policies.arns.isEmpty { session.policyARNs = terms.policies.arns }
        session.context = terms.context
        return session
    }

    func token(of session: SessionTokens.Session) throws(ServiceError) -> String {
        guard let token = SessionTokens(key: settings.sealing).seal(session) else {
            throw .internalFailure("The session could not be sealed.")
        }
        guard token.utf8.count <= SessionTokens.maximumBytes else { throw SessionTerms.Policies.tooLarge }
        return token
    }
}

extension XMLMembers {
    fileprivate mutating func add(_ session: SessionTokens.Session, _ token: String) {
        structure("Credentials") { member in
            member.add("AccessKeyId", session.accessKeyId)
            member.add("SecretAccessKey", session.secret)
            member.add("SessionToken", token)
            member.add("Expiration", Timestamp(milliseconds: session.expires * 1000).iso8601)
        }
    }
}
