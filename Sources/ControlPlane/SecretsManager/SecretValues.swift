import GatewayModel
import JSON
import Shapes

extension SecretsManager {
    static var values: [String: TargetOperation] {
        [
            "GetSecretValue": TargetOperation([
                .need("SecretId", .secretId), .may("VersionId", .secretToken), .may("VersionStage", .secretStage),
            ]) { control, call throws(ServiceError) in
                let secret = try control.world.secret(call.input.needed("SecretId"), call.account, at: call.now)
                guard secret.facts.deletion == nil else { throw SecretError.deleted }
                let version = try secret.version(id: call.input.text("VersionId"), at: call.input.text("VersionStage"))
                let value = try secret.plainValue(of: version, control)
                var answer = secret.head(call.account)
                answer["VersionId"] = .string(version.id)
                if version.isBinary {
                    answer["SecretBinary"] = .string(Base64.encode(value))
                } else {
                    answer["SecretString"] = .string(String(decoding: value, as: UTF8.self))
                }
                answer["VersionStages"] = .array(version.stages.map { .string($0) })
                answer["CreatedDate"] = .time(version.created)
                return answer
            },
            "PutSecretValue": TargetOperation(
                [
                    .need("SecretId", .secretId),
                    .may("VersionStages", .list(.secretStage, 1...SecretQuotas.stages)),
                ] + Shape.secretValue
            ) { control, call throws(ServiceError) in
                guard let value = try SecretValue(call) else {
                    throw SecretError.request("You must provide either SecretString or SecretBinary.")
                }
                let stages = call.input.texts("VersionStages") ?? [Stage.current]
                return try await control.changeSecret(call) { secret throws(ServiceError) in
                    let version = try secret.add(value, stages, call, control)
                    var answer = secret.head(call.account)
                    answer["VersionId"] = .string(version.id)
                    answer["VersionStages"] = .array(version.stages.map { .string($0) })
                    return answer
                }
            },
        ]
    }

    static var secrets: [String: TargetOperation] {
        [
            "CreateSecret": TargetOperation(
                [
                    .need("Name", .text(1...512)), .may("Description", .text(0...2_048)),
                    .may("KmsKeyId", .text(0...2_048)), .may("Tags", .secretTags),
                    .may("ForceOverwriteReplicaSecret", .boolean),
                ] + Shape.secretValue
            ) { control, call throws(ServiceError) in
                let name = call.input.needed("Name")
                try Secret.check(name)
                try checkKey(call)
                try check(tags: call.tags, call)
                let value = try SecretValue(call)
                let suffix = Identifiers.alphanumeric(6)
                return try await control.change(
                    Secret.self, name,
                    { change throws(ServiceError) in
                        if let known = change.root, !known.isGone(at: call.now) {
                            return try known.answerToSecondCreation(value, call, control)
                        }
                        guard control.world.secrets.count < SecretQuotas.secrets else {
                            throw SecretError.limit("You have more than \(SecretQuotas.secrets) secrets.")
                        }
                        let now = call.now.milliseconds
                        var secret = Secret(
                            facts: Secret.Facts(
                                name: name, suffix: suffix, description: call.input.text("Description"),
                                tags: call.tags, created: now, changed: now))
                        var answer = secret.head(call.account)
                        if let value {
                            answer["VersionId"] = .string(
                                try secret.add(value, [Stage.current], call, control).id)
                        }
                        change.root = secret
                        return answer
                    })
            },
            "UpdateSecret": TargetOperation(
                [
                    .need("SecretId", .secretId), .may("Description", .text(0...2_048)),
                    .may("KmsKeyId", .text(0...2_048)),
                ] + Shape.secretValue
            ) { control, call throws(ServiceError) in
                try checkKey(call)
                let value = try SecretValue(call)
                return try await control.changeSecret(call) { secret throws(ServiceError) in
                    if let text = call.input.text("Description") { secret.facts.description = text }
                    var answer = secret.head(call.account)
                    if let value {
                        answer["VersionId"] = .string(try secret.add(value, [Stage.current], call, control).id)
                    }
                    return answer
                }
            },
            "DescribeSecret": TargetOperation([.need("SecretId", .secretId)]) { control, call throws(ServiceError) in
                let secret = try control.world.secret(call.input.needed("SecretId"), call.account, at: call.now)
                var answer = secret.description(stages: "VersionIdsToStages", call.account)
                if let deletion = secret.facts.deletion { answer["DeletedDate"] = .time(deletion.asked) }
                return answer
            },
        ]
    }

    private static func checkKey(_ call: TargetCall) throws(ServiceError) {
        guard [nil, "", ownKey].contains(call.input.text("KmsKeyId")) else {
            throw SecretError.parameter(
                "Gatehouse has no keys of KMS: secrets are sealed with the server's own key. Leave KmsKeyId out, or "
                    + "name \(ownKey).")
        }
    }

    /// - Parameter old: those that there were.
    static func check(
        tags: OrderedMap<String>, over old: OrderedMap<String> = [:], _ call: TargetCall
    ) throws(ServiceError) {
        guard SystemTags.refused(from: old, to: tags, granted: call.input.systemTags) == nil else {
            throw SecretError.parameter(SystemTags.refusal)
        }
        guard SystemTags.othersCount(tags) <= SecretQuotas.tags else {
            throw SecretError.parameter("A secret can have \(SecretQuotas.tags) tags at most.")
        }
    }
}

