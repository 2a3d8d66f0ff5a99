import GatewayModel
import JSON

/// The throttling and the detailed metrics of an HTTP API's stage. Each route has a bucket of its own, by its own settings or by the default ones.
struct RouteLimits: Sendable {
    private let settings: V2.RouteSettings?
    private let byRoute: OrderedMap<V2.RouteSettings>
    private let state: StageState

    /// What the account lets pass: the limit that is meant where only the other one is set (unconfirmed).
    private static let accountRate = 10_000.0
    private static let accountBurst = 5_000

    init(_ definition: StageDefinition, state: StageState) {
        settings = definition.defaultRouteSettings
        byRoute = definition.routeSettings
        self.state = state
    }

    /// Nil where nothing is limited.
    func bucket(_ routeKey: String) -> TokenBucket? {
        let own = byRoute[routeKey]
        let rate = own?.throttlingRateLimit ?? settings?.throttlingRateLimit
        let burst = own?.throttlingBurstLimit ?? settings?.throttlingBurstLimit
        guard rate != nil || burst != nil else { return nil }
        return state.bucket(routeKey, rate: rate ?? Self.accountRate, burst: burst ?? Self.accountBurst)
    }

    /// How much is written down of a WebSocket API's route; data trace alone says of nothing (AWS's way is unconfirmed).
    func logging(_ routeKey: String) -> ExecutionLog.Setting? {
        let own = byRoute[routeKey]
        let tracesData = own?.dataTraceEnabled ?? settings?.dataTraceEnabled ?? false
        return switch own?.loggingLevel ?? settings?.loggingLevel {
        case "INFO": ExecutionLog.Setting(level: .info, tracesData: tracesData)
        case "ERROR": ExecutionLog.Setting(level: .error, tracesData: tracesData)
        default: nil
        }
    }

    /// The counters of a route with detailed metrics.
    func metrics(_ routeKey: String) -> MethodMetrics? {
        let isDetailed = byRoute[routeKey]?.detailedMetricsEnabled ?? settings?.detailedMetricsEnabled
        return isDetailed == true ? state.methodMetrics(resource: routeKey, method: "") : nil
    }
}

extension RouteLimits: Equatable {
    static func == (left: RouteLimits, right: RouteLimits) -> Bool {
        left.settings == right.settings && left.byRoute == right.byRoute
    }
}
