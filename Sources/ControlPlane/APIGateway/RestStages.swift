import GatewayModel
import JSON

/// The operations on Stage, and on its caches.
extension RESTOperations {
    static var stages: [Operation] {
        let kit = RESTPartOperations<REST.Stage>()
        let item = api + "/stages/{stage_name}"
        return [
            kit.create("CreateStage", checking: checkModel, createStage), kit.get("GetStage"),
            reading("GetStages", api + "/stages") { api, call throws(ServiceError) in
                let deployment = call.query("deploymentId")
                return try RestPage.all(api.stages.filter { deployment == nil || $0.deploymentId == deployment })
            },
            Operation("UpdateStage", .apigateway, .patch, item, updateStage),
            Operation("DeleteStage", .apigateway, .delete, item, success: 202, deleteStage),
            flushing("FlushStageCache", item + "/cache/data") { await $0.stageCaches?.flushCache(of: $1) },
            flushing("FlushStageAuthorizersCache", item + "/cache/authorizers") {
                await $0.restExecution?.flushAuthorizersCache(of: $1)
            },
        ]
    }

    private static func noStage(_ call: Call) -> ServiceError { REST.Stage.notFound(call.path("stage_name")) }

    private static func checkModel(_ constraints: inout Constraints, _ call: Call) throws(ServiceError) {
        let members = try RestMembers(call)
        constraints.present(try members.string("stageName"), "createStageInput.stageName")
        constraints.present(try members.string("deploymentId"), "createStageInput.deploymentId")
        constraints.oneOf(
            try members.string("cacheClusterSize"), "createStageInput.cacheClusterSize",
            RestStageRules.cacheClusterSizes)
    }

    private static func createStage(
        _ api: inout RESTAPI, _ members: RestMembers, _ call: Call
    ) throws(ServiceError) -> REST.Stage {
        let name = try RestStageRules.checkName(try members.string("stageName") ?? "")
        guard api.stages[name] == nil else { throw RESTError.conflict("Stage already exists") }
        var stage = REST.Stage(
            stageName: name, deploymentId: try members.string("deploymentId") ?? "", createdDate: Int(call.now.seconds))
        guard api.deployments[stage.deploymentId] != nil else {
            throw RESTError.badRequest("Invalid Deployment identifier specified")
        }
        if let text = try members.string("description"), !text.isEmpty { stage.description = text }
        if let version = try members.string("documentationVersion"), !version.isEmpty {
            stage.documentationVersion = try RestStageRules.documentationVersion(version, of: api)
        }
        if let settings = try members.members("canarySettings") {
            let id = try RestStageRules.deployment(try settings.string("deploymentId"), of: api)
            stage.canarySettings = try RestStageMembers.canary(settings, deploymentId: id)
        }
        stage.tags = try RestTags.read(members)
        try RestStageMembers.applyCommon(members, to: &stage)
        return stage
    }

    private static func updateStage(_ control: ControlPlane, _ call: Call) async throws(ServiceError) -> Reply {
        let patches = try patches(of: "UpdateStage", call)
        let hasLogRole = control.world.restAccount(call.account).cloudwatchRoleArn != nil
        return try await control.changeRESTAPI(call.path("restapi_id"), unknown: noStage(call)) {
            api throws(ServiceError) in
            let old = try api.find(REST.Stage.self, call)
            var stage = old
            try RestStagePatches.apply(patches, to: &stage, of: api)
            if !hasLogRole, stage.logs, stage.logSettings != old.logSettings {
                throw RESTError.badRequest("CloudWatch Logs role ARN must be set in account settings to enable logging")
            }
            stage.lastUpdatedDate = Int(call.now.seconds)
            try api.put(stage)
            return try .json(stage)
        }
    }

    /// Its place in usage plans goes first: a stage that comes back under the name begins without plans, and so without
    /// keys.
    private static func deleteStage(_ control: ControlPlane, _ call: Call) async throws(ServiceError) -> Reply {
        guard let api = control.world[RESTAPI.self, call.path("restapi_id")] else { throw noStage(call) }
        let stage = try api.find(REST.Stage.self, call)
        try await control.leavePlans([StageKey(apiId: api.id, stageName: stage.stageName)])
        return try await control.changeRESTAPI(api.id, unknown: noStage(call)) { api throws(ServiceError) in
            api.remove(try api.find(REST.Stage.self, call))
            return .empty
        }
    }

    private static func flushing(
        _ name: String, _ path: String, _ flush: @escaping @Sendable (ControlPlane, StageKey) async -> Void
    ) -> Operation {
        Operation(name, .apigateway, .delete, path, success: 202) { control, call throws(ServiceError) in
            guard let api = control.world[RESTAPI.self, call.path("restapi_id")] else { throw noStage(call) }
            let stage = try api.find(REST.Stage.self, call)
            await flush(control, StageKey(apiId: api.id, stageName: stage.stageName))
            return .empty
        }
    }
}

extension REST.Stage: RESTPart {
    static let kind = "rest.stage"
    static var list: any WritableKeyPath<RESTAPI, PartList<REST.Stage>> & Sendable { \.stages }
    static var quota: Int? { RESTQuotas.stages }
    static let collection = "stages"
    static let parameter = "stage_name"

    static func notFound(_ key: String) -> ServiceError { RESTError.notFound("Invalid stage identifier specified") }
}

/// The members that CreateStage and CreateDeployment share.
enum RestStageMembers {
    static func applyCommon(_ members: RestMembers, to stage: inout REST.Stage) throws(ServiceError) {
        if let isEnabled = try members.bool("cacheClusterEnabled") { stage.cacheClusterEnabled = isEnabled }
        if let size = try members.string("cacheClusterSize") { stage.cacheClusterSize = size }
        if let isEnabled = try members.bool("tracingEnabled") { stage.tracingEnabled = isEnabled }
        if let variables = try members.map("variables") {
            try RestStageRules.check(variables)
            stage.variables = variables.isEmpty ? nil : variables
        }
        RestStageRules.settleCache(&stage)
    }

    static func canary(_ settings: RestMembers, deploymentId: String) throws(ServiceError) -> REST.CanarySettings {
        var canary = REST.CanarySettings(deploymentId: deploymentId)
        if let percent = try settings.double("percentTraffic") {
            canary.percentTraffic = REST.Decimal(try RestStageRules.percent(percent))
        }
        if let overrides = try settings.map("stageVariableOverrides") {
            try RestStageRules.check(overrides)
            canary.stageVariableOverrides = overrides.isEmpty ? nil : overrides
        }
        canary.useStageCache = try settings.bool("useStageCache") ?? false
        return canary
    }
}

extension REST.Stage {
    /// What the stage writes down of its requests, and for which methods.
    fileprivate var logSettings: [String?] {
        [accessLogSettings?.destinationArn, accessLogSettings?.format]
            + methodSettings.map { "\($0.key) \($0.value.loggingLevel ?? "OFF")" }
    }

    fileprivate var logs: Bool {
        accessLogSettings != nil || methodSettings.contains { ($0.value.loggingLevel ?? "OFF") != "OFF" }
    }
}
