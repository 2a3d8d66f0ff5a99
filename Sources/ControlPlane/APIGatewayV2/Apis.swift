import GatewayModel
import JSON

/// The operations on Api, and the deletion of its CORS configuration.
extension V2Operations {
    static let apis = [
        Operation("CreateApi", .apigateway, .post, "/v2/apis", success: 201, createApi),
        Operation("GetApi", .apigateway, .get, "/v2/apis/{apiId}", getApi),
        Operation("GetApis", .apigateway, .get, "/v2/apis", getApis),
        Operation("UpdateApi", .apigateway, .patch, "/v2/apis/{apiId}", updateApi),
        Operation("DeleteApi", .apigateway, .delete, "/v2/apis/{apiId}", success: 204, deleteApi),
        Operation(
            "DeleteCorsConfiguration", .apigateway, .delete, "/v2/apis/{apiId}/cors", success: 204,
            deleteCorsConfiguration),
    ]

    private static func createApi(_ control: isolated ControlPlane, _ call: Call) async throws(ServiceError) -> Reply {
        let members = try RequestMembers(call)
        switch try members.string("protocolType") {
        case "HTTP": break
        case "WEBSOCKET": throw ServiceError.unsupported("Gatehouse does not serve WebSocket APIs yet.")
        default: throw V2Error.badRequest("Invalid protocol specified. Must be one of [HTTP, WEBSOCKET]")
        }
        var api = APIMembers.make(
            id: try control.freshAPIId(call), name: "", account: control.settings.account, now: control.timestamp)
        try APIMembers.apply(members, to: &api)
        guard !api.name.isEmpty else { throw V2Error.badRequest("Invalid API name specified") }
        api.tags = try Tags.read(members)
        var change = try APIChange(creating: api)
        let quick = try QuickCreate(members)
        try quick?.add(to: &change, now: control.timestamp)
        try await control.commit(change).publish()
        try await quick?.permitInvocation(control, apiId: api.apiId)
        // The service leaves empty tags out here, and only here.
        if api.tags?.isEmpty == true { api.tags = nil }
        return try .json(api)
    }

    private static func getApi(_ control: isolated ControlPlane, _ call: Call) throws(ServiceError) -> Reply {
        try .json(try control.httpAPI(call).api)
    }

    private static func getApis(_ control: isolated ControlPlane, _ call: Call) throws(ServiceError) -> Reply {
        let apis = control.apis.values.map(\.api).sorted {
            ($0.createdDate ?? "", $0.apiId) < ($1.createdDate ?? "", $1.apiId)
        }
        return try Lists.page(apis, call, key: \.apiId)
    }

    private static func updateApi(_ control: isolated ControlPlane, _ call: Call) async throws(ServiceError) -> Reply {
        let old = try control.httpAPI(call)
        let members = try RequestMembers(call)
        var api = old.api
        try APIMembers.apply(members, to: &api)
        var change = APIChange(of: old)
        let changesContent =
            api.corsConfiguration != old.api.corsConfiguration
            || api.disableExecuteApiEndpoint != old.api.disableExecuteApiEndpoint
        try change.put(api, changesContent: changesContent)
        let quick = try QuickCreate.update(members, &change)
        try await control.commit(change).publish()
        try await quick?.permitInvocation(control, apiId: api.apiId)
        // 201 on the wire, whatever the model says.
        var reply = try Reply.json(api)
        reply.status = 201
        return reply
    }

    private static func deleteApi(_ control: isolated ControlPlane, _ call: Call) async throws(ServiceError) -> Reply {
        try await control.commitDeletion(of: try control.httpAPI(call)).publish()
        return .empty
    }

    private static func deleteCorsConfiguration(
        _ control: isolated ControlPlane, _ call: Call
    ) async throws(ServiceError) -> Reply {
        let old = try control.httpAPI(call)
        guard old.api.corsConfiguration != nil else { return .empty }
        var api = old.api
        api.corsConfiguration = nil
        var change = APIChange(of: old)
        try change.put(api, changesContent: true)
        try await control.commit(change).publish()
        return .empty
    }
}

extension ControlPlane {
    /// An id that no API has: the one that the call has chosen, or any.
    func freshAPIId(_ call: Call) throws(ServiceError) -> String {
        guard apis.count < V2Quotas.apis else {
            throw ServiceError(
                "TooManyRequestsException", status: 429,
                "Maximum number of APIs for this account has been reached.")
        }
        if let id = call.chosenId, apis[id] == nil { return id }
        while true {
            let id = Identifiers.api()
            if apis[id] == nil { return id }
        }
    }
}

extension HTTPAPI {
    func freshRouteId(_ call: Call? = nil) -> String { Self.fresh(7, call) { routes[$0] != nil } }
    func freshIntegrationId(_ call: Call? = nil) -> String { Self.fresh(7, call) { integrations[$0] != nil } }
    func freshDeploymentId(_ call: Call? = nil) -> String { Self.fresh(6, call) { deployments[$0] != nil } }

    private static func fresh(_ length: Int, _ call: Call?, isTaken: (String) -> Bool) -> String {
        if let id = call?.chosenId, !isTaken(id) { return id }
        while true {
            let id = Identifiers.part(length)
            if !isTaken(id) { return id }
        }
    }
}
