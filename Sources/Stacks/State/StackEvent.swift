package import GatewayModel

/// Something that happened to a stack or to one of its resources.
package struct StackEvent: Sendable {
    package let time: Timestamp
    /// The name of the stack for the stack's own events, as CloudFormation has it.
    package let logicalId: String
    /// `AWS::CloudFormation::Stack` for the stack's own events.
    package let type: String
    package let physicalId: String
    /// `CREATE_IN_PROGRESS`, `UPDATE_COMPLETE`, `DELETE_SKIPPED`, …
    package let status: String
    package let reason: String?
    /// Of the resource, in JSON, as they may be shown; nil where they are long.
    package var properties: String?

    /// Bytes of the properties that are told. AWS names no quota.
    static let propertiesBytes = 4_096

    package init(
        time: Timestamp, logicalId: String, type: String, physicalId: String, status: String, reason: String?
    ) {
        self.time = time
        self.logicalId = logicalId
        self.type = type
        self.physicalId = physicalId
        self.status = status
        self.reason = reason
    }
}
