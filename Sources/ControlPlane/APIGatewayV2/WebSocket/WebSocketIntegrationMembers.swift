import GatewayModel
import JSON

/// What CreateIntegration and UpdateIntegration take for WebSocket APIs alone.
enum WebSocketIntegrationMembers {
    static func apply(_ members: RequestMembers, to integration: inout V2.Integration) throws(ServiceError) {
        try refuseHTTPOnly(members)
        try IntegrationMembers.set(&integration.contentHandlingStrategy, members, "contentHandlingStrategy")
        try IntegrationMembers.set(&integration.passthroughBehavior, members, "passthroughBehavior")
        try SelectionExpressionRules.apply(
            members, "templateSelectionExpression", to: &integration.templateSelectionExpression, .request)
        if let templates = try WebSocketTemplates.read(members, "requestTemplates") {
            integration.requestTemplates = templates.isEmpty ? nil : templates
        }
    }

    /// Tools send some of them empty.
    private static func refuseHTTPOnly(_ members: RequestMembers) throws(ServiceError) {
        if try members.string("integrationSubtype")?.isEmpty == false {
            throw V2Error.onlyFor(webSocket: false, "The member integrationSubtype")
        }
        for name in ["responseParameters", "tlsConfig"] where try members.object(name)?.names.isEmpty == false {
            throw V2Error.onlyFor(webSocket: false, "The member \(name)")
        }
    }
}

/// Mapping templates by what an expression yields. They take the place of all that there were; an empty one stays.
enum WebSocketTemplates {
    static func read(_ members: RequestMembers, _ name: String) throws(ServiceError) -> OrderedMap<String>? {
        guard let templates = try members.map(name, upTo: V2Quotas.mappings) else { return nil }
        for (_, template) in templates where template.utf8.count > V2Quotas.templateBytes {
            throw V2Error.badRequest("A mapping template can have at most \(V2Quotas.templateBytes) bytes.")
        }
        return templates
    }

    static func checkContentHandling(_ strategy: String?) throws(ServiceError) {
        guard let strategy, strategy != "CONVERT_TO_BINARY", strategy != "CONVERT_TO_TEXT" else { return }
        throw V2Error.badRequest(
            "Invalid content handling strategy specified. Must be one of [CONVERT_TO_BINARY, CONVERT_TO_TEXT]")
    }
}
