/// What a caller of CloudFormation's API asks for with a template, and reads back.
package struct StackSettings: Codable, Sendable, Hashable {
    package struct Tag: Codable, Sendable, Hashable {
        package let key: String
        package let value: String

        package init(key: String, value: String) {
            self.key = key
            self.value = value
        }
    }

    package var description: String?
    /// As they were given, those that must not be shown among them.
    package var parameters: [String: String] = [:]
    package var tags: [Tag] = []
    package var capabilities: [String] = []
    /// As whom the stack's resources are made; nil: as who asks.
    package var roleARN: String?
    package var timeoutMinutes: Int?
    package var failurePolicy = DeploymentOptions.FailurePolicy.rollBack
    package var isProtected = false
    /// Which of the resources updates may change.
    package var policy: String?
    /// In its place during an update.
    package var policyDuringUpdate: String?
    package var changeSetId: String?
    package var parentId: String?
    package var rootId: String?
    /// The token of the last operation: with the same one it is the same operation.
    package var token: String?

    package init() {}
}

/// An operation on a stack that goes on behind its caller's back.
package struct StackOperation: Codable, Sendable {
    package enum Kind: String, Codable, Sendable {
        case create = "CREATE_STACK"
        case update = "UPDATE_STACK"
        case delete = "DELETE_STACK"
        case continueRollback = "CONTINUE_ROLLBACK"
        case rollback = "ROLLBACK"
    }

    package let kind: Kind
    package let template: String
    package let settings: StackSettings
    /// Whether it can be done again without its caller: those who are bounded by policies of their own would have to
    /// sign again.
    package let isRepeatable: Bool
    package var retained: [String] = []
    /// Whether somebody has asked for it to go no further: then it is taken back, and not done again.
    package var isStopped: Bool?
    /// What the template has taken in when it was accepted; nil in operations of earlier releases.
    package var lookups: TemplateLookups?

    package init(kind: Kind, template: String, settings: StackSettings, isRepeatable: Bool) {
        self.kind = kind
        self.template = template
        self.settings = settings
        self.isRepeatable = isRepeatable
    }
}
