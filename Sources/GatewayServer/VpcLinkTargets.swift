import ControlPlane
import DataPlane
import Synchronization

/// The data plane's view of VPC links: targets by the id or the name of a link.
///
/// Links are known to the control plane, which begins after the data plane.
final class VpcLinkTargets: VpcLinkDirectory {
    private let targets: [String: ServerSettings.Address]
    private let controlPlane = Mutex<ControlPlane?>(nil)

    init(_ targets: [String: ServerSettings.Address]) { self.targets = targets }

    func know(_ plane: ControlPlane) { controlPlane.withLock { $0 = plane } }

    func target(of id: String) -> VpcLinkTarget? {
        guard !targets.isEmpty else { return nil }
        let name = controlPlane.withLock { $0 }?.nameOfVpcLink(id)
        return (targets[id] ?? name.flatMap { targets[$0] }).map { VpcLinkTarget(host: $0.host, port: $0.port) }
    }
}
