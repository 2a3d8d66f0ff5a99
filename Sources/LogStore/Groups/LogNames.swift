package import GatewayModel

/// The ARNs of an account's groups and streams.
package struct LogNames: Sendable {
    private let prefix: String

    package init(_ account: AccountIdentity) {
        prefix = "arn:\(account.partition):logs:\(account.region):\(account.accountId):log-group:"
    }

    package func groupARN(_ group: String) -> String { prefix + group }

    package func streamARN(_ group: String, _ stream: String) -> String { "\(prefix)\(group):log-stream:\(stream)" }

    /// The name in an identifier, which is a name or an ARN. An ARN of another account or region is no name of a group here.
    package func group(_ identifier: String) -> String {
        guard identifier.hasPrefix(prefix) else { return identifier }
        let name = identifier.dropFirst(prefix.utf8.count)
        return String(name.hasSuffix(":*") ? name.dropLast(2) : name)
    }

    /// Whether a group may have the name.
    package static func isGroup(_ name: String) -> Bool {
        (1...LogLimits.nameLength).contains(name.utf8.count) && name.utf8.allSatisfy(\.isOfGroupName)
    }

    /// The group that lines for an ARN, as destinations of access logs are given, are written to; a name stands for itself.
    package static func group(ofDestination arn: String) -> String {
        let parts = arn.split(separator: ":", omittingEmptySubsequences: false)
        return parts.count > 6 ? String(parts[6]) : arn
    }
}
