import ControlPlane
import DataPlane
import GatewayModel

/// The control plane's view of what the data plane keeps of authorizers' answers.
struct AuthorizerAnswersAdapter: RestExecution {
    let plane: DataPlane

    func flushAuthorizersCache(of stage: StageKey) async { plane.flushAuthorizers(of: stage) }
}
