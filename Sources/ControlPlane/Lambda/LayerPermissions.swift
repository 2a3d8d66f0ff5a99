import GatewayModel
import JSON

extension LambdaOperations {
    static var layerPermissions: [Operation] {
        [
            Operation(
                "AddLayerVersionPermission", .lambda, .post, layerVersion + "/policy", success: 201,
                addLayerVersionPermission),
            Operation("GetLayerVersionPolicy", .lambda, .get, layerVersion + "/policy", getLayerVersionPolicy),
            Operation(
                "RemoveLayerVersionPermission", .lambda, .delete, layerVersion + "/policy/{StatementId}", success: 204,
                removeLayerVersionPermission),
        ]
    }

    private static func addLayerVersionPermission(
        _ control: ControlPlane, _ call: Call
    ) async throws(ServiceError) -> Reply {
        let members = Members(try call.object())
        let sid = try members.string("StatementId")
        let action = try members.string("Action")
        let principal = try members.string("Principal")
        let organization = try members.string("OrganizationId")
        var constraints = Constraints()
        constraints.present(sid, "statementId")
        constraints.length(sid, "statementId", 1...100)
        constraints.pattern(sid, "statementId", "([a-zA-Z0-9-_]+)") { $0.isWord() }
        constraints.present(action, "action")
        constraints.pattern(action, "action", "lambda:GetLayerVersion") { $0 == "lambda:GetLayerVersion" }
        constraints.present(principal, "principal")
        constraints.pattern(principal, "principal", #"\d{12}|\*|arn:(aws[a-zA-Z-]*):iam::\d{12}:root"#) {
            $0 == "*" || $0.isAccountId || $0.wholeMatch(of: #/arn:(aws[a-zA-Z-]*):iam::[0-9]{12}:root/#) != nil
        }
        constraints.length(organization, "organizationId", 0...34)
        constraints.pattern(organization, "organizationId", "o-[a-z0-9]{10,32}") {
            $0.wholeMatch(of: #/o-[a-z0-9]{10,32}/#) != nil
        }
        let (name, number) = try LayerName.version(in: call, constraints)
        let (statement, revisionId) = try await control.changeLayerPolicy(name, number, call) {
            policy, resource throws(ServiceError) in
            guard !policy.statements.contains(where: { $0.sid == sid }) else {
                throw .resourceConflict(
                    "The statement id (\(sid ?? "")) provided already exists. "
                        + "Please provide a new statement id, or remove the existing statement.")
            }
            var given = principal ?? ""
            if given.isAccountId { given = "arn:\(call.account.partition):iam::\(given):root" }
            var statement = Lambda.Statement(
                sid: sid ?? "", principal: given, action: action ?? "", resource: resource)
            statement.principalOrgID = organization
            policy.statements.append(statement)
            let size = policy.document.bytes.count
            guard size <= Lambda.ResourcePolicy.maximumSize else {
                throw .policyLengthExceeded(
                    "The final policy size (\(size)) is bigger than the limit (\(Lambda.ResourcePolicy.maximumSize)).")
            }
            return statement
        }
        return .json(["Statement": .string(statement.document.text), "RevisionId": .string(revisionId)])
    }

    private static func getLayerVersionPolicy(_ control: ControlPlane, _ call: Call) throws(ServiceError) -> Reply {
        let (name, number) = try LayerName.version(in: call)
        guard let version = control.world[LambdaLayer.self, name]?[number], !version.isDeleted else {
            throw noLayerVersion(name, number, call)
        }
        guard let stored = version.policy else {
            throw .resourceNotFound("No policy is associated with the given resource.")
        }
        return .json(["Policy": .string(stored.policy.document.text), "RevisionId": .string(stored.revisionId)])
    }

    private static func removeLayerVersionPermission(
        _ control: ControlPlane, _ call: Call
    ) async throws(ServiceError) -> Reply {
        let sid = call.path("StatementId")
        var constraints = Constraints()
        constraints.length(sid, "statementId", 1...100)
        constraints.pattern(sid, "statementId", "([a-zA-Z0-9-_]+)") { $0.isWord() }
        let (name, number) = try LayerName.version(in: call, constraints)
        _ = try await control.changeLayerPolicy(name, number, call) { policy, _ throws(ServiceError) in
            guard !policy.statements.isEmpty else {
                throw .resourceNotFound("No policy is associated with the given resource.")
            }
            guard let position = policy.statements.firstIndex(where: { $0.sid == sid }) else {
                throw .resourceNotFound("Statement \(sid) is not found in resource policy.")
            }
            policy.statements.remove(at: position)
        }
        return .empty
    }

    fileprivate static func noLayerVersion(_ name: String, _ number: Int, _ call: Call) -> ServiceError {
        .resourceNotFound("Layer version \(LambdaLayer(name: name).arn(in: call.account)):\(number) does not exist.")
    }
}

extension ControlPlane {
    /// Changes the policy of a version, and answers its new revision, too.
    fileprivate func changeLayerPolicy<Answer>(
        _ name: String, _ number: Int, _ call: Call,
        _ make: (inout Lambda.ResourcePolicy, _ resource: String) throws(ServiceError) -> Answer
    ) async throws(ServiceError) -> (Answer, revisionId: String) {
        try await changeLayer(name) { change throws(ServiceError) in
            guard var layer = change.root, let position = layer.versions.firstIndex(where: { $0.number == number }),
                !layer.versions[position].isDeleted
            else { throw LambdaOperations.noLayerVersion(name, number, call) }
            let stored = layer.versions[position].policy
            var policy = stored?.policy ?? Lambda.ResourcePolicy()
            let answer = try make(&policy, "\(layer.arn(in: call.account)):\(number)")
            // A wrong statement is told before a wrong revision (recorded: of both orders only this one fits).
            if let revisionId = call.query("RevisionId"), revisionId != stored?.revisionId {
                throw .wrongRevision(see: "GetLayerPolicy")
            }
            let new = LambdaFunction.StoredPolicy(policy: policy, revisionId: Identifiers.uuid())
            layer.versions[position].policy = policy.statements.isEmpty ? nil : new
            change.root = layer
            return (answer, new.revisionId)
        }
    }
}