/// The value that a call has for a secret.
struct SecretValue {
    let bytes: [UInt8]
    let isBinary: Bool
    /// The id of its version.
    let token: String

    /// nil when the call has none.
    init?(_ call: TargetCall) throws(ServiceError) {
        let text = call.input.text("SecretString")
        let binary = call.input.text("SecretBinary")
        guard text != nil || binary != nil else { return nil }
        guard text == nil || binary == nil else {
            throw SecretError.parameter(
                "You can't specify both a binary secret value and a string secret value in the same secret.")
        }
        guard let token = call.input.text("ClientRequestToken") else {
            throw SecretError.parameter(
                "You must provide a ClientRequestToken value. We recommend a UUID-type value.")
        }
        guard let bytes = text.map({ Array($0.utf8) }) ?? binary.flatMap(Base64.decode) else {
            throw .serialization("SecretBinary is no base64.")
        }
        guard (1...SecretQuotas.valueBytes).contains(bytes.count) else {
            throw SecretError.validation(
                "A secret's value has \(SecretQuotas.valueBytes) bytes at most; this one has \(bytes.count).")
        }
        self.bytes = bytes
        isBinary = binary != nil
        self.token = token
    }
}

extension Secret {
    static let purpose = "secret"

    /// The version by its id, its stage, or both: the current one for want of them.
    func version(id: String?, at stage: String?) throws(ServiceError) -> Version {
        guard let id else {
            let stage = stage ?? SecretsManager.Stage.current
            guard let version = version(at: stage) else { throw SecretError.noValue("staging label: \(stage)") }
            return version
        }
        guard let version = versions.first(where: { $0.id == id }) else {
            throw SecretError.noValue("VersionId: \(id)")
        }
        guard stage.map(version.stages.contains) ?? true else {
            throw SecretError.request(
                "You provided a VersionStage that is not associated to the provided VersionId.")
        }
        return version
    }

    func plainValue(of version: Version, _ control: ControlPlane) throws(ServiceError) -> [UInt8] {
        guard let bytes = control.unseal(version.value, Self.purpose, "\(resource) \(version.id)") else {
            throw SecretError.error(
                "DecryptionFailure",
                "The secret \(name) cannot be opened: it was sealed with another key than the server has.")
        }
        return bytes
    }

    /// Adds a version. One that is there already, with the same value, stays as it is: the call has come twice.
    mutating func add(
        _ value: SecretValue, _ stages: [String], _ call: TargetCall, _ control: ControlPlane
    ) throws(ServiceError) -> Version {
        if let known = versions.first(where: { $0.id == value.token }) {
            guard known.isBinary == value.isBinary, try plainValue(of: known, control) == value.bytes else {
                throw SecretError.exists(
                    "You can't use ClientRequestToken \(value.token) because that value is already in use for a "
                        + "version of secret \(arn(call.account)).")
            }
            return known
        }
        let order = (versions.last?.order ?? -1) + 1
        let isFirst = versions.isEmpty
        versions.append(
            Version(
                id: value.token,
                value: try control.seal(value.bytes, Self.purpose, "\(resource) \(value.token)"),
                isBinary: value.isBinary, created: call.now.milliseconds, order: order, stages: []))
        let wanted =
            isFirst && !stages.contains(SecretsManager.Stage.current)
            ? stages + [SecretsManager.Stage.current] : stages
        for stage in wanted { move(stage, to: versions.count - 1) }
        let made = versions[versions.count - 1]
        try dropOldest()
        return made
    }

    /// A stage is one version's only; what was current becomes the previous one, and waits for nothing any longer
    /// (recorded). Stages are told in order.
    mutating func move(_ stage: String, to place: Int) {
        guard !versions[place].stages.contains(stage) else { return }
        let last = versions.firstIndex { $0.stages.contains(stage) }
        if let last { versions[last].stages.removeAll { $0 == stage } }
        versions[place].stages.append(stage)
        if stage == SecretsManager.Stage.previous {
            versions[place].stages.removeAll { $0 == SecretsManager.Stage.pending }
        }
        versions[place].stages.sort()
        if stage == SecretsManager.Stage.current, let last { move(SecretsManager.Stage.previous, to: last) }
    }

    /// Versions without a stage go when there are too many, the oldest first.
    private mutating func dropOldest() throws(ServiceError) {
        guard Set(versions.flatMap(\.stages)).count <= SecretQuotas.stages else {
            throw SecretError.limit("A secret can have \(SecretQuotas.stages) staging labels at most.")
        }
        guard versions.count > SecretQuotas.versions else { return }
        guard let place = versions.firstIndex(where: \.stages.isEmpty) else {
            throw SecretError.limit("A secret can have \(SecretQuotas.versions) versions at most.")
        }
        versions.remove(at: place)
    }

    /// A creation that comes again with the same token is answered again; another one is refused.
    fileprivate func answerToSecondCreation(
        _ value: SecretValue?, _ call: TargetCall, _ control: ControlPlane
    ) throws(ServiceError) -> JSONObject {
        guard facts.deletion == nil else {
            throw SecretError.request(
                "You can't create this secret because a secret with this name is already scheduled for deletion.")
        }
        guard let value, let version = versions.first(where: { $0.id == value.token }),
            version.isBinary == value.isBinary, try plainValue(of: version, control) == value.bytes
        else {
            throw SecretError.exists("The operation failed because the secret \(name) already exists.")
        }
        var answer = head(call.account)
        answer["VersionId"] = .string(version.id)
        return answer
    }
}
