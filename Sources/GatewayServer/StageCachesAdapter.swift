import ControlPlane
import DataPlane
import GatewayModel

/// The control plane's view of the data plane's caches.
struct StageCachesAdapter: StageCaches {
    let plane: DataPlane

    func flushCache(of stage: StageKey) async { await plane.flushCache(of: stage) }
}
