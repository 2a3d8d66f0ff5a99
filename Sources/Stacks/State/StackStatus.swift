/// Where a stack is in its life, in CloudFormation's words.
package enum StackStatus: String, Codable, Sendable {
    /// A change set that would make the stack waits for somebody to look at it.
    case reviewInProgress = "REVIEW_IN_PROGRESS"
    case createInProgress = "CREATE_IN_PROGRESS"
    /// What was made before the failure stands, as it was asked for.
    case createFailed = "CREATE_FAILED"
    case createComplete = "CREATE_COMPLETE"
    case rollbackInProgress = "ROLLBACK_IN_PROGRESS"
    case rollbackFailed = "ROLLBACK_FAILED"
    case rollbackComplete = "ROLLBACK_COMPLETE"
    case updateInProgress = "UPDATE_IN_PROGRESS"
    case updateCompleteCleanupInProgress = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
    case updateComplete = "UPDATE_COMPLETE"
    case updateFailed = "UPDATE_FAILED"
    case updateRollbackInProgress = "UPDATE_ROLLBACK_IN_PROGRESS"
    case updateRollbackFailed = "UPDATE_ROLLBACK_FAILED"
    case updateRollbackComplete = "UPDATE_ROLLBACK_COMPLETE"
    case deleteInProgress = "DELETE_IN_PROGRESS"
    case deleteFailed = "DELETE_FAILED"
    case deleteComplete = "DELETE_COMPLETE"

    /// Whether steps that were taken are still to be taken back.
    package var isToBeUndone: Bool {
        switch self {
        case .createInProgress, .rollbackInProgress, .rollbackFailed, .updateInProgress, .updateRollbackInProgress,
            .updateRollbackFailed:
            true
        default: false
        }
    }

    /// Whether steps of a failed operation are kept, for whoever takes them back.
    package var isLeftHalfDone: Bool { self == .createFailed || self == .updateFailed }

    /// Whether there is nothing of the stack yet but what is being made.
    var isOfCreation: Bool {
        switch self {
        case .createInProgress, .createFailed, .rollbackInProgress, .rollbackFailed, .rollbackComplete: true
        default: false
        }
    }

    /// Whether an operation is under way.
    package var isInProgress: Bool { rawValue.hasSuffix("IN_PROGRESS") && self != .reviewInProgress }

    /// Whether the stack stands, so that it can be deployed over.
    package var isStanding: Bool {
        switch self {
        case .createComplete, .createFailed, .updateComplete, .updateFailed, .updateRollbackComplete: true
        default: false
        }
    }
}
