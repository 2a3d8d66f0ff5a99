import GatewayModel
import JSON
import Shapes

/// A secret that is read by the name of a parameter, `/aws/reference/secretsmanager/SECRET`, perhaps with a version's id or stage
/// behind a colon. Source: Systems Manager User Guide, integration-ps-secretsmanager.
struct SecretReference {
    private static let prefix = "/aws/reference/secretsmanager/"

    /// The secret's name or ARN.
    let id: String
    private let reference: ParameterName

    init?(_ reference: ParameterName) {
        guard reference.name.hasPrefix(Self.prefix), reference.name.count > Self.prefix.count else { return nil }
        id = String(reference.name.dropFirst(Self.prefix.count))
        self.reference = reference
    }

    /// As GetParameter answers it.
    func parameter(_ control: ControlPlane, _ call: TargetCall) throws(ServiceError) -> JSONValue {
        guard call.input.flag("WithDecryption") == true else {
            throw .validation("WithDecryption flag must be True for retrieving a Secret Manager secret.")
        }
        guard let secret = control.world.secret(id, call.account), !secret.isGone(at: call.now),
            secret.facts.deletion == nil, let version = version(of: secret)
        else {
            throw ServiceError(
                "ParameterNotFound", status: 400,
                "An error occurred (ParameterNotFound) when referencing Secrets Manager: Secret \(reference.name) not found."
            )
        }
        guard !version.isBinary else {
            throw .validation("The secret \(secret.name) is binary: a parameter is text.")
        }
        let value = JSONValue.string(String(decoding: try secret.plainValue(of: version, control), as: UTF8.self))
        let source: JSONValue = [
            "ARN": .string(secret.arn(call.account)), "name": .string(secret.name), "versionId": .string(version.id),
            "secretString": value, "versionStages": .array(version.stages.map { .string($0) }),
            "createdDate": .time(version.created),
        ]
        return [
            "Name": .string(reference.asked), "Type": "SecureString", "Value": value, "Version": 0,
            "SourceResult": .string(source.text), "LastModifiedDate": .time(version.created),
            "ARN": .string(secret.arn(call.account)), "DataType": "text",
        ]
    }

    private func version(of secret: Secret) -> Secret.Version? {
        guard let selector = reference.selector else { return secret.version(at: SecretsManager.Stage.current) }
        return secret.versions.first { $0.id == selector } ?? secret.version(at: selector)
    }
}
