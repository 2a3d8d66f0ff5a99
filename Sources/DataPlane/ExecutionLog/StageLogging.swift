import GatewayModel
import JSON

/// Where the calls of a REST API's stage are written down, and how much is said of each method.
struct StageLogging: Sendable {
    /// By the method's index in its deployment; empty where nothing is logged.
    let settings: [ExecutionLog.Setting?]
    let canarySettings: [ExecutionLog.Setting?]
    /// The group of the stage; nil where nothing is logged.
    let sink: (any AccessLogSink)?
    /// The calls of a canary are in this group too.
    let canarySink: (any AccessLogSink)?

    static let none = StageLogging(settings: [], canarySettings: [], sink: nil, canarySink: nil)

    private init(
        settings: [ExecutionLog.Setting?], canarySettings: [ExecutionLog.Setting?], sink: (any AccessLogSink)?,
        canarySink: (any AccessLogSink)?
    ) {
        self.settings = settings
        self.canarySettings = canarySettings
        self.sink = sink
        self.canarySink = canarySink
    }

    init(
        _ methodSettings: OrderedMap<REST.MethodSetting>, _ key: StageKey, deployment: RESTDeployment,
        canary: RESTDeployment?, logs: any AccessLogDirectory
    ) {
        let settings = Self.settings(deployment, methodSettings)
        let canarySettings = canary.map { Self.settings($0, methodSettings) } ?? []
        guard !settings.isEmpty || !canarySettings.isEmpty else {
            self = .none
            return
        }
        let group = "API-Gateway-Execution-Logs_\(key.apiId)/\(key.stageName)"
        self.init(
            settings: settings, canarySettings: canarySettings, sink: logs.sink(forExecutionLog: group),
            canarySink: canary == nil ? nil : logs.sink(forExecutionLog: group + "/Canary"))
    }

    private static func settings(
        _ deployment: RESTDeployment, _ settings: OrderedMap<REST.MethodSetting>
    ) -> [ExecutionLog.Setting?] {
        guard settings.contains(where: { ExecutionLog.Setting($0.value) != nil }) else { return [] }
        return deployment.methods.map { method in
            MethodSettings.of(method, in: settings).flatMap(ExecutionLog.Setting.init)
        }
    }

    func setting(_ index: Int, isCanary: Bool) -> ExecutionLog.Setting? {
        let settings = isCanary ? canarySettings : settings
        return index < settings.count ? settings[index] : nil
    }
}

/// The settings of a stage's methods: those of one, else those of all.
enum MethodSettings {
    static func of(
        _ method: CompiledRoute, in settings: OrderedMap<REST.MethodSetting>
    ) -> REST.MethodSetting? {
        settings[name(of: method)] ?? settings["*/*"]
    }

    /// `pets/{id}/GET`, as settings are named.
    static func name(of method: CompiledRoute) -> String {
        String(decoding: method.resourcePath.dropFirst(), as: UTF8.self) + "/" + method.name.prefix { $0 != " " }
    }
}

extension ExecutionLog.Setting {
    /// nil where nothing is logged; data trace alone says of nothing (AWS's way is unconfirmed).
    init?(_ setting: REST.MethodSetting) {
        switch setting.loggingLevel {
        case "INFO": self.init(level: .info, tracesData: setting.dataTraceEnabled)
        case "ERROR": self.init(level: .error, tracesData: setting.dataTraceEnabled)
        default: return nil
        }
    }
}
