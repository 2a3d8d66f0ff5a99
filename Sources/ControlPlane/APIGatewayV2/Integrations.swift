import GatewayModel

/// The operations on Integration.
extension V2Operations {
    static let integrations = [
        Operation(
            "CreateIntegration", .apigateway, .post, "/v2/apis/{apiId}/integrations", success: 201, createIntegration),
        Operation("GetIntegration", .apigateway, .get, "/v2/apis/{apiId}/integrations/{integrationId}", getIntegration),
        Operation("GetIntegrations", .apigateway, .get, "/v2/apis/{apiId}/integrations", getIntegrations),
        Operation(
            "UpdateIntegration", .apigateway, .patch, "/v2/apis/{apiId}/integrations/{integrationId}",
            updateIntegration),
        Operation(
            "DeleteIntegration", .apigateway, .delete, "/v2/apis/{apiId}/integrations/{integrationId}", success: 204,
            deleteIntegration),
    ]

    private static func createIntegration(
        _ control: isolated ControlPlane, _ call: Call
    ) async throws(ServiceError) -> Reply {
        let api = try control.httpAPI(call)
        var integration = V2.Integration(integrationId: api.freshIntegrationId(call))
        try IntegrationMembers.apply(try RequestMembers(call), to: &integration)
        try await commit(&integration, in: api, control).publish()
        return try .json(integration)
    }

    private static func getIntegration(_ control: isolated ControlPlane, _ call: Call) throws(ServiceError) -> Reply {
        try .json(try find(call, in: try control.httpAPI(call)))
    }

    private static func getIntegrations(_ control: isolated ControlPlane, _ call: Call) throws(ServiceError) -> Reply {
        try Lists.page(try control.httpAPI(call).integrations.values, call, key: \.integrationId)
    }

    private static func updateIntegration(
        _ control: isolated ControlPlane, _ call: Call
    ) async throws(ServiceError) -> Reply {
        let api = try control.httpAPI(call)
        var integration = try find(call, in: api)
        try IntegrationMembers.apply(try RequestMembers(call), to: &integration)
        try await commit(&integration, in: api, control).publish()
        return try .json(integration)
    }

    private static func deleteIntegration(
        _ control: isolated ControlPlane, _ call: Call
    ) async throws(ServiceError) -> Reply {
        let api = try control.httpAPI(call)
        let integration = try find(call, in: api)
        let target = "integrations/\(integration.integrationId)"
        let routes = api.routes.values.filter { $0.target == target }.map(\.routeId)
        guard routes.isEmpty else {
            throw V2Error.conflict(
                "Cannot delete Integration because it is referenced by the following Routes with Ids: "
                    + "[\(routes.joined(separator: ", "))]")
        }
        guard integration.apiGatewayManaged != true else {
            throw V2Error.badRequest("An integration that API Gateway manages cannot be deleted.")
        }
        var change = APIChange(of: api)
        change.removeIntegration(integration.integrationId)
        try await control.commit(change).publish()
        return .empty
    }

    private static func commit(
        _ integration: inout V2.Integration, in api: HTTPAPI, _ control: isolated ControlPlane
    ) throws(ServiceError) -> any PreparedTraffic {
        try IntegrationRules.refuseUnsupported(integration)
        try IntegrationRules.check(&integration)
        var change = APIChange(of: api)
        try change.put(integration)
        return try control.commit(change)
    }

    private static func find(_ call: Call, in api: HTTPAPI) throws(ServiceError) -> V2.Integration {
        let id = call.path("integrationId")
        guard let integration = api.integrations[id] else {
            throw V2Error.notFound("Invalid Integration identifier specified \(id)")
        }
        return integration
    }
}
