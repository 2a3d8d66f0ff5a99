import GatewayModel
import IAMPolicy
import Shapes

/// AWS Secrets Manager without rotation, replicas and other accounts.
enum SecretsManager {
    static let service = TargetService(
        name: "secretsmanager", target: "secretsmanager.",
        operations: [values, secrets, deletions, stages, lists, policies, tags, passwords].reduce(into: [:]) {
            $0.merge($1) { first, _ in first }
        },
        refused: [
            "RotateSecret": "rotation", "CancelRotateSecret": "rotation",
            "ReplicateSecretToRegions": "replicas in other regions",
            "RemoveRegionsFromReplication": "replicas in other regions",
            "StopReplicationToReplica": "replicas in other regions",
            "AssociateCrossAccountReplica": "replicas in other accounts",
            "DisassociateCrossAccountReplica": "replicas in other accounts",
            "ListResourcePolicies": "lists of policies", "BatchGetSecretValue": "batches of values",
        ], messageMember: "Message",
        permissions: { SecretPermissions(operation: $0, call: $1, world: $2).all },
        resourcePolicy: { permission, world in
            world.secret(ofARN: permission.resource)?.policy.map {
                (try? PolicyDocument($0, kind: .resource)) ?? .closed
            }
        })

    /// The key of AWS that stands for the server's own, which all secrets are sealed with.
    static let ownKey = "alias/aws/secretsmanager"

    enum Stage {
        static let current = "AWSCURRENT"
        static let previous = "AWSPREVIOUS"
        static let pending = "AWSPENDING"
    }
}

/// Source: Secrets Manager User Guide, reference_limits.
enum SecretQuotas {
    static let secrets = 500_000
    static let valueBytes = 65_536
    static let versions = 100
    static let stages = 20
    static let tags = 50
    static let policy = 20_480
    static let page = 100
    /// Days in which a deleted secret can be restored.
    static let recovery = 7...30
    static let defaultRecovery = 30
}

/// The errors of Secrets Manager, with AWS's texts. They say `Message`.
enum SecretError {
    static let notFound = error("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
    static let deleted = request(
        "You can't perform this operation on the secret because it was marked for deletion.")
    static let invalidToken = error("InvalidNextTokenException", "The NextToken value is invalid.")

    static let invalidName = validation(
        "Invalid name. Must be a valid name containing alphanumeric characters, or any of the following: -/_+=.@!")

    static func noValue(_ what: String) -> ServiceError {
        error("ResourceNotFoundException", "Secrets Manager can't find the specified secret value for \(what)")
    }

    static func exists(_ message: String) -> ServiceError { error("ResourceExistsException", message) }
    static func parameter(_ message: String) -> ServiceError { error("InvalidParameterException", message) }
    static func request(_ message: String) -> ServiceError { error("InvalidRequestException", message) }
    static func limit(_ message: String) -> ServiceError { error("LimitExceededException", message) }
    static func validation(_ message: String) -> ServiceError { error("ValidationException", message) }

    static func error(_ code: String, _ message: String) -> ServiceError {
        ServiceError(code, status: 400, message, messageMember: "Message")
    }
}

extension Shape {
    static let secretId = Shape.text(1...2_048)
    static let secretToken = Shape.text(32...64)
    static let secretStage = Shape.text(1...256)
    static let secretTags = Shape.list(
        .structure([.need("Key", .text(1...128)), .may("Value", .text(0...256))]))
    /// The members that hold a value, of which a call has one.
    static let secretValue: [Shape.Member] = [
        .may("ClientRequestToken", .secretToken), .may("SecretString", .secret(1...SecretQuotas.valueBytes)),
        .may("SecretBinary", .secret(1...SecretQuotas.valueBytes * 4 / 3 + 4)),
    ]
}
