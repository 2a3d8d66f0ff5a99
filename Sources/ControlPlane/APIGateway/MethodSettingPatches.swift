import GatewayModel
import JSON

/// `/{resource}/{VERB}/…` of UpdateStage, `*` standing for all.
enum MethodSettingPatches {
    static func apply(
        _ patch: PatchOperation, _ path: PatchPath, to stage: inout REST.Stage
    ) throws(ServiceError) {
        let segments = path.segments
        guard path.text.hasPrefix("/"), segments.count >= 2 else { throw fault(patch, path) }
        let key = key(segments[0], segments[1])
        if patch.op == .remove {
            guard segments.count == 2, stage.methodSettings[key] != nil else { throw fault(patch, path) }
            stage.methodSettings[key] = nil
            return
        }
        guard segments.count == 4, MethodRules.verbs.contains(segments[1]) || segments[1] == "*" else {
            throw fault(patch, path)
        }
        // An entry begins as what holds for all methods at that moment.
        var setting = stage.methodSettings[key] ?? stage.methodSettings["*/*"] ?? REST.MethodSetting()
        let step = PatchStep(operation: patch, captured: [])
        guard try set("\(segments[2])/\(segments[3])", step, &setting) else { throw fault(patch, path) }
        guard stage.methodSettings[key] != nil || stage.methodSettings.count < RESTQuotas.methodSettings else {
            throw RESTError.limitExceeded("A stage can have at most \(RESTQuotas.methodSettings) method settings.")
        }
        stage.methodSettings[key] = setting
    }

    private static func fault(_ patch: PatchOperation, _ path: PatchPath) -> ServiceError {
        patch.op == .remove ? RestStagePatches.nothingToRemove(path.text) : RestStagePatches.unknown(path.text)
    }

    /// `*/*`, or the path without its first slash and the verb.
    private static func key(_ resource: String, _ verb: String) -> String {
        (resource.hasPrefix("/") ? String(resource.dropFirst()) : resource) + "/" + verb
    }

    /// False for a setting that there is not.
    private static func set(
        _ name: String, _ step: PatchStep, _ setting: inout REST.MethodSetting
    ) throws(ServiceError) -> Bool {
        switch name {
        case "metrics/enabled": setting.metricsEnabled = step.bool
        case "logging/loglevel": setting.loggingLevel = try oneOf(["OFF", "ERROR", "INFO"], step)
        case "logging/dataTrace": setting.dataTraceEnabled = step.bool
        case "throttling/burstLimit": setting.throttlingBurstLimit = try atLeastMinusOne(try step.integer(), step)
        case "throttling/rateLimit":
            setting.throttlingRateLimit = REST.Decimal(try atLeastMinusOne(try step.double(), step))
        case "caching/enabled": setting.cachingEnabled = step.bool
        case "caching/ttlInSeconds":
            let seconds = try step.integer()
            guard RESTQuotas.cacheTTLSeconds.contains(seconds) else { throw step.invalidValue }
            setting.cacheTtlInSeconds = seconds
        case "caching/dataEncrypted": setting.cacheDataEncrypted = step.bool
        case "caching/requireAuthorizationForCacheControl":
            setting.requireAuthorizationForCacheControl = step.bool
        case "caching/unauthorizedCacheControlHeaderStrategy":
            setting.unauthorizedCacheControlHeaderStrategy = try oneOf(
                ["FAIL_WITH_403", "SUCCEED_WITH_RESPONSE_HEADER", "SUCCEED_WITHOUT_RESPONSE_HEADER"], step)
        default: return false
        }
        return true
    }

    private static func oneOf(_ values: [String], _ step: PatchStep) throws(ServiceError) -> String {
        guard let value = step.value, values.contains(value) else { throw step.invalidValue }
        return value
    }

    /// -1: no limit.
    private static func atLeastMinusOne<Number: SignedNumeric & Comparable>(
        _ number: Number, _ step: PatchStep
    ) throws(ServiceError) -> Number {
        guard number >= 0 || number == -1 else { throw step.invalidValue }
        return number
    }
}
