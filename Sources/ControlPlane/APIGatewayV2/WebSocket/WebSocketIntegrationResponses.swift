import BoundedRegex
import GatewayModel
import JSON

/// The operations on IntegrationResponse. One of a proxy integration is kept, and chosen by nobody.
extension V2Operations {
    static var integrationResponses: [Operation] {
        let kit = InnerPartOperations<V2.IntegrationResponse>()
        return [
            kit.create("CreateIntegrationResponse") { id, _, _, call throws(ServiceError) in
                var response = V2.IntegrationResponse(integrationResponseId: id, integrationResponseKey: "")
                try IntegrationResponseMembers.apply(try RequestMembers(call), to: &response)
                return response
            },
            kit.get("GetIntegrationResponse"), kit.list("GetIntegrationResponses"),
            kit.update("UpdateIntegrationResponse") { response, _, _, call throws(ServiceError) in
                try IntegrationResponseMembers.apply(try RequestMembers(call), to: &response)
            },
            kit.delete("DeleteIntegrationResponse"),
        ]
    }
}

/// Source: Developer Guide, apigateway-websocket-api-integration-responses; the service's words are unknown.
private enum IntegrationResponseMembers {
    static func apply(_ members: RequestMembers, to response: inout V2.IntegrationResponse) throws(ServiceError) {
        if let key = try members.string("integrationResponseKey", upTo: V2Quotas.selectionExpressionLength) {
            response.integrationResponseKey = key
        }
        try checkKey(response.integrationResponseKey)
        try IntegrationMembers.set(&response.contentHandlingStrategy, members, "contentHandlingStrategy")
        try WebSocketTemplates.checkContentHandling(response.contentHandlingStrategy)
        try SelectionExpressionRules.apply(
            members, "templateSelectionExpression", to: &response.templateSelectionExpression, .response)
        if let templates = try WebSocketTemplates.read(members, "responseTemplates") {
            response.responseTemplates = templates.isEmpty ? nil : templates
        }
        if let mappings = try members.map("responseParameters", upTo: V2Quotas.mappings) {
            response.responseParameters = IntegrationMembers.merge(mappings, into: response.responseParameters)
            try checkMappings(response.responseParameters ?? [:])
        }
    }

    /// `$default`, or a regular expression between slashes.
    private static func checkKey(_ key: String) throws(ServiceError) {
        if key == "$default" { return }
        guard key.utf8.count > 2, key.hasPrefix("/"), key.hasSuffix("/"),
            (try? Pattern(String(key.dropFirst().dropLast()), dialect: .java)) != nil
        else {
            throw V2Error.badRequest(
                "Invalid integration response key specified. Must be $default or a regular expression between slashes: "
                    + key)
        }
    }

    private static func checkMappings(_ mappings: OrderedMap<String>) throws(ServiceError) {
        for (destination, source) in mappings {
            // The model says `method.response.header.NAME`.
            guard let place = MappingPlace(destination, of: "method.response"), place.kind == .header,
                !place.isMultivalue
            else { throw V2Error.invalidMapping("Invalid mapping expression specified: \(destination)") }
            try WebSocketIntegrationRules.checkSource(source, of: "integration.response")
        }
    }
}

extension V2.IntegrationResponse: InnerPart {
    static var list: any WritableKeyPath<V2.Integration, [V2.IntegrationResponse]?> & Sendable {
        \.integrationResponses
    }
    static var quota: Int { V2Quotas.integrationResponses }
    static let collection = "integrationresponses"
    static let parameter = "integrationResponseId"
    static let title = "IntegrationResponse"

    var selectionKey: String { integrationResponseKey }
}
