package import GatewayModel

/// What the control plane needs of whatever caches the answers of REST APIs.
package protocol StageCaches: Sendable {
    /// Returns when nothing that the stage has cached answers any more.
    func flushCache(of stage: StageKey) async
}
