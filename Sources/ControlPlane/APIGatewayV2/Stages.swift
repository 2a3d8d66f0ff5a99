import GatewayModel
import JSON

/// The operations on Stage, and the deletions inside it.
extension V2Operations {
    static let stages = [
        Operation("CreateStage", .apigateway, .post, "/v2/apis/{apiId}/stages", success: 201, createStage),
        Operation("GetStage", .apigateway, .get, "/v2/apis/{apiId}/stages/{stageName}", getStage),
        Operation("GetStages", .apigateway, .get, "/v2/apis/{apiId}/stages", getStages),
        Operation("UpdateStage", .apigateway, .patch, "/v2/apis/{apiId}/stages/{stageName}", updateStage),
        Operation(
            "DeleteStage", .apigateway, .delete, "/v2/apis/{apiId}/stages/{stageName}", success: 204, deleteStage),
        Operation(
            "DeleteAccessLogSettings", .apigateway, .delete, "/v2/apis/{apiId}/stages/{stageName}/accesslogsettings",
            success: 204, deleteAccessLogSettings),
        Operation(
            "DeleteRouteSettings", .apigateway, .delete,
            "/v2/apis/{apiId}/stages/{stageName}/routesettings/{routeKey}", success: 204, deleteRouteSettings),
    ]

    private static func createStage(
        _ control: isolated ControlPlane, _ call: Call
    ) async throws(ServiceError) -> Reply {
        let api = try control.httpAPI(call)
        let members = try RequestMembers(call)
        let name = try Stages.checkName(try members.string("stageName"))
        guard api.stages[name] == nil else { throw V2Error.conflict("Stage already exists") }
        var stage = Stages.make(name: name, now: control.timestamp)
        stage.tags = try Tags.read(members)
        try StageMembers.apply(members, to: &stage, of: api)
        let (prepared, stored) = try commit(stage, in: api, control)
        await prepared.publish()
        return try .json(stored)
    }

    private static func getStage(_ control: isolated ControlPlane, _ call: Call) throws(ServiceError) -> Reply {
        try .json(try Stages.find(call, in: try control.httpAPI(call)))
    }

    private static func getStages(_ control: isolated ControlPlane, _ call: Call) throws(ServiceError) -> Reply {
        try Lists.page(try control.httpAPI(call).stages.values, call, key: \.stageName)
    }

    private static func updateStage(
        _ control: isolated ControlPlane, _ call: Call
    ) async throws(ServiceError) -> Reply {
        let api = try control.httpAPI(call)
        var stage = try Stages.find(call, in: api)
        try StageMembers.apply(try RequestMembers(call), to: &stage, of: api)
        guard stage.apiGatewayManaged != true || stage.autoDeploy == true else {
            throw V2Error.badRequest(
                "A stage that API Gateway manages deploys by itself; autoDeploy cannot be disabled.")
        }
        stage.lastUpdatedDate = control.timestamp
        let (prepared, stored) = try commit(stage, in: api, control)
        await prepared.publish()
        return try .json(stored)
    }

    private static func deleteStage(
        _ control: isolated ControlPlane, _ call: Call
    ) async throws(ServiceError) -> Reply {
        let api = try control.httpAPI(call)
        let stage = try Stages.find(call, in: api)
        guard stage.apiGatewayManaged != true else {
            throw V2Error.badRequest("A stage that API Gateway manages cannot be deleted.")
        }
        var change = APIChange(of: api)
        change.removeStage(stage.stageName)
        try await control.commit(change).publish()
        return .empty
    }

    private static func deleteAccessLogSettings(
        _ control: isolated ControlPlane, _ call: Call
    ) async throws(ServiceError) -> Reply {
        let api = try control.httpAPI(call)
        var stage = try Stages.find(call, in: api)
        stage.accessLogSettings = nil
        stage.lastUpdatedDate = control.timestamp
        try await commit(stage, in: api, control).prepared.publish()
        return .empty
    }

    private static func deleteRouteSettings(
        _ control: isolated ControlPlane, _ call: Call
    ) async throws(ServiceError) -> Reply {
        let api = try control.httpAPI(call)
        var stage = try Stages.find(call, in: api)
        let key = call.path("routeKey")
        guard stage.routeSettings?[key] != nil else {
            throw V2Error.notFound("Unable to find Route by key \(key) within the provided RouteSettings")
        }
        stage.routeSettings?[key] = nil
        stage.lastUpdatedDate = control.timestamp
        try await commit(stage, in: api, control).prepared.publish()
        return .empty
    }

    /// The stage as it is afterwards has the deployment that a stage with autoDeploy may have got.
    private static func commit(
        _ stage: V2.Stage, in api: HTTPAPI, _ control: isolated ControlPlane
    ) throws(ServiceError) -> (prepared: any PreparedTraffic, stored: V2.Stage) {
        var change = APIChange(of: api)
        try change.put(stage)
        let prepared = try control.commit(change)
        return (prepared, control.apis[api.id]?.stages[stage.stageName] ?? stage)
    }
}

enum Stages {
    /// A fresh stage as it reads back before anything is set.
    static func make(name: String, now: String) -> V2.Stage {
        var stage = V2.Stage(stageName: name)
        stage.createdDate = now
        stage.defaultRouteSettings = V2.RouteSettings(detailedMetricsEnabled: false)
        stage.lastUpdatedDate = now
        stage.routeSettings = [:]
        stage.stageVariables = [:]
        stage.tags = [:]
        return stage
    }

    static func find(_ call: Call, in api: HTTPAPI) throws(ServiceError) -> V2.Stage {
        guard let stage = api.stages[call.path("stageName")] else {
            throw V2Error.notFound("Invalid stage identifier specified")
        }
        return stage
    }

    static func checkName(_ name: String?) throws(ServiceError) -> String {
        guard let name, name == "$default" || isName(name) else {
            throw V2Error.badRequest("Stage name only allows a-zA-Z0-9_- or $default")
        }
        return name
    }

    private static func isName(_ name: String) -> Bool {
        1...V2Quotas.stageNameLength ~= name.utf8.count
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
