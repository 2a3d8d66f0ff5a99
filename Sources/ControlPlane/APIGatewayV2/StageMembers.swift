import GatewayModel
import JSON

/// The members of CreateStage and UpdateStage: read, checked and put on a stage. Only what is present changes anything.
enum StageMembers {
    static func apply(_ members: RequestMembers, to stage: inout V2.Stage, of api: HTTPAPI) throws(ServiceError) {
        if try members.string("clientCertificateId")?.isEmpty == false {
            guard api.isWebSocket else { throw V2Error.onlyFor(webSocket: true, "The member clientCertificateId") }
            throw ServiceError.unsupported(
                "Gatehouse does not present client certificates yet: clientCertificateId is refused on a stage.")
        }
        if let text = try members.string("description", upTo: V2Quotas.descriptionLength) {
            stage.description = text.isEmpty ? nil : text
        }
        if let settings = try members.object("accessLogSettings") {
            stage.accessLogSettings = try AccessLogRules.read(settings, changing: stage.accessLogSettings)
        }
        if let settings = try members.object("defaultRouteSettings") {
            var merged = stage.defaultRouteSettings ?? V2.RouteSettings(detailedMetricsEnabled: false)
            try apply(settings, to: &merged, of: api)
            stage.defaultRouteSettings = merged
        }
        if let settings = try members.object("routeSettings") {
            stage.routeSettings = try merge(settings, into: stage.routeSettings ?? [:], of: api)
        }
        if let variables = try members.map("stageVariables", upTo: V2Quotas.stageVariables) {
            stage.stageVariables = try merge(variables, into: stage.stageVariables ?? [:])
        }
        try applyDeployment(members, to: &stage, of: api)
    }

    private static func applyDeployment(
        _ members: RequestMembers, to stage: inout V2.Stage, of api: HTTPAPI
    ) throws(ServiceError) {
        if let isAutomatic = try members.bool("autoDeploy") {
            // What is false reads back as absent.
            stage.autoDeploy = isAutomatic ? true : nil
        }
        guard let deploymentId = try members.string("deploymentId"), !deploymentId.isEmpty else { return }
        guard stage.autoDeploy != true else {
            throw V2Error.badRequest("DeploymentId can't be updated if autoDeploy is enabled")
        }
        guard let deployment = api.deployments[deploymentId] else {
            throw V2Error.badRequest("Invalid deployment identifier specified \(deploymentId)")
        }
        stage.deploymentId = deployment.deploymentId
        stage.lastDeploymentStatusMessage = nil
    }

    private static func apply(
        _ members: RequestMembers, to settings: inout V2.RouteSettings, of api: HTTPAPI
    ) throws(ServiceError) {
        if api.isWebSocket {
            try applyLogging(members, to: &settings)
        } else if members.has("loggingLevel") || members.has("dataTraceEnabled") {
            throw V2Error.badRequest("Execution logs are not supported on protocolType HTTP")
        }
        // A caller that knows what it takes away says null; AWS's tools send none.
        if members.isNull("throttlingBurstLimit") { settings.throttlingBurstLimit = nil }
        if members.isNull("throttlingRateLimit") { settings.throttlingRateLimit = nil }
        if let burst = try members.integer("throttlingBurstLimit") {
            guard burst >= 0 else {
                throw V2Error.badRequest("ThrottlingBurstLimit must be greater than or equal to 0")
            }
            settings.throttlingBurstLimit = burst
        }
        if let rate = try members.double("throttlingRateLimit") {
            guard rate >= 0 else { throw V2Error.badRequest("ThrottlingRateLimit must be greater than or equal to 0") }
            settings.throttlingRateLimit = rate
        }
        if let isEnabled = try members.bool("detailedMetricsEnabled") { settings.detailedMetricsEnabled = isEnabled }
    }

    private static func applyLogging(
        _ members: RequestMembers, to settings: inout V2.RouteSettings
    ) throws(ServiceError) {
        if let level = try members.string("loggingLevel") {
            guard ["OFF", "ERROR", "INFO"].contains(level) else {
                throw V2Error.badRequest("Invalid logging level specified. Must be one of [OFF, ERROR, INFO]")
            }
            settings.loggingLevel = level
        }
        if let isEnabled = try members.bool("dataTraceEnabled") { settings.dataTraceEnabled = isEnabled }
    }

    private static func merge(
        _ changes: RequestMembers, into old: OrderedMap<V2.RouteSettings>, of api: HTTPAPI
    ) throws(ServiceError) -> OrderedMap<V2.RouteSettings> {
        guard changes.names.count <= V2Quotas.routeSettings else { throw V2Error.tooMany("RouteSettings") }
        var merged = old
        for key in changes.names {
            guard api.routeKeys.contains(key) else {
                throw V2Error.notFound("Unable to find Route by key \(key) within the provided RouteSettings")
            }
            guard let members = try changes.object(key) else { continue }
            var settings = merged[key] ?? V2.RouteSettings()
            try apply(members, to: &settings, of: api)
            merged[key] = settings
        }
        return merged
    }

    /// An empty value deletes the variable, as Terraform counts on.
    private static func merge(
        _ changes: OrderedMap<String>, into old: OrderedMap<String>
    ) throws(ServiceError) -> OrderedMap<String> {
        var merged = old
        for (name, value) in changes {
            guard name.utf8.count <= V2Quotas.stageVariableNameLength, StageVariableExpression.isName(name) else {
                throw V2Error.badRequest(
                    "Invalid stage variable name: \(name).  Please use names with only word characters.")
            }
            guard value.utf8.count <= V2Quotas.stageVariableValueLength, isVariableValue(value) else {
                throw V2Error.badRequest(
                    "Invalid stage variable value: \(value).  Please use values with alphanumeric characters and the "
                        + "symbols ' ', -', '.', '_', ':', '/', '?', '&', '=', and ','.")
            }
            merged[name] = value.isEmpty ? nil : value
        }
        guard merged.count <= V2Quotas.stageVariables else {
            throw V2Error.badRequest("A stage can have at most \(V2Quotas.stageVariables) stage variables.")
        }
        return merged
    }

    /// `[A-Za-z0-9-._~:/?#&=,]*` (botocore, StageVariablesMap).
    static func isVariableValue(_ value: String) -> Bool { value.utf8.allSatisfy(isValueByte) }

    private static func isValueByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._~:/?#&=,".utf8.contains(byte)
        }
    }
}
