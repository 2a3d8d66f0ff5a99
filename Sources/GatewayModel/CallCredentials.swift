package import JSON

/// With whose credentials API Gateway calls an integration or an authorizer's function.
///
/// Source: Developer Guide, api-gateway-integration-settings-integration-request.
package enum CallCredentials: Sendable, Equatable {
    /// Its own: the function's policy says whether it may.
    case own
    /// Those of the request's caller: `arn:aws:iam::*:user/*`. SAM writes it for AWS_IAM unless it is told otherwise.
    case callers
    /// Those of a role that it assumes, by its ARN.
    case role(String)

    /// - Parameter variables: the stage's, which may stand in it; nil: it is taken as it is written.
    package init(_ arn: String?, _ variables: OrderedMap<String>? = nil) {
        guard let text = arn, !text.isEmpty else {
            self = .own
            return
        }
        let arn = variables.map { StageVariables.fill(text, $0) } ?? text
        let isCallers = arn.hasSuffix(Self.suffix) && Self.partitions.contains(String(arn.dropLast(Self.suffix.count)))
        self = isCallers ? .callers : .role(arn)
    }

    /// Whether a text is the ARN of a role.
    ///
    /// - Parameter mayVary: whether its name may be a stage variable (Developer Guide, http-api-stages.stage-variables).
    package static func isRole(_ arn: String, mayVary: Bool = false) -> Bool {
        let parts = arn.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "arn", parts[2] == "iam", parts[3].isEmpty else { return false }
        return parts[5].hasPrefix("role/") || mayVary && parts[5].contains("${stageVariables.")
    }

    private static let suffix = ":iam::*:user/*"
    private static let partitions: Set = ["arn:aws", "arn:aws-cn", "arn:aws-us-gov"]
}
