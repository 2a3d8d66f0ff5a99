import GatewayModel

/// The operations on Integration.
extension V2Operations {
    static var integrations: [Operation] {
        let kit = PartOperations<V2.Integration>()
        return [
            kit.create("CreateIntegration") { api, call throws(ServiceError) in
                var integration = V2.Integration(integrationId: api.freshId(of: V2.Integration.self, call))
                try applyMembers(call, to: &integration, of: api)
                return integration
            },
            kit.get("GetIntegration"), kit.list("GetIntegrations"),
            kit.update("UpdateIntegration") { integration, api, call throws(ServiceError) in
                try applyMembers(call, to: &integration, of: api)
            },
            kit.delete("DeleteIntegration"),
        ]
    }

    private static func applyMembers(
        _ call: Call, to integration: inout V2.Integration, of api: HTTPAPI
    ) throws(ServiceError) {
        try IntegrationMembers.apply(try RequestMembers(call), to: &integration, of: api)
        if api.isWebSocket { return try WebSocketIntegrationRules.check(&integration, call.limits) }
        try IntegrationRules.refuseUnsupported(integration)
        try IntegrationRules.check(&integration, call.limits)
    }
}

extension V2.Integration: APIPart {
    static let kind = "v2.integration"
    static var list: any WritableKeyPath<HTTPAPI, PartList<V2.Integration>> & Sendable { \.integrations }
    static var quota: Int? { V2Quotas.integrations }
    static let collection = "integrations"
    static let parameter = "integrationId"

    static func notFound(_ key: String) -> ServiceError {
        V2Error.notFound("Invalid Integration identifier specified \(key)")
    }

    func checkDeletion(from api: HTTPAPI) throws(ServiceError) {
        let target = "integrations/\(integrationId)"
        let routes = api.routes.filter { $0.target == target }.map(\.routeId)
        guard routes.isEmpty else {
            throw V2Error.conflict(
                "Cannot delete Integration because it is referenced by the following Routes with Ids: "
                    + "[\(routes.joined(separator: ", "))]")
        }
        guard apiGatewayManaged != true else {
            throw V2Error.badRequest("An integration that API Gateway manages cannot be deleted.")
        }
    }

    var answer: V2.Integration {
        var answer = self
        answer.integrationResponses = nil
        return answer
    }
}
