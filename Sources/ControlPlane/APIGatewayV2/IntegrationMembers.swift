import GatewayModel
import JSON

/// The members of CreateIntegration and UpdateIntegration: read and put on an integration. Only what is present changes
/// anything; `IntegrationRules` then checks the whole.
enum IntegrationMembers {
    static func apply(
        _ members: RequestMembers, to integration: inout V2.Integration, of api: HTTPAPI
    ) throws(ServiceError) {
        if api.isWebSocket {
            try WebSocketIntegrationMembers.apply(members, to: &integration)
        } else {
            try refuseUnsupported(members)
        }
        try set(&integration.connectionId, members, "connectionId")
        try set(&integration.connectionType, members, "connectionType")
        try set(&integration.credentialsArn, members, "credentialsArn")
        try set(&integration.description, members, "description", upTo: V2Quotas.descriptionLength)
        try set(&integration.integrationMethod, members, "integrationMethod")
        try set(&integration.integrationSubtype, members, "integrationSubtype")
        try set(&integration.integrationType, members, "integrationType")
        try set(&integration.integrationUri, members, "integrationUri")
        try set(&integration.payloadFormatVersion, members, "payloadFormatVersion")
        // As with limits of stages: null takes away what was said, and AWS's tools send none.
        if members.isNull("timeoutInMillis") { integration.timeoutInMillis = nil }
        if let timeout = try members.integer("timeoutInMillis") { integration.timeoutInMillis = timeout }
        if let tls = try members.object("tlsConfig") {
            let name = try tls.string("serverNameToVerify")
            integration.tlsConfig = name?.isEmpty == true ? nil : V2.TlsConfig(serverNameToVerify: name)
        }
        if let mappings = try members.map("requestParameters", upTo: V2Quotas.mappings) {
            integration.requestParameters = merge(mappings, into: integration.requestParameters)
        }
        if let statuses = try members.object("responseParameters") {
            integration.responseParameters = try merge(statuses, into: integration.responseParameters)
        }
    }

    static func set(
        _ member: inout String?, _ members: RequestMembers, _ name: String, upTo length: Int? = nil
    ) throws(ServiceError) {
        if let text = try members.string(name, upTo: length) { member = text.isEmpty ? nil : text }
    }

    /// An empty value deletes the mapping.
    static func merge(_ changes: OrderedMap<String>, into old: OrderedMap<String>?) -> OrderedMap<String>? {
        var merged = old ?? [:]
        for (key, value) in changes { merged[key] = value.isEmpty ? nil : value }
        return merged.isEmpty ? nil : merged
    }

    /// The mappings of a status take the place of those it had; a status whose mappings are gone stays, empty.
    private static func merge(
        _ changes: RequestMembers, into old: OrderedMap<OrderedMap<String>>?
    ) throws(ServiceError) -> OrderedMap<OrderedMap<String>>? {
        guard changes.names.count <= V2Quotas.mappings else {
            throw V2Error.badRequest("An integration can have at most \(V2Quotas.mappings) parameter mappings.")
        }
        var merged = old ?? [:]
        for status in changes.names {
            let mappings = try changes.map(status, upTo: V2Quotas.mappings) ?? [:]
            merged[status] = OrderedMap(mappings.filter { !$0.value.isEmpty }.map { ($0.key, $0.value) })
        }
        return merged.isEmpty ? nil : merged
    }

    /// HTTP APIs have no templates, so a body passes through whatever WHEN_NO_MATCH and WHEN_NO_TEMPLATES would say;
    /// Terraform always sends the former. NEVER would turn bodies away.
    private static func refuseUnsupported(_ members: RequestMembers) throws(ServiceError) {
        switch try members.string("passthroughBehavior") {
        case nil, "WHEN_NO_MATCH", "WHEN_NO_TEMPLATES": break
        default: throw webSocketOnly("passthroughBehavior")
        }
        for name in ["contentHandlingStrategy", "requestTemplates", "templateSelectionExpression"]
        where members.has(name) {
            throw webSocketOnly(name)
        }
    }

    private static func webSocketOnly(_ name: String) -> ServiceError {
        V2Error.onlyFor(webSocket: true, "The member \(name)")
    }
}
