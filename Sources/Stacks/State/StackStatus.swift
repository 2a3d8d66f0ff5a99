/// Where a stack is in its life, in CloudFormation's words.
package enum StackStatus: String, Codable, Sendable {
    case createInProgress = "CREATE_IN_PROGRESS"
    case createComplete = "CREATE_COMPLETE"
    case rollbackInProgress = "ROLLBACK_IN_PROGRESS"
    case rollbackFailed = "ROLLBACK_FAILED"
    case rollbackComplete = "ROLLBACK_COMPLETE"
    case updateInProgress = "UPDATE_IN_PROGRESS"
    case updateCompleteCleanupInProgress = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
    case updateComplete = "UPDATE_COMPLETE"
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

    /// Whether there is nothing of the stack yet but what is being made.
    var isOfCreation: Bool {
        switch self {
        case .createInProgress, .rollbackInProgress, .rollbackFailed, .rollbackComplete: true
        default: false
        }
    }

    /// Whether the stack stands, so that it can be deployed over.
    var isStanding: Bool {
        switch self {
        case .createComplete, .updateComplete, .updateRollbackComplete: true
        default: false
        }
    }
}
