import GatewayModel

/// The names of resources whose template gives them none.
enum PhysicalName {
    private static let suffixLength = 6

    /// `stack-LogicalId`. CloudFormation always adds twelve random characters; here they come only where a name is too
    /// long or taken, so that names can be read and typed.
    static func make(stackName: String, logicalId: String, limit: Int) -> String {
        let name = "\(stackName)-\(logicalId)"
        return name.count <= limit ? name : unique(stackName: stackName, logicalId: logicalId, limit: limit)
    }

    static func unique(stackName: String, logicalId: String, limit: Int) -> String {
        let suffix = "-" + Identifiers.part(suffixLength)
        return "\(stackName)-\(logicalId)".prefix(limit - suffix.count) + suffix
    }
}
