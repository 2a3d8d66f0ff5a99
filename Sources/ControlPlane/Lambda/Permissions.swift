import EntityStore
import GatewayModel
import JSON

extension LambdaOperations {
    static var permissions: [Operation] {
        [
            Operation("AddPermission", .lambda, .post, function + "/policy", success: 201, addPermission),
            Operation("GetPolicy", .lambda, .get, function + "/policy", getPolicy),
            Operation(
                "RemovePermission", .lambda, .delete, function + "/policy/{StatementId}", success: 204, removePermission
            ),
        ]
    }
}

extension LambdaOperations {
    private static func addPermission(
        _ control: ControlPlane, _ call: Call
    ) async throws(ServiceError) -> Reply {
        let members = Members(try call.object())
        let input = try PermissionInput(members)
        var constraints = Constraints()
        input.check(&constraints)
        let name = try call.functionName(.namespaced, in: control.settings.account, constraints)
        guard name.qualifier != Qualifier.latest else {
            throw .invalidParameter("We currently do not support adding policies for $LATEST.")
        }
        var statement = try await control.changeFunction(name) { function throws(ServiceError) in
            try check(name.qualifier, of: function, in: call.account)
            let present = function.policies[name.qualifier ?? ""]
            if let revisionId = try members.string("RevisionId") {
                // Where there is no policy yet, only what it would belong to has a revision to know.
                guard revisionId == present?.revisionId ?? function.revisionId(name.qualifier) else {
                    throw .wrongRevision(see: "GetPolicy")
                }
            }
            let arn = call.account.functionARN(function.name, qualifier: name.qualifier)
            let statement = try input.statement(resource: arn, call)
            guard present?.policy.statements.contains(where: { $0.sid == statement.sid }) != true else {
                throw .resourceConflict(
                    "The statement id (\(statement.sid)) provided already exists. "
                        + "Please provide a new statement id, or remove the existing statement.")
            }
            try function.add(statement, to: name.qualifier)
            return statement
        }
        statement.principal = call.identities.arn(of: statement.principal) ?? statement.principal
        return .json(["Statement": .string(statement.document.text)])
    }

    private static func getPolicy(_ control: ControlPlane, _ call: Call) throws(ServiceError) -> Reply {
        let name = try call.functionName(.namespaced, in: control.settings.account)
        guard let stored = control.world[LambdaFunction.self, name.name]?.policies[name.policyKey] else {
            throw .resourceNotFound("The resource you requested does not exist.")
        }
        let policy = call.identities.shown(stored.policy.document.text)
        return .json(["Policy": .string(policy), "RevisionId": .string(stored.revisionId)])
    }

    private static func removePermission(
        _ control: ControlPlane, _ call: Call
    ) async throws(ServiceError) -> Reply {
        let sid = call.path("StatementId")
        var constraints = Constraints()
        constraints.length(sid, "statementId", 1...100)
        constraints.pattern(sid, "statementId", "([a-zA-Z0-9-_.]+)") { $0.isWord(and: ".") }
        let name = try call.functionName(.namespaced, in: control.settings.account, constraints)
        try await control.commitFunction(name.name) { change throws(ServiceError) in
            guard var function = change.root else {
                throw .resourceNotFound("No policy found for: \(call.account.functionARN(name.name))")
            }
            try check(name.qualifier, of: function, in: call.account)
            guard var stored = function.policies[name.policyKey] else {
                throw .resourceNotFound("No policy is associated with the given resource.")
            }
            guard let position = stored.policy.statements.firstIndex(where: { $0.sid == sid }) else {
                throw .resourceNotFound("Statement \(sid) is not found in resource policy.")
            }
            if let revisionId = call.query("RevisionId"), revisionId != stored.revisionId {
                throw .wrongRevision(see: "GetPolicy")
            }
            stored.policy.statements.remove(at: position)
            stored.revisionId = Identifiers.uuid()
            function.policies[name.policyKey] = stored.policy.statements.isEmpty ? nil : stored
            change.root = function
        }
        return .empty
    }

    /// A qualifier must mean something that there is.
    private static func check(
        _ qualifier: String?, of function: LambdaFunction, in account: AccountIdentity
    ) throws(ServiceError) {
        guard let qualifier, function.resolve(qualifier) == nil else { return }
        let arn = account.functionARN(function.name, qualifier: qualifier)
        if Qualifier.isAlias(qualifier) { throw .resourceNotFound("Cannot find alias arn: \(arn)") }
        throw .functionNotFound(arn)
    }
}

extension ControlPlane {
    /// Lets the API that quick create made call the function of its target, where there is one of that name; a name may
    /// carry a qualifier. Any route of the API may call: UpdateApi changes the route key of quick create later.
    func grantQuickCreatePermission(functionName: String, apiId: String) async throws(ServiceError) {
        guard let name = FunctionName(parsing: functionName), name.qualifier != Qualifier.latest else { return }
        var statement = Lambda.Statement(
            sid: Self.quickCreateSid(apiId), principal: "apigateway.amazonaws.com",
            action: "lambda:InvokeFunction",
            resource: settings.account.functionARN(name.name, qualifier: name.qualifier))
        statement.sourceArn = settings.account.executeAPIARN("\(apiId)/*")
        try await commitFunction(name.name) { change throws(ServiceError) in
            guard var function = change.root, function.resolve(name.qualifier) != nil else { return }
            let present = function.policies[name.qualifier ?? ""]?.policy.statements ?? []
            guard !present.contains(where: { $0.sid == statement.sid }) else { return }
            try function.add(statement, to: name.qualifier)
            change.root = function
        }
    }

