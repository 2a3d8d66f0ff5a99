import ControlPlane
import GatewayModel
import Synchronization

/// Tells the operator, once for each deployment, of mapping templates that are none: their calls are answered 500.
final class BrokenTemplates: Sendable {
    /// By stage, the deployments whose templates have been looked at.
    private let seen = Mutex<[StageKey: [String]]>([:])
    private let say: @Sendable (String) -> Void

    /// Of one deployment; a hundred broken templates mostly have one cause.
    private static let told = 10

    init(tell: @escaping @Sendable (String) -> Void = { Console.postWarning($0) }) { say = tell }

    func look(at stages: [StageDefinition], removed: [StageKey]) {
        for key in removed { seen.withLock { $0[key] = nil } }
        for stage in stages {
            guard let rest = stage.rest else { continue }
            var deployments = [(rest.deploymentId, rest.deployment)]
            if let canary = rest.canary { deployments.append((canary.settings.deploymentId, canary.deployment)) }
            let known = seen.withLock { seen in
                defer { seen[stage.key] = deployments.map(\.0) }
                return seen[stage.key] ?? []
            }
            for (id, content) in deployments where !known.contains(id) {
                tell(content.templateFaults, of: id, stage.key)
            }
        }
    }

    private func tell(_ faults: [TemplateFault], of deployment: String, _ key: StageKey) {
        for fault in faults.prefix(Self.told) {
            say(
                "gatehouse: deployment \(deployment) of API \(key.apiId), stage \(key.stageName): the \(fault) "
                    + "(calls are answered 500, as on AWS)")
        }
        if faults.count > Self.told {
            say("gatehouse: … and \(faults.count - Self.told) more templates that are none.")
        }
    }
}
