package import GatewayModel
package import IAMPolicy

/// A service of AWS that becomes a role to do something for a resource.
package struct AssumingService: Sendable {
    /// Such as `lambda.amazonaws.com`.
    let principal: String
    /// The ARN of the resource, where the service tells for what it asks.
    let source: (@Sendable (AccountIdentity) -> String)?

    /// For a function.
    package static func lambda(_ functionName: String) -> AssumingService {
        AssumingService(principal: "lambda.amazonaws.com") { $0.functionARN(functionName) }
    }

    /// For integrations and authorizers. It tells neither a source nor its account: a trust policy that asks for one lets
    /// it in nowhere (seen of live APIs, aws-solutions-library-samples/
    /// accelerated-intelligent-document-processing-on-aws#479).
    package static let apiGateway = AssumingService(principal: "apigateway.amazonaws.com", source: nil)

    /// For the resources of stacks.
    package static let cloudFormation = AssumingService(principal: "cloudformation.amazonaws.com", source: nil)

    /// Whether a role's trust policy lets the service assume it.
    package func may(
        assume role: String, by trust: PolicyDocument, _ account: AccountIdentity, now: Timestamp
    ) -> Bool {
        let request = PolicyRequest(action: "sts:AssumeRole", resource: role, principal: .service(principal))
        return trust.verdict(for: request) { key in
            switch key.name {
            case "aws:sourcearn": source.map { .values([$0(account)]) } ?? .absent
            case "aws:sourceaccount": source == nil ? .absent : .values([account.accountId])
            case "aws:requestedregion": .values([account.region])
            case "aws:currenttime": .values([now.iso8601])
            case "aws:epochtime": .values([String(now.seconds)])
            case "aws:principalisawsservice", "aws:securetransport": .values(["true"])
            case "aws:principalservicename", "aws:principalservicenameslist": .values([principal])
            case "sts:externalid", "aws:principalarn", "aws:principalaccount", "aws:principalorgid": .absent
            // AWS may have one.
            default: .unknown
            }
        }.isAllow
    }
}
