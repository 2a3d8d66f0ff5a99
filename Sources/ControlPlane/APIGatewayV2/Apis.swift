import GatewayModel
import JSON

/// The operations on Api, and the deletion of its CORS configuration.
extension V2Operations {
    private static let api = "/v2/apis/{apiId}"

    static var apis: [Operation] {
        [
            Operation("CreateApi", .apigateway, .post, "/v2/apis", success: 201, createApi),
            Operation("GetApi", .get, api, reading: getApi),
            Operation("GetApis", .apigateway, .get, "/v2/apis", getApis),
            Operation("UpdateApi", .apigateway, .patch, api, updateApi),
            Operation("DeleteApi", .apigateway, .delete, api, success: 204, deleteApi),
            Operation(
                "DeleteCorsConfiguration", .delete, api + "/cors", success: 204, changing: deleteCorsConfiguration),
        ]
    }

    private static func createApi(_ control: ControlPlane, _ call: Call) async throws(ServiceError) -> Reply {
        let members = try RequestMembers(call)
        let protocolType = try members.string("protocolType") ?? ""
        guard protocolType == "HTTP" || protocolType == "WEBSOCKET" else {
            throw V2Error.badRequest("Invalid protocol specified. Must be one of [HTTP, WEBSOCKET]")
        }
        var api = HTTPAPI(try APIMembers.make(protocolType, name: "", control, call))
        try APIMembers.apply(members, to: &api.api)
        guard !api.api.name.isEmpty else { throw V2Error.badRequest("Invalid API name specified") }
        api.api.tags = try Tags.read(members)
        let target = api.isWebSocket ? nil : try QuickCreate(members)?.add(to: &api, call)
        // First: what refuses it must refuse the call.
        if let target { try await QuickCreate.permitInvocation(of: target, control, apiId: api.id) }
        try await control.createAPI(api)
        // The service leaves empty tags out here, and only here.
        if api.api.tags?.isEmpty == true { api.api.tags = nil }
        return try .json(api.api)
    }

    private static func getApi(_ api: HTTPAPI, _: Call) throws(ServiceError) -> Reply { try .json(api.api) }

    private static func getApis(_ control: ControlPlane, _ call: Call) throws(ServiceError) -> Reply {
        let apis = control.world.apis.map(\.value.root.api).sorted {
            ($0.createdDate ?? "", $0.apiId) < ($1.createdDate ?? "", $1.apiId)
        }
        return try Lists.page(apis, call, key: \.apiId)
    }

    private static func updateApi(_ control: ControlPlane, _ call: Call) async throws(ServiceError) -> Reply {
        let members = try RequestMembers(call)
        var tried = try control.httpAPI(call)
        if !tried.isWebSocket, let target = try QuickCreate.update(members, &tried, call.limits) {
            try await QuickCreate.permitInvocation(of: target, control, apiId: tried.id)
        }
        let api = try await control.changeAPI(call.path("apiId")) { api throws(ServiceError) in
            try APIMembers.apply(members, to: &api.api)
            if !api.isWebSocket { _ = try QuickCreate.update(members, &api, call.limits) }
        } answering: { api, _ in
            api.api
        }
        // 201 on the wire, whatever the model says.
        var reply = try Reply.json(api)
        reply.status = 201
        return reply
    }

    private static func deleteApi(_ control: ControlPlane, _ call: Call) async throws(ServiceError) -> Reply {
        let api = try control.httpAPI(call)
        let stages = api.stages.filter { api.hasKeys($0.stageName) }
        try await control.leavePlans(stages.map { StageKey(apiId: api.id, stageName: $0.stageName) })
        try await control.deleteAPI(api.id)
        await QuickCreate.withdrawPermission(control, api)
        return .empty
    }

    private static func deleteCorsConfiguration(_ api: inout HTTPAPI, _: Call) throws(ServiceError) -> Reply {
        api.api.corsConfiguration = nil
        return .empty
    }
}
