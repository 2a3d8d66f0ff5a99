import GatewayModel
import JSON

/// `/canarySettings/…` of UpdateStage.
enum CanaryPatches {
    static func apply(
        _ patch: PatchOperation, _ path: PatchPath, to stage: inout REST.Stage, of api: RESTAPI
    ) throws(ServiceError) {
        if patch.op == .remove { return try remove(path, from: &stage) }
        let names = Array(path.segments.dropFirst())
        guard let name = names.first, let known = Member(rawValue: name), names.count == known.depth else {
            throw RestStagePatches.unknown(path.text)
        }
        guard patch.op == .replace else {
            throw RESTError.badRequest("Invalid \(patch.op.rawValue) operation with path: \(path.text)")
        }
        // Recorded: what a canary does not have yet is made by its first setting, with the stage's own deployment.
        var canary = stage.canarySettings ?? REST.CanarySettings(deploymentId: stage.deploymentId)
        let step = PatchStep(operation: patch, captured: [])
        switch known {
        case .deploymentId: canary.deploymentId = try RestStageRules.deployment(patch.value, of: api)
        case .percentTraffic:
            canary.percentTraffic = REST.Decimal(try RestStageRules.percent(try step.double()))
        case .useStageCache: canary.useStageCache = step.bool
        case .stageVariableOverrides:
            var overrides = canary.stageVariableOverrides ?? [:]
            overrides[names[1]] = patch.value ?? ""
            try RestStageRules.check(overrides)
            canary.stageVariableOverrides = overrides
        }
        stage.canarySettings = canary
    }

    private enum Member: String {
        case deploymentId, percentTraffic, useStageCache, stageVariableOverrides

        /// Overrides are named one by one.
        var depth: Int { self == .stageVariableOverrides ? 2 : 1 }
    }

    private static func remove(_ path: PatchPath, from stage: inout REST.Stage) throws(ServiceError) {
        let names = path.segments.dropFirst()
        if names.isEmpty {
            stage.canarySettings = nil
            return
        }
        guard names.count == 2, names.first == Member.stageVariableOverrides.rawValue, let name = names.last,
            stage.canarySettings?.stageVariableOverrides?[name] != nil
        else { throw RestStagePatches.nothingToRemove(path.text) }
        stage.canarySettings?.stageVariableOverrides?[name] = nil
        if stage.canarySettings?.stageVariableOverrides?.isEmpty == true {
            stage.canarySettings?.stageVariableOverrides = nil
        }
    }
}

/// A canary becomes the stage: `copy` from its settings.
enum StagePromotion {
    static func copy(_ patch: PatchOperation, in stage: inout REST.Stage) throws(ServiceError) {
        switch (patch.from, patch.path) {
        case ("/canarySettings/deploymentId", "/deploymentId"): stage.deploymentId = try canary(stage).deploymentId
        case ("/canarySettings/stageVariableOverrides", "/variables"):
            // Recorded: they are merged into the stage's own.
            var variables = stage.variables ?? [:]
            for (name, value) in try canary(stage).stageVariableOverrides ?? [:] { variables[name] = value }
            try RestStageRules.check(variables)
            stage.variables = variables.isEmpty ? nil : variables
        default:
            throw RESTError.badRequest(
                "Invalid copy operation with path: \(patch.path ?? "null") and from \(patch.from ?? "null"). Valid "
                    + "copy:path are [/deploymentId, /variables] and valid copy:from are "
                    + "[/canarySettings/deploymentId, /canarySettings/stageVariableOverrides]")
        }
    }

    private static func canary(_ stage: REST.Stage) throws(ServiceError) -> REST.CanarySettings {
        guard let canary = stage.canarySettings else {
            throw RESTError.badRequest("Promotion not available. Canary does not exist.")
        }
        return canary
    }
}
