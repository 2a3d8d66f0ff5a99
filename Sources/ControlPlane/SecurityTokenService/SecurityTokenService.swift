import Callers
import GatewayModel
import IAMPolicy

/// AWS STS over the query protocol (2011-06-15): who calls, and credentials for a time.
enum SecurityTokenService {
    static let service = FormService(
        name: "sts", namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
        operations: [
            "GetCallerIdentity": callerIdentity, "AssumeRole": assumeRole, "GetSessionToken": sessionToken,
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
            "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity", "AssumeRoot", "DecodeAuthorizationMessage",
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
        ])
        let denied = ServiceError(
            "AccessDenied", status: 403,
            "User: \(call.callerARN) is not authorized to perform: sts:AssumeRole on resource: \(request.arn)")
        guard let role = control.world[IAM.Role.self, IAM.Role.id(ofName: request.roleName)],
            role.arn(call.account) == request.arn
        else { throw denied }
        guard let trust = try? PolicyDocument(role.trust, kind: .trust) else { throw denied }
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
        let seconds = try request.seconds(role.maxSessionDuration, isChained: isChained)
        return try control.credentials(
            of: role, call, named: request.sessionName, policies: try request.policies(call, control.world),
            seconds: seconds)
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
        let (session, _) = control.session(call, holder: holder, named: "", policies: nil, seconds: life)
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

    /// Texts of session policies; nil when there are none.
    func policies(_ call: FormCall, _ world: World) throws(ServiceError) -> [String]? {
        var texts: [String] = []
        if call.members.string("Policy") != nil {
            let text = try call.document("Policy", .identity)
            guard text.policySize <= 2048 else {
                throw ServiceError(
                    "PackedPolicyTooLarge", status: 400, "Packed policy consumes more than 100% of allotted space")
            }
            texts.append(text)
        }
        let arns = call.members.elements("PolicyArns", with: ["arn"])
        guard arns.count <= 10 else {
            throw IAMError.validation("At most 10 managed policies can be given for a session.")
        }
        for element in arns {
            let arn = element.string("arn") ?? ""
            guard let text = world.text(ofPolicy: arn, call.account) else {
                throw IAMError.malformedPolicy("The managed policy \(arn) does not exist.")
            }
            texts.append(text)
        }
        return texts.isEmpty ? nil : texts
    }
}

extension FormCall {
    var callerARN: String { caller?.arn ?? "arn:\(account.partition):iam::\(account.accountId):root" }

    fileprivate func refuse(_ names: [String]) throws(ServiceError) {
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
        of role: IAM.Role, _ call: FormCall, named name: String, policies: [String]?, seconds: Int
    ) throws(ServiceError) -> XMLMembers {
        let (session, packed) = session(call, holder: role.id, named: name, policies: policies, seconds: seconds)
        let token = try token(of: session)
        return XMLMembers { result in
            result.add(session, token)
            result.structure("AssumedRoleUser") { user in
                user.add("AssumedRoleId", "\(role.id):\(name)")
                user.add(
                    "Arn",
                    "arn:\(call.account.partition):sts::\(call.account.accountId):assumed-role/\(role.name)/\(name)")
            }
            result.add("PackedPolicySize", packed)
        }
    }

    /// - Returns: the credentials, and how much of the space for session policies is used, in percent.
    func session(
        _ call: FormCall, holder: String, named name: String, policies: [String]?, seconds: Int
    ) -> (SessionTokens.Session, packed: Int?) {
        let session = SessionTokens.Session(
            accessKeyId: SessionTokens(key: settings.sealing).newKeyId("ASIA"), secret: Identifiers.apiKeyValue(),
            holder: holder,
            name: name, policies: policies, started: call.now.seconds, expires: call.now.seconds + Int64(seconds))
        let size = policies.map { $0.reduce(0) { $0 + $1.policySize } }
        return (session, size.map { max(1, min(100, $0 * 100 / 4096)) })
    }

    func token(of session: SessionTokens.Session) throws(ServiceError) -> String {
        guard let token = SessionTokens(key: settings.sealing).seal(session) else {
            throw .internalFailure("The session could not be sealed.")
        }
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
