import GatewayModel
import JSON

/// The operations on RouteResponse.
extension V2Operations {
    static var routeResponses: [Operation] {
        let kit = InnerPartOperations<V2.RouteResponse>()
        return [
            kit.create("CreateRouteResponse") { id, _, api, call throws(ServiceError) in
                var response = V2.RouteResponse(routeResponseId: id, routeResponseKey: "")
                try RouteResponseMembers.apply(try RequestMembers(call), to: &response, api)
                return response
            },
            kit.get("GetRouteResponse"), kit.list("GetRouteResponses"),
            kit.update("UpdateRouteResponse") { response, _, api, call throws(ServiceError) in
                try RouteResponseMembers.apply(try RequestMembers(call), to: &response, api)
            },
            kit.delete("DeleteRouteResponse"),
        ]
    }
}

private enum RouteResponseMembers {
    static func apply(
        _ members: RequestMembers, to response: inout V2.RouteResponse, _ api: HTTPAPI
    ) throws(ServiceError) {
        if let key = try members.string("routeResponseKey") { response.routeResponseKey = key }
        // Source: Developer Guide, apigateway-websocket-api-selection-expressions; the words are unknown.
        guard response.routeResponseKey == "$default" else {
            throw V2Error.badRequest("Invalid route response key specified. Must be $default")
        }
        try SelectionExpressionRules.apply(
            members, "modelSelectionExpression", to: &response.modelSelectionExpression, .response)
        if let models = try members.map("responseModels", upTo: V2Quotas.mappings) {
            try WebSocketRouteMembers.checkModels(models, api)
            response.responseModels = models.isEmpty ? nil : models
        }
        if let parameters = try ParameterConstraintsMembers.read(
            members, "responseParameters", of: "route.response", changing: response.responseParameters)
        {
            response.responseParameters = parameters.isEmpty ? nil : parameters
        }
    }
}

extension V2.RouteResponse: InnerPart {
    static var list: any WritableKeyPath<V2.Route, [V2.RouteResponse]?> & Sendable { \.routeResponses }
    static let quota = 1
    static let collection = "routeresponses"
    static let parameter = "routeResponseId"
    static let title = "RouteResponse"

    var selectionKey: String { routeResponseKey }
}
