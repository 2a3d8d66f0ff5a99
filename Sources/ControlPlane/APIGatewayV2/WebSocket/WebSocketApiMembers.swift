import GatewayModel

/// What CreateApi and UpdateApi take for WebSocket APIs alone. The service's words are unknown.
enum WebSocketApiMembers {
    /// Of HTTP APIs: cross-origin rules, and what quick create makes.
    private static let httpOnly = ["credentialsArn", "routeKey", "target"]
    private static let apiKeySelectionExpressions = [
        APIMembers.apiKeySelectionExpression, "$context.authorizer.usageIdentifierKey",
    ]

    static func apply(_ members: RequestMembers, to api: inout V2.Api) throws(ServiceError) {
        for name in httpOnly where try members.string(name)?.isEmpty == false {
            throw V2Error.onlyFor(webSocket: false, "The member \(name)")
        }
        if let cors = try members.object("corsConfiguration"), !cors.names.isEmpty {
            throw V2Error.onlyFor(webSocket: false, "The member corsConfiguration")
        }
        if let expression = try members.string("routeSelectionExpression", upTo: V2Quotas.selectionExpressionLength) {
            try SelectionExpressionRules.check(expression, "routeSelectionExpression", .request)
            api.routeSelectionExpression = expression
        }
        guard api.routeSelectionExpression != nil else {
            throw V2Error.badRequest("RouteSelectionExpression is required for WEBSOCKET protocol type")
        }
        if let expression = try members.string("apiKeySelectionExpression") {
            guard apiKeySelectionExpressions.contains(expression) else {
                throw V2Error.badRequest(
                    "Invalid apiKeySelectionExpression specified. Must be one of "
                        + "[\(apiKeySelectionExpressions.joined(separator: ", "))]")
            }
            api.apiKeySelectionExpression = expression
        }
        if let isDisabled = try members.bool("disableSchemaValidation") { api.disableSchemaValidation = isDisabled }
    }
}
