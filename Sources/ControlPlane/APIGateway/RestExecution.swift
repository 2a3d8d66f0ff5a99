package import GatewayModel

/// What the control plane needs of whatever asks authorizers, besides `Traffic`.
package protocol RestExecution: Sendable {
    /// Returns when nothing that they have said for the stage stands any more.
    func flushAuthorizersCache(of stage: StageKey) async
}
