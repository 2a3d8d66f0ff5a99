import ControlPlane
import GatewayModel
import Synchronization

/// Finds methods that a REST API has and a stage does not serve, for the lines of `gatehouse up`. The data plane is there
/// before the control plane, so it comes to know it late.
final class UndeployedMethods: Sendable {
    private let controlPlane = Mutex<ControlPlane?>(nil)

    func look(into controlPlane: ControlPlane) { self.controlPlane.withLock { $0 = controlPlane } }

    func method(at key: StageKey, verb: String, path: String) -> String? {
        let controlPlane = controlPlane.withLock { $0 }
        return controlPlane?.undeployedMethod(at: key, verb: verb, path: path)
    }
}
