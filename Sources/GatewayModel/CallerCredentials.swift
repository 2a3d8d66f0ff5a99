/// The credentials of an integration that stand for its caller's own: `arn:aws:iam::*:user/*`.
///
/// Source: Developer Guide, api-gateway-integration-settings-integration-request; SAM writes it for AWS_IAM unless it is
/// told otherwise.
package enum CallerCredentials {
    package static func areMeant(by arn: String?) -> Bool {
        guard let arn, arn.hasSuffix(suffix) else { return false }
        return partitions.contains(String(arn.dropLast(suffix.count)))
    }

    private static let suffix = ":iam::*:user/*"
    private static let partitions: Set = ["arn:aws", "arn:aws-cn", "arn:aws-us-gov"]
}
