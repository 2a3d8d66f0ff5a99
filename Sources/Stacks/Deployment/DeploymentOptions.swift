/// How a deployment is carried out.
package struct DeploymentOptions: Sendable {
    /// What becomes of a stack of which a step has failed.
    package enum FailurePolicy: String, Codable, Sendable {
        /// Its steps are taken back; of a new one the name is left (ROLLBACK_COMPLETE).
        case rollBack = "ROLLBACK"
        /// What was made stands (CREATE_FAILED, UPDATE_FAILED).
        case leave = "DO_NOTHING"
        /// Its steps are taken back; of a new one nothing is left.
        case delete = "DELETE"
    }

    /// Whether it is tried on a draft first, so that all that would be refused is told together, with nothing made.
    package var isRehearsed = true
    package var failurePolicy = FailurePolicy.delete
    /// Asked between two steps: why there shall be no further one.
    package var stopReason: @Sendable () -> String? = { nil }
    /// Returns when there is such a reason, or its task is cancelled: what waits within a step ends then. Nil: there never
    /// is one.
    package var stopped: (@Sendable () async -> Void)?
    /// Why a change of an update may not be made; nil: it may.
    package var denial: @Sendable (ResourceChange) -> String? = { _ in nil }

    package init() {}
}
