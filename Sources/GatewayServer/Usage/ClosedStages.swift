import GatewayModel
import Synchronization

/// Tells the operator, once, of stages whose limits let nothing pass.
final class ClosedStages: Sendable {
    private let told = Mutex<Set<StageKey>>([])
    private let say: @Sendable (String) -> Void

    /// terraform-provider-aws#43307
    private static let clientsThatSendIt = """
         Terraform and Pulumi send 0 for a block of route settings that names no limits; leave the block out, or set \
        both limits.
        """

    init(tell: @escaping @Sendable (String) -> Void = { Console.postWarning($0) }) { say = tell }

    func look(at stages: [StageDefinition], removed: [StageKey]) {
        for key in removed { told.withLock { _ = $0.remove(key) } }
        for stage in stages {
            let settings = [stage.defaultRouteSettings].compactMap(\.self) + stage.routeSettings.map(\.value)
            let ofMethods = stage.rest?.methodSettings.map(\.value) ?? []
            let isClosed =
                settings.contains { $0.throttlingRateLimit == 0 || $0.throttlingBurstLimit == 0 }
                || ofMethods.contains { $0.throttlingRateLimit.value == 0 || $0.throttlingBurstLimit == 0 }
            let isNew = told.withLock { isClosed ? $0.insert(stage.key).inserted : $0.remove(stage.key) != nil }
            guard isClosed, isNew else { continue }
            say(
                """
                gatehouse: stage \(stage.key.stageName) of API \(stage.key.apiId) has a throttling limit of 0: its \
                requests are answered 429, as on AWS.\(stage.rest == nil ? Self.clientsThatSendIt : "")
                """)
        }
    }
}
