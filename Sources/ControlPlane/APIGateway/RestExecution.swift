package import GatewayModel

/// What the control plane needs of whatever executes REST APIs, besides `Traffic`.
package protocol RestExecution: Sendable {
    func flushAuthorizersCache(of stage: StageKey) async
}
