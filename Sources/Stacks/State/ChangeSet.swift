/// What a template would change of a stack, kept until somebody has it done.
package struct ChangeSet: Codable, Sendable {
    package enum Status: String, Codable, Sendable {
        case complete = "CREATE_COMPLETE"
        case failed = "FAILED"
    }

    package enum Execution: String, Codable, Sendable {
        case unavailable = "UNAVAILABLE"
        case available = "AVAILABLE"
        case complete = "EXECUTE_COMPLETE"
        case obsolete = "OBSOLETE"
    }

    package let name: String
    package let id: String
    package let stackId: String
    package let stackName: String
    package let creationTime: String
    package let isForNewStack: Bool
    package let description: String?
    package let template: String
    package let processed: String?
    package let settings: StackSettings
    /// As they are shown.
    package let parameters: [String: String]
    package var resolvedParameters: [String: String]?
    /// What the template has taken in when the change set was made; nil in those of earlier releases.
    package var lookups: TemplateLookups?
    package var status = Status.complete
    package var statusReason: String?
    package var execution = Execution.available
    package var changes: [Change] = []

    package init(
        name: String, id: String, of record: StackRecord, creationTime: String, isForNewStack: Bool,
        description: String?, template: String, processed: String?, settings: StackSettings,
        parameters: [String: String]
    ) {
        self.name = name
        self.id = id
        stackId = record.stackId
        stackName = record.name
        self.creationTime = creationTime
        self.isForNewStack = isForNewStack
        self.description = description
        self.template = template
        self.processed = processed
        self.settings = settings
        self.parameters = parameters
    }
}
