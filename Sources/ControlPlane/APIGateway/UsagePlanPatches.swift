import GatewayModel
import JSON

/// What UpdateUsagePlan may change. The order is the one in which the service lists what may be removed.
enum UsagePlanPatches {
    static let table = PatchTable<REST.UsagePlan>(
        .listed,
        [
            PatchRule("/apiStages", [.add, .remove], patchStages),
            PatchRule("/quota", [.remove]) { plan, _ in plan.quota = nil },
            PatchRule("/throttle", [.remove]) { plan, _ in plan.throttle = nil },
            .text("/productCode", \.productCode, [.add, .replace, .remove]),
            PatchRule("/name", [.replace]) { plan, step in plan.name = step.value ?? "" },
            .text("/description", \.description),
            PatchRule("/quota/limit", [.add, .replace]) { plan, step throws(ServiceError) in
                let limit = try step.integer()
                change(&plan.quota) { $0.limit = limit }
            },
            PatchRule("/quota/offset", [.add, .replace]) { plan, step throws(ServiceError) in
                let offset = try step.integer()
                change(&plan.quota) { $0.offset = offset }
            },
            PatchRule("/quota/period", [.add, .replace]) { plan, step in
                change(&plan.quota) { $0.period = step.value ?? "" }
            },
            PatchRule("/throttle/rateLimit", [.add, .replace]) { plan, step throws(ServiceError) in
                plan.throttle = plan.throttle ?? REST.ThrottleSettings()
                plan.throttle?.rateLimit = REST.Decimal(try step.double())
            },
            PatchRule("/throttle/burstLimit", [.add, .replace]) { plan, step throws(ServiceError) in
                plan.throttle = plan.throttle ?? REST.ThrottleSettings()
                plan.throttle?.burstLimit = try step.integer()
            },
            PatchRule("/apiStages/<apidId:stageName>/throttle/<resourcePath>/<httpMethod>", [.remove]) {
                plan, step throws(ServiceError) in
                try changeStage(step, &plan) { $0.throttle?[methodKey(step)] = nil }
            },
            PatchRule("/apiStages/<apidId:stageName>/throttle", [.remove]) { plan, step throws(ServiceError) in
                try changeStage(step, &plan) { $0.throttle = nil }
            },
            PatchRule("/apiStages/<apidId:stageName>/throttle", [.add, .replace], setThrottle),
            PatchRule(
                "/apiStages/<apidId:stageName>/throttle/<resourcePath>/<httpMethod>/rateLimit", [.add, .replace]
            ) { plan, step throws(ServiceError) in
                let rate = REST.Decimal(try step.double())
                try changeLimit(step, &plan) { $0.rateLimit = rate }
            },
            PatchRule(
                "/apiStages/<apidId:stageName>/throttle/<resourcePath>/<httpMethod>/burstLimit", [.add, .replace]
            ) { plan, step throws(ServiceError) in
                let burst = try step.integer()
                try changeLimit(step, &plan) { $0.burstLimit = burst }
            },
        ])

    /// The stage is the operation's value: `{apiId}:{stageName}`.
    @Sendable private static func patchStages(
        _ plan: inout REST.UsagePlan, _ step: PatchStep
    ) throws(ServiceError) {
        guard let key = step.value.flatMap(stageKey) else { throw RESTError.badRequest("Invalid API Stage specified") }
        let position = plan.apiStages.firstIndex { $0.apiId == key.apiId && $0.stage == key.stageName }
        switch (step.op, position) {
        case (.remove, let position?): plan.apiStages.remove(at: position)
        case (.remove, nil): throw UsagePlanRules.noStage(key, plan.id)
        case (_, nil): plan.apiStages.append(REST.ApiStage(apiId: key.apiId, stage: key.stageName))
        case (_, _?): break
        }
    }

    private static func stageKey(_ text: String) -> StageKey? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        return StageKey(apiId: String(parts[0]), stageName: String(parts[1]))
    }

    private static func changeStage(
        _ step: PatchStep, _ plan: inout REST.UsagePlan,
        _ make: (inout REST.ApiStage) throws(ServiceError) -> Void
    ) throws(ServiceError) {
        guard let key = stageKey(step.name) else { throw RESTError.badRequest("Invalid API Stage specified") }
        guard let position = plan.apiStages.firstIndex(where: { $0.apiId == key.apiId && $0.stage == key.stageName })
        else { throw UsagePlanRules.noStage(key, plan.id) }
        try make(&plan.apiStages[position])
        if plan.apiStages[position].throttle?.isEmpty == true { plan.apiStages[position].throttle = nil }
    }

    private static func changeLimit(
        _ step: PatchStep, _ plan: inout REST.UsagePlan, _ make: (inout REST.ThrottleSettings) -> Void
    ) throws(ServiceError) {
        try changeStage(step, &plan) { stage in
            var limits = stage.throttle?[methodKey(step)] ?? REST.ThrottleSettings()
            make(&limits)
            stage.throttle = stage.throttle ?? [:]
            stage.throttle?[methodKey(step)] = limits
        }
    }

    /// All methods at once: the value is an object of limits by `/path/VERB`.
    @Sendable private static func setThrottle(
        _ plan: inout REST.UsagePlan, _ step: PatchStep
    ) throws(ServiceError) {
        guard let value = step.value, let parsed = try? JSONValue(parsing: Array(value.utf8)),
            let limits = try? parsed.decode(OrderedMap<REST.ThrottleSettings>.self)
        else { throw step.invalidValue }
        try changeStage(step, &plan) { $0.throttle = limits }
    }

    /// `/path/VERB`.
    private static func methodKey(_ step: PatchStep) -> String { "\(step.captured[1])/\(step.captured[2])" }

    private static func change(_ quota: inout REST.QuotaSettings?, _ make: (inout REST.QuotaSettings) -> Void) {
        var changed = quota ?? REST.QuotaSettings(limit: 0, period: "")
        make(&changed)
        quota = changed
    }
}
