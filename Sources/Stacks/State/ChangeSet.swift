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
    }

    /// A change of one resource.
    package struct Change: Codable, Sendable {
        package let logicalId: String
        package let physicalId: String?
        package let type: String
        /// `Add`, `Modify` or `Remove`.
        package let action: String
        /// Whether another resource takes its place; nil where nothing is modified.
        package let isReplaced: Bool?
        /// Properties that differ.
        package let properties: [String]
        /// Those of them for which another resource takes the place of this one.
        package let replacing: [String]
        /// What becomes of a resource that goes: `Delete`, `Retain`, `ReplaceAndDelete` or `ReplaceAndRetain`.
        package let policyAction: String?
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

extension ChangeSet.Change {
    package init(_ change: ResourceChange, over record: StackRecord?) {
        let old = record?.resource(change.logicalId)
        let physicalId = old?.physicalId
        let known = ResourceType.all[change.type]?.replacedBy ?? []
        let (action, isReplaced, properties): (String, Bool?, [String]) =
            switch change.action {
            case .create: ("Add", nil, [])
            case .update(let names): ("Modify", false, names)
            case .replace(let names): ("Modify", true, names)
            case .delete: ("Remove", nil, [])
            }
        var replacing = isReplaced == true ? properties.filter(known.contains) : []
        // Where no single property tells, they do so together.
        if isReplaced == true, replacing.isEmpty { replacing = properties }
        let policyAction: String? =
            switch change.action {
            case .delete: old?.deletionPolicy == .retain ? "Retain" : "Delete"
            case .replace: old?.updateReplacePolicy == .retain ? "ReplaceAndRetain" : "ReplaceAndDelete"
            case .create, .update: nil
            }
        self.init(
            logicalId: change.logicalId, physicalId: physicalId, type: change.type, action: action,
            isReplaced: isReplaced, properties: properties, replacing: replacing, policyAction: policyAction)
    }
}
