package import GatewayModel

/// An event of a stack as CloudFormation's API tells it.
package struct RecordedEvent: Codable, Sendable {
    package let id: String
    /// Of the operation that it belongs to.
    package let operationId: String
    package let operation: String
    package let milliseconds: Int64
    package let logicalId: String
    package let physicalId: String
    package let type: String
    package let status: String
    package let reason: String?
    package let token: String?
    /// nil in events of earlier releases, too.
    package let properties: String?

    package init(
        _ event: StackEvent, id: String, at milliseconds: Int64, operationId: String, operation: String, token: String?
    ) {
        self.id = id
        self.operationId = operationId
        self.operation = operation
        self.milliseconds = milliseconds
        logicalId = event.logicalId
        physicalId = event.physicalId
        type = event.type
        status = event.status
        reason = event.reason
        properties = event.properties
        self.token = token
    }

    package var time: Timestamp { Timestamp(milliseconds: milliseconds) }
}
