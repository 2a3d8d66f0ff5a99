import GatewayModel
import JSON
import Shapes

/// The parameters of AWS Systems Manager. Whatever else the service does in AWS has machines to manage.
enum ParameterStore {
    static let service = TargetService(
        name: "ssm", target: "AmazonSSM.",
        operations: [puts, reads, lists, deletions, labels, tags].reduce(into: [:]) {
            $0.merge($1) { first, _ in first }
        },
        messageMember: "message",
        permissions: { ParameterPermissions(operation: $0, call: $1, world: $2).all },
        // Of the secrets that are read as parameters.
        resourcePolicy: SecretsManager.service.resourcePolicy)

    /// The key of AWS that stands for the server's own, which all secrets are sealed with.
    static let ownKey = "alias/aws/ssm"
}

/// Source: AWS General Reference, endpoints and quotas of Systems Manager; Parameter Store's user guide.
enum ParameterQuotas {
    static let standard = 10_000
    static let advanced = 100_000
    static let standardValue = 4_096
    static let advancedValue = 8_192
    static let versions = 100
    static let labels = 10
    static let levels = 15
    /// Of the name with its ARN in front.
    static let name = 1_011
    static let tags = 50
    /// Elements of a page, unless MaxResults says fewer.
    static let describedPage = 50
    static let valuePage = 10
}

/// The errors of Systems Manager. Source: botocore's shapes; texts as AWS gives them.
enum ParameterError {
    static func notFound(_ name: String) -> ServiceError {
        ServiceError(
            "ParameterNotFound", status: 400,
            ParameterName.isOfAWS(name)
                ? "Parameter \(name) not found: Gatehouse has none of the parameters that AWS publishes."
                : "Parameter \(name) not found.")
    }

    static func noVersion(_ number: Int, of name: String) -> ServiceError {
        ServiceError(
            "ParameterVersionNotFound", status: 400,
            "Systems Manager could not find version \(number) of \(name). Verify the version and try again.")
    }

    static func noLabel(_ label: String, of name: String) -> ServiceError {
        ServiceError(
            "ParameterVersionLabelNotFound", status: 400,
            "Systems Manager could not find label \(label) for parameter \(name). Verify the label and try again.")
    }

    /// - Parameter old: those that there were.
    static func check(
        tags: OrderedMap<String>, over old: OrderedMap<String> = [:], _ call: TargetCall
    ) throws(ServiceError) {
        guard SystemTags.othersCount(tags) <= ParameterQuotas.tags else {
            throw ServiceError(
                "TooManyTagsError", status: 400, "A parameter can have \(ParameterQuotas.tags) tags at most.")
        }
        guard SystemTags.refused(from: old, to: tags, granted: call.input.systemTags) == nil else {
            throw .validation(SystemTags.refusal)
        }
    }

    static let invalidToken = ServiceError("InvalidNextToken", status: 400, "The specified token is not valid.")
}

extension Shape {
    static let parameterName = Shape.text(1...2_048)
    static let parameterNames = Shape.list(.parameterName, 1...10)
    static let awsTags = Shape.list(
        .structure([.need("Key", .text(1...128)), .need("Value", .text(0...256))]), 0...1_000)
}
