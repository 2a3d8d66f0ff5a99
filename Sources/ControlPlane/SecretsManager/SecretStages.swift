import GatewayModel
import JSON
import Shapes

extension SecretsManager {
    static var stages: [String: TargetOperation] {
        [
            "ListSecretVersionIds": TargetOperation([
                .need("SecretId", .secretId), .may("IncludeDeprecated", .boolean),
                .may("MaxResults", .integer(1...SecretQuotas.page)), .may("NextToken", .text(1...4_096)),
            ]) { control, call throws(ServiceError) in
                let secret = try control.world.secret(call.input.needed("SecretId"), call.account, at: call.now)
                let all = call.input.flag("IncludeDeprecated") == true
                let page = try TargetPage(
                    secret.versions.filter { all || !$0.stages.isEmpty }, call.input, most: SecretQuotas.page,
                    invalidToken: SecretError.invalidToken, key: { String($0.order) },
                    isBehind: { $0.order > Int($1) ?? 0 })
                var answer: JSONObject = [
                    "Versions": .array(
                        page.elements.map { version in
                            var object: JSONObject = ["VersionId": .string(version.id)]
                            if !version.stages.isEmpty {
                                object["VersionStages"] = .array(version.stages.map { .string($0) })
                            }
                            object["CreatedDate"] = .time(version.created)
                            object["KmsKeyIds"] = ["DefaultEncryptionKey"]
                            return .object(object)
                        })
                ]
                if let next = page.next { answer["NextToken"] = next }
                for (name, value) in secret.head(call.account) { answer[name] = value }
                return answer
            },
            "UpdateSecretVersionStage": TargetOperation([
                .need("SecretId", .secretId), .need("VersionStage", .secretStage),
                .may("RemoveFromVersionId", .secretToken), .may("MoveToVersionId", .secretToken),
            ]) { control, call throws(ServiceError) in
                let stage = call.input.needed("VersionStage")
                let (from, to) = (call.input.text("RemoveFromVersionId"), call.input.text("MoveToVersionId"))
                return try await control.changeSecret(call) { secret throws(ServiceError) in
                    try secret.move(stage, from: from, to: to)
                    return secret.head(call.account)
                }
            },
        ]
    }
}

extension Secret {
    /// Whoever takes a stage from a version says which, so that two who move it at once do not both succeed.
    fileprivate mutating func move(_ stage: String, from: String?, to: String?) throws(ServiceError) {
        if let from { _ = try place(of: from) }
        let holder = version(at: stage)?.id
        if let from, holder != from {
            throw SecretError.parameter("The staging label \(stage) isn't currently attached to version \(from).")
        }
        if let holder, from == nil, holder != to {
            throw SecretError.parameter(
                "The parameter RemoveFromVersionId can't be empty. Staging label \(stage) is currently attached to "
                    + "version \(holder), so you must explicitly reference that version in RemoveFromVersionId.")
        }
        if let to { return move(stage, to: try place(of: to)) }
        guard stage != SecretsManager.Stage.current else {
            throw SecretError.parameter(
                "You can't remove the staging label \(stage): move it to another version with MoveToVersionId.")
        }
        guard let from else {
            throw SecretError.parameter("Either RemoveFromVersionId or MoveToVersionId has to be given.")
        }
        versions[try place(of: from)].stages.removeAll { $0 == stage }
    }

    private func place(of id: String) throws(ServiceError) -> Int {
        guard let place = versions.firstIndex(where: { $0.id == id }) else {
            throw SecretError.parameter("Not a valid version: \(id)")
        }
        return place
    }
}
