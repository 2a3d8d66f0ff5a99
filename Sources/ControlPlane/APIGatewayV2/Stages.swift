import GatewayModel
import JSON

/// The operations on Stage, and the deletions inside it.
extension V2Operations {
    static var stages: [Operation] {
        let kit = PartOperations<V2.Stage>()
        return [
            kit.create("CreateStage", createStage).after(checkLogRole), kit.get("GetStage"), kit.list("GetStages"),
            kit.update("UpdateStage", updateStage).after(checkLogRole),
            kit.delete("DeleteStage").after(leavePlans),
            kit.delete("DeleteAccessLogSettings", "/accesslogsettings") { stage, call throws(ServiceError) in
                stage.accessLogSettings = nil
                stage.lastUpdatedDate = call.timestamp
            },
            kit.delete("DeleteRouteSettings", "/routesettings/{routeKey}", deleteRouteSettings),
        ]
    }

    /// Logs of WebSocket APIs are written as the account's role, those of HTTP APIs are not (Developer Guide,
    /// apigateway-websocket-api-logging; Terraform's tests). In the words of REST APIs.
    @Sendable private static func checkLogRole(_ control: ControlPlane, _ call: Call) async throws(ServiceError) {
        guard control.world[HTTPAPI.self, call.path("apiId")]?.isWebSocket == true,
            control.world.restAccount(call.account).cloudwatchRoleArn == nil
        else { return }
        let members = try RequestMembers(call)
        let routes = try members.object("routeSettings")
        var settings = [try members.object("defaultRouteSettings")]
        for key in routes?.names ?? [] { settings.append(try routes?.object(key)) }
        var logs = try members.object("accessLogSettings")?.string("destinationArn")?.isEmpty == false
        for setting in settings {
            let level = try setting?.string("loggingLevel")
            logs = logs || level != nil && level != "OFF"
        }
        guard logs else { return }
        throw V2Error.badRequest("CloudWatch Logs role ARN must be set in account settings to enable logging")
    }

    /// A stage that comes back under the name begins without plans, and so without keys.
    @Sendable private static func leavePlans(_ control: ControlPlane, _ call: Call) async throws(ServiceError) {
        let api = try control.httpAPI(call)
        guard api.hasKeys(call.path("stageName")) else { return }
        try await control.leavePlans([StageKey(apiId: api.id, stageName: call.path("stageName"))])
    }

    private static func createStage(_ api: inout HTTPAPI, _ call: Call) throws(ServiceError) -> V2.Stage {
        let members = try RequestMembers(call)
        let name = try Stages.checkName(try members.string("stageName"), of: api)
        guard api.stages[name] == nil else { throw V2Error.conflict("Stage already exists") }
        var stage = Stages.make(name: name, isWebSocket: api.isWebSocket, now: call.timestamp)
        stage.tags = try Tags.read(members)
        try StageMembers.apply(members, to: &stage, of: api)
        return stage
    }

    private static func updateStage(_ stage: inout V2.Stage, _ api: HTTPAPI, _ call: Call) throws(ServiceError) {
        try StageMembers.apply(try RequestMembers(call), to: &stage, of: api)
        guard stage.apiGatewayManaged != true || stage.autoDeploy == true else {
            throw V2Error.badRequest(
                "A stage that API Gateway manages deploys by itself; autoDeploy cannot be disabled.")
        }
        stage.lastUpdatedDate = call.timestamp
    }

    private static func deleteRouteSettings(_ stage: inout V2.Stage, _ call: Call) throws(ServiceError) {
        let key = call.path("routeKey")
        guard stage.routeSettings?[key] != nil else {
            throw V2Error.notFound("Unable to find Route by key \(key) within the provided RouteSettings")
        }
        stage.routeSettings?[key] = nil
        stage.lastUpdatedDate = call.timestamp
    }
}

extension V2.Stage: APIPart {
    static let kind = "v2.stage"
    static var list: any WritableKeyPath<HTTPAPI, PartList<V2.Stage>> & Sendable { \.stages }
    static var quota: Int? { V2Quotas.stages }
    static let collection = "stages"
    static let parameter = "stageName"

    static func notFound(_ key: String) -> ServiceError { V2Error.notFound("Invalid stage identifier specified") }

    /// A stage that ends to deploy by itself goes on serving what it served.
    func enter(_ api: inout HTTPAPI, replacing old: V2.Stage?) throws(ServiceError) {
        guard old?.autoDeploy == true, autoDeploy != true, let kept = deploymentId, api.contents[kept] == nil else {
            return
        }
        api.freeze(as: kept)
    }

    func checkDeletion(from api: HTTPAPI) throws(ServiceError) {
        guard apiGatewayManaged != true else {
            throw V2Error.badRequest("A stage that API Gateway manages cannot be deleted.")
        }
    }
}

enum Stages {
    /// A fresh stage as it reads back before anything is set.
    static func make(name: String, isWebSocket: Bool = false, now: String) -> V2.Stage {
        var stage = V2.Stage(stageName: name)
        stage.createdDate = now
        var settings = V2.RouteSettings(detailedMetricsEnabled: false)
        if isWebSocket {
            settings.dataTraceEnabled = false
            settings.loggingLevel = "OFF"
        }
        stage.defaultRouteSettings = settings
        stage.lastUpdatedDate = now
        stage.routeSettings = [:]
        stage.stageVariables = [:]
        stage.tags = [:]
        return stage
    }

    static func checkName(_ name: String?, of api: HTTPAPI) throws(ServiceError) -> String {
        // A WebSocket API has a stage in every path. (AWS takes the name, and connecting to it fails; SAM's words.)
        guard name != "$default" || !api.isWebSocket else {
            throw V2Error.badRequest("Stages cannot be named $default for WebSocket APIs.")
        }
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
