import GatewayModel
import IAMPolicy
import JSON
import Shapes

extension SecretsManager {
    static var policies: [String: TargetOperation] {
        [
            "GetResourcePolicy": TargetOperation([.need("SecretId", .secretId)]) { control, call throws(ServiceError) in
                let secret = try control.world.secret(call.input.needed("SecretId"), call.account, at: call.now)
                guard secret.facts.deletion == nil else { throw SecretError.deleted }
                var answer = secret.head(call.account)
                if let policy = secret.policy { answer["ResourcePolicy"] = .string(policy) }
                return answer
            },
            "PutResourcePolicy": TargetOperation([
                .need("SecretId", .secretId), .need("ResourcePolicy", .text(1...SecretQuotas.policy)),
                .may("BlockPublicPolicy", .boolean),
            ]) { control, call throws(ServiceError) in
                let policy = call.input.needed("ResourcePolicy")
                if let fault = fault(of: policy) { throw SecretError.error("MalformedPolicyDocumentException", fault) }
                if call.input.flag("BlockPublicPolicy") == true, isPublic(policy) {
                    throw SecretError.error(
                        "PublicPolicyException",
                        "You can't use a resource policy that allows broad access to a secret: BlockPublicPolicy is "
                            + "set, and a statement allows everybody.")
                }
                return try await control.changeSecret(call) { secret throws(ServiceError) in
                    secret.facts.policy = policy
                    return secret.head(call.account)
                }
            },
            "DeleteResourcePolicy": TargetOperation([.need("SecretId", .secretId)]) {
                control, call throws(ServiceError) in
                try await control.changeSecret(call) { secret throws(ServiceError) in
                    secret.facts.policy = nil
                    return secret.head(call.account)
                }
            },
            "ValidateResourcePolicy": TargetOperation([
                .may("SecretId", .secretId), .need("ResourcePolicy", .text(1...SecretQuotas.policy)),
            ]) { control, call throws(ServiceError) in
                if let id = call.input.text("SecretId") {
                    _ = try control.world.secret(id, call.account, at: call.now)
                }
                let policy = call.input.needed("ResourcePolicy")
                let faults =
                    fault(of: policy).map { [("SYNTAX_CHECK", $0)] }
                    ?? (isPublic(policy) ? [("BLOCK_PUBLIC_POLICY", "A statement allows everybody.")] : [])
                return [
                    "PolicyValidationPassed": .bool(faults.isEmpty),
                    "ValidationErrors": .array(
                        faults.map { ["CheckName": .string($0.0), "ErrorMessage": .string($0.1)] }),
                ]
            },
        ]
    }

    private static func fault(of policy: String) -> String? {
        do throws(PolicyError) {
            _ = try PolicyDocument(policy, kind: .resource)
            return nil
        } catch { return error.message }
    }

    /// Whether a statement lets everybody in under no condition.
    private static func isPublic(_ policy: String) -> Bool {
        guard let statements = (try? JSONValue(parsing: policy))?["Statement"] else { return false }
        return (statements.array ?? [statements]).contains { statement in
            let principal = statement["Principal"]
            let accounts = principal?["AWS"] ?? principal
            let isEverybody = (accounts?.array ?? [accounts ?? .null]).contains("*")
            return statement["Effect"] == "Allow" && statement["Condition"] == nil && isEverybody
        }
    }

    static var tags: [String: TargetOperation] {
        [
            "TagResource": TargetOperation([.need("SecretId", .secretId), .need("Tags", .secretTags)]) {
                control, call throws(ServiceError) in
                try await control.changeSecret(call) { secret throws(ServiceError) in
                    let old = secret.facts.tags
                    for (key, value) in call.tags { secret.facts.tags[key] = value }
                    try check(tags: secret.facts.tags, over: old, call)
                }
                return [:]
            },
            "UntagResource": TargetOperation([.need("SecretId", .secretId), .need("TagKeys", .list(.text(1...128)))]) {
                control, call throws(ServiceError) in
                try await control.changeSecret(call) { secret throws(ServiceError) in
                    let old = secret.facts.tags
                    for key in call.input.texts("TagKeys") ?? [] { secret.facts.tags[key] = nil }
                    try check(tags: secret.facts.tags, over: old, call)
                }
                return [:]
            },
        ]
    }
}

/// What operations on secrets are about. Source: Service Authorization Reference, Secrets Manager.
struct SecretPermissions {
    let operation: String
    let call: TargetCall
    let world: World

    private static let ofNone: Set = ["ListSecrets", "GetRandomPassword"]

    var all: [Permission] {
        guard !Self.ofNone.contains(operation) else { return [Permission("secretsmanager:\(operation)", on: "*")] }
        let input = call.input
        let values: [String: ConditionValues] = [
            "secretsmanager:name": .of(input.text("Name")),
            "secretsmanager:description": .of(input.text("Description")),
            "secretsmanager:secretid": .of(input.text("SecretId")),
            "secretsmanager:versionid": .of(input.text("VersionId")),
            "secretsmanager:versionstage": .of(input.text("VersionStage")),
            "secretsmanager:recoverywindowindays": .of(input.integer("RecoveryWindowInDays").map(String.init)),
            "secretsmanager:forcedeletewithoutrecovery": .of(
                input.flag("ForceDeleteWithoutRecovery").map { $0 ? "true" : "false" }),
            "secretsmanager:blockpublicpolicy": .of(input.flag("BlockPublicPolicy").map { $0 ? "true" : "false" }),
        ]
        var needed = [Permission("secretsmanager:\(operation)", on: resource, values: values)]
        if operation == "CreateSecret", SystemTags.othersCount(call.tags) > 0 {
            needed.append(Permission("secretsmanager:TagResource", on: resource, values: values))
        }
        return needed
    }

    /// The six characters of what is not there yet are any.
    private var resource: String {
        guard let id = call.input.text("SecretId") ?? call.input.text("Name") else { return "*" }
        if let secret = world.secret(id, call.account) { return secret.arn(call.account) }
        return id.hasPrefix("arn:") ? id : Secret.arn(id + "-??????", call.account)
    }
}