    func withdrawQuickCreatePermission(functionName: String, apiId: String) async throws(ServiceError) {
        guard let name = FunctionName(parsing: functionName), name.qualifier != Qualifier.latest else { return }
        try await commitFunction(name.name) { change throws(ServiceError) in
            guard var function = change.root, var policy = function.policies[name.qualifier ?? ""]?.policy else {
                return
            }
            policy.statements.removeAll { $0.sid == Self.quickCreateSid(apiId) }
            function.policies[name.qualifier ?? ""] =
                policy.statements.isEmpty
                ? nil : LambdaFunction.StoredPolicy(policy: policy, revisionId: Identifiers.uuid())
            change.root = function
        }
    }

    private static func quickCreateSid(_ apiId: String) -> String { "apigateway-quickcreate-\(apiId)" }
}

extension LambdaFunction {
    fileprivate mutating func add(_ statement: Lambda.Statement, to qualifier: String?) throws(ServiceError) {
        let key = qualifier ?? ""
        var policy = policies[key]?.policy ?? Lambda.ResourcePolicy()
        policy.statements.append(statement)
        let size = policy.document.bytes.count
        guard size <= Lambda.ResourcePolicy.maximumSize else {
            throw .policyLengthExceeded(
                "The final policy size (\(size)) is bigger than the limit (\(Lambda.ResourcePolicy.maximumSize)).")
        }
        policies[key] = StoredPolicy(policy: policy, revisionId: Identifiers.uuid())
    }
}

extension FunctionName {
    /// A policy without qualifier is the one of `$LATEST`.
    fileprivate var policyKey: String { qualifier == Qualifier.latest ? "" : qualifier ?? "" }
}

/// What AddPermission is given.
private struct PermissionInput {
    let statementId: String?
    let action: String?
    let principal: String?
    let sourceArn: String?
    let sourceAccount: String?
    let eventSourceToken: String?
    let principalOrgID: String?
    let functionUrlAuthType: String?
    let invokedViaFunctionUrl: Bool?

    init(_ members: Members) throws(ServiceError) {
        statementId = try members.string("StatementId")
        action = try members.string("Action")
        principal = try members.string("Principal")
        sourceArn = try members.string("SourceArn")
        sourceAccount = try members.string("SourceAccount")
        eventSourceToken = try members.string("EventSourceToken")
        principalOrgID = try members.string("PrincipalOrgID")
        functionUrlAuthType = try members.string("FunctionUrlAuthType")
        invokedViaFunctionUrl = try members.bool("InvokedViaFunctionUrl")
    }

    func check(_ constraints: inout Constraints) {
        constraints.present(statementId, "statementId")
        constraints.length(statementId, "statementId", 1...100)
        constraints.pattern(statementId, "statementId", "([a-zA-Z0-9-_]+)") { $0.isWord() }
        constraints.present(action, "action")
        constraints.pattern(action, "action", "(lambda:[*]|lambda:[a-zA-Z]+|[*])") {
            $0.wholeMatch(of: #/lambda:[*]|lambda:[a-zA-Z]+|[*]/#) != nil
        }
        constraints.present(principal, "principal")
        constraints.pattern(principal, "principal", #"[^\s]+"#) { $0.wholeMatch(of: #/[^\s]+/#) != nil }
        constraints.pattern(
            sourceArn, "sourceArn",
            #"arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:([a-z]{2}(-gov)?-[a-z]+-\d{1})?:(\d{12})?:(.*)"#
        ) {
            let pattern =
                #/arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\-])+:([a-z]{2}(-gov)?-[a-z]+-[0-9])?:([0-9]{12})?:(.*)/#
            return $0.wholeMatch(of: pattern) != nil
        }
        constraints.pattern(sourceAccount, "sourceAccount", #"\d{12}"#) { $0.isAccountId }
        constraints.length(eventSourceToken, "eventSourceToken", 0...256)
        constraints.pattern(eventSourceToken, "eventSourceToken", #"[a-zA-Z0-9._\-]+"#) { $0.isWord(and: ".") }
        constraints.length(principalOrgID, "principalOrgID", 12...34)
        constraints.pattern(principalOrgID, "principalOrgID", "o-[a-z0-9]{10,32}") {
            $0.wholeMatch(of: #/o-[a-z0-9]{10,32}/#) != nil
        }
        constraints.oneOf(functionUrlAuthType, "functionUrlAuthType", ["NONE", "AWS_IAM"])
    }

    func statement(resource: String, _ call: Call) throws(ServiceError) -> Lambda.Statement {
        var principal = try principal(in: call.account)
        if case .present(let id) = call.identities.principal(principal) { principal = id }
        var statement = Lambda.Statement(
            sid: statementId ?? "", principal: principal, action: action ?? "", resource: resource)
        statement.sourceArn = sourceArn
        statement.sourceAccount = sourceAccount
        statement.principalOrgID = principalOrgID
        statement.functionUrlAuthType = functionUrlAuthType
        statement.eventSourceToken = eventSourceToken
        statement.invokedViaFunctionUrl = invokedViaFunctionUrl
        return statement
    }

    /// A service, everyone, an account (whose root stands for it) or the ARN of an IAM identity.
    private func principal(in account: AccountIdentity) throws(ServiceError) -> String {
        let principal = principal ?? ""
        if principal == "*" || principal.hasSuffix(".amazonaws.com") || principal.hasSuffix(".amazonaws.com.cn") {
            return principal
        }
        if principal.isAccountId { return "arn:\(account.partition):iam::\(principal):root" }
        guard principal.wholeMatch(of: #/arn:aws[a-zA-Z-]*:(iam|sts)::[0-9]{12}:.+/#) != nil else {
            throw .invalidParameter("The provided principal was invalid. Please check the principal and try again.")
        }
        return principal
    }
}
