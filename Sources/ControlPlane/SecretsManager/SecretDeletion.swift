import GatewayModel
import JSON
import Shapes

extension SecretsManager {
    static var deletions: [String: TargetOperation] {
        [
            "DeleteSecret": TargetOperation([
                .need("SecretId", .secretId), .may("RecoveryWindowInDays", .integer(Int.min...Int.max)),
                .may("ForceDeleteWithoutRecovery", .boolean),
            ]) { control, call throws(ServiceError) in
                let days = call.input.integer("RecoveryWindowInDays")
                guard call.input.flag("ForceDeleteWithoutRecovery") == true else {
                    return try await schedule(days ?? SecretQuotas.defaultRecovery, control, call)
                }
                guard days == nil else {
                    throw SecretError.parameter(
                        "You can't use ForceDeleteWithoutRecovery in conjunction with RecoveryWindowInDays.")
                }
                return try await forget(control, call)
            },
            "RestoreSecret": TargetOperation([.need("SecretId", .secretId)]) { control, call throws(ServiceError) in
                try await control.changeSecret(call, evenDeleted: true) { secret throws(ServiceError) in
                    secret.facts.deletion = nil
                    return secret.head(call.account)
                }
            },
        ]
    }

    private static func schedule(
        _ days: Int, _ control: ControlPlane, _ call: TargetCall
    ) async throws(ServiceError) -> JSONObject {
        guard SecretQuotas.recovery.contains(days) else {
            throw SecretError.parameter(
                "The RecoveryWindowInDays value must be between \(SecretQuotas.recovery.lowerBound) and "
                    + "\(SecretQuotas.recovery.upperBound) days (inclusive).")
        }
        try await control.forgetSecrets(at: call.now)
        let due = call.now.milliseconds + Int64(days) * 86_400_000
        return try await control.changeSecret(call) { secret throws(ServiceError) in
            secret.facts.deletion = Secret.Deletion(asked: call.now.milliseconds, due: due)
            var answer = secret.head(call.account)
            answer["DeletionDate"] = .time(due)
            return answer
        }
    }

    /// What is not there is answered as if it had been, so that a call may come twice. Source: API Reference.
    private static func forget(_ control: ControlPlane, _ call: TargetCall) async throws(ServiceError) -> JSONObject {
        let id = call.input.needed("SecretId")
        if !id.hasPrefix("arn:") { try Secret.check(id) }
        let known = control.world.secret(id, call.account)
        var answer: JSONObject =
            known?.head(call.account) ?? [
                "ARN": .string(id.hasPrefix("arn:") ? id : Secret.arn(id, call.account)), "Name": .string(id),
            ]
        if let known {
            try await control.change(
                Secret.self, known.name,
                { change throws(ServiceError) in if change.root?.resource == known.resource { change.root = nil } })
        }
        answer["DeletionDate"] = .time(call.now.milliseconds)
        return answer
    }
}
