import GatewayModel
import JSON

/// What UpdateStage may change. Its faults are like no other resource's.
enum RestStagePatches {
    static func apply(
        _ patches: [PatchOperation], to stage: inout REST.Stage, of api: RESTAPI
    ) throws(ServiceError) {
        var copy = stage
        for patch in patches { try apply(patch, to: &copy, of: api) }
        RestStageRules.settleCache(&copy)
        stage = copy
    }

    private static func apply(
        _ patch: PatchOperation, to stage: inout REST.Stage, of api: RESTAPI
    ) throws(ServiceError) {
        guard let text = patch.path else { throw unknown("null") }
        let path = PatchPath(text)
        if patch.op == .copy { return try StagePromotion.copy(patch, in: &stage) }
        guard patch.op != .move, patch.op != .test else { throw unknown(text) }
        switch path.segments.first {
        case "accessLogSettings": try AccessLogPatches.apply(patch, path, to: &stage)
        case "canarySettings": try CanaryPatches.apply(patch, path, to: &stage, of: api)
        case "variables": try applyVariables(patch, path, to: &stage)
        default:
            if path.segments.count == 1, text.hasPrefix("/") {
                return try applyMember(patch, path, to: &stage, of: api)
            }
            try MethodSettingPatches.apply(patch, path, to: &stage)
        }
    }

    private static func applyMember(
        _ patch: PatchOperation, _ path: PatchPath, to stage: inout REST.Stage, of api: RESTAPI
    ) throws(ServiceError) {
        if patch.op == .remove { throw nothingToRemove(path.text) }
        let step = PatchStep(operation: patch, captured: [])
        switch path.segments[0] {
        case "deploymentId": stage.deploymentId = try RestStageRules.deployment(patch.value, of: api)
        case "description": stage.description = step.text
        case "documentationVersion":
            stage.documentationVersion = try step.text.map { version throws(ServiceError) in
                try RestStageRules.documentationVersion(version, of: api)
            }
        case "cacheClusterEnabled": stage.cacheClusterEnabled = step.bool
        case "cacheClusterSize":
            guard let size = step.value, RestStageRules.cacheClusterSizes.contains(size) else {
                throw RESTError.badRequest(
                    "Invalid cache cluster size specified. Valid options are "
                        + RestStageRules.cacheClusterSizes.joined(separator: ","))
            }
            stage.cacheClusterSize = size
        case "clientCertificateId":
            guard step.text == nil else {
                throw ServiceError.unsupported(
                    "Gatehouse does not present client certificates yet: clientCertificateId is refused on a stage.")
            }
        case "tracingEnabled": stage.tracingEnabled = step.bool
        default: throw unknown(path.text)
        }
    }

    private static func applyVariables(
        _ patch: PatchOperation, _ path: PatchPath, to stage: inout REST.Stage
    ) throws(ServiceError) {
        guard path.segments.count == 2 else {
            guard patch.op == .remove, path.segments.count == 1 else { throw unknown(path.text) }
            stage.variables = nil
            return
        }
        let name = path.segments[1]
        var variables = stage.variables ?? [:]
        if patch.op == .remove {
            guard variables[name] != nil else { throw nothingToRemove(path.text) }
            variables[name] = nil
        } else {
            variables[name] = patch.value ?? ""
        }
        try RestStageRules.check(variables)
        stage.variables = variables.isEmpty ? nil : variables
    }

    /// Recorded for whatever is removed and is not there, method settings or not.
    static func nothingToRemove(_ path: String) -> ServiceError {
        RESTError.badRequest(
            "Cannot remove method setting \(path.hasPrefix("/") ? String(path.dropFirst()) : path) because there is no "
                + "method setting for this method ")
    }

    /// Recorded; the missing commas are the service's.
    static func unknown(_ path: String) -> ServiceError {
        let method = "/{resourcePath}/{httpMethod}"
        return RESTError.badRequest(
            "Invalid method setting path: \(path). Must be one of: [/deploymentId, /description, /cacheClusterEnabled, "
                + "/cacheClusterSize, /clientCertificateId, /accessLogSettings, /accessLogSettings/destinationArn, "
                + "/accessLogSettings/format, \(method)/metrics/enabled, \(method)/logging/dataTrace, "
                + "\(method)/logging/loglevel, \(method)/throttling/burstLimit\(method)/throttling/rateLimit"
                + "\(method)/caching/ttlInSeconds, \(method)/caching/enabled, \(method)/caching/dataEncrypted, "
                + "\(method)/caching/requireAuthorizationForCacheControl, "
                + "\(method)/caching/unauthorizedCacheControlHeaderStrategy, /*/*/metrics/enabled, "
                + "/*/*/logging/dataTrace, /*/*/logging/loglevel, /*/*/throttling/burstLimit /*/*/throttling/rateLimit "
                + "/*/*/caching/ttlInSeconds, /*/*/caching/enabled, /*/*/caching/dataEncrypted, "
                + "/*/*/caching/requireAuthorizationForCacheControl, "
                + "/*/*/caching/unauthorizedCacheControlHeaderStrategy, /variables/{variable_name}, /tracingEnabled]")
    }
}

/// `/accessLogSettings/…`
private enum AccessLogPatches {
    static func apply(
        _ patch: PatchOperation, _ path: PatchPath, to stage: inout REST.Stage
    ) throws(ServiceError) {
        if patch.op == .remove {
            // Recorded: they go together or not at all.
            guard path.segments.count == 1 else { throw RestStagePatches.nothingToRemove(path.text) }
            stage.accessLogSettings = nil
            return
        }
        guard path.segments.count == 2, ["destinationArn", "format"].contains(path.segments[1]) else {
            throw RESTError.badRequest(
                "Invalid accessLogSettings path. Must be one of : [/accessLogSettings/destinationArn, "
                    + "/accessLogSettings/format]")
        }
        guard let value = patch.value, !value.isEmpty else {
            throw RESTError.badRequest("Access Log value must not be empty")
        }
        var settings = stage.accessLogSettings ?? REST.AccessLogSettings()
        if path.segments[1] == "format" {
            try AccessLogRules.checkFormat(value)
            settings.format = value
        } else {
            let arn = value.hasSuffix(":*") ? String(value.dropLast(2)) : value
            try AccessLogRules.checkDestination(arn)
            settings.destinationArn = arn
        }
        stage.accessLogSettings = settings
    }
}
