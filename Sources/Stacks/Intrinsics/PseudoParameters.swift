import GatewayModel

/// The parameters that every template has without declaring them.
struct PseudoParameters {
    static let noValue = "AWS::NoValue"
    static let names: Set<String> = [
        "AWS::AccountId", "AWS::NotificationARNs", noValue, "AWS::Partition", "AWS::Region", "AWS::StackId",
        "AWS::StackName", "AWS::URLSuffix",
    ]

    let account: AccountIdentity
    let stackName: String
    /// Nil while there is no stack yet.
    let stackId: String?

    /// Nil for `AWS::NoValue` and for what is no pseudo parameter.
    func value(_ name: String, line: Int) -> TemplateValue? {
        switch name {
        case "AWS::AccountId": .string(account.accountId, line: line)
        case "AWS::NotificationARNs": .list([], line: line)
        case "AWS::Partition": .string(account.partition, line: line)
        case "AWS::Region": .string(account.region, line: line)
        case "AWS::StackId": stackId.map { .string($0, line: line) }
        case "AWS::StackName": .string(stackName, line: line)
        case "AWS::URLSuffix": .string(account.urlSuffix, line: line)
        default: nil
        }
    }
}

extension AccountIdentity {
    /// The domain under which AWS's services answer in this partition.
    var urlSuffix: String { partition == "aws-cn" ? "amazonaws.com.cn" : "amazonaws.com" }
}
