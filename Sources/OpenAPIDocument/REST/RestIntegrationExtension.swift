import GatewayModel
import JSON

/// `x-amazon-apigateway-integration` of REST APIs. Source: docs/api-gateway-swagger-extensions-integration.
enum RestIntegrationExtension {
    /// - Parameter owner: whose integration it is, for people.
    static func read(_ value: JSONValue, of owner: String, _ warnings: inout [String]) -> REST.Integration {
        var members = ExtensionMembers(value, of: owner)
        var integration = REST.Integration(type: members.text("type")?.uppercased() ?? "")
        integration.httpMethod = members.text("httpMethod")?.uppercased()
        integration.uri = members.text("uri")
        integration.credentials = members.text("credentials")
        integration.connectionType = members.text("connectionType")?.uppercased()
        integration.connectionId = members.text("connectionId")
        integration.integrationTarget = members.text("integrationTarget")
        integration.contentHandling = members.text("contentHandling")?.uppercased()
        integration.responseTransferMode = members.text("responseTransferMode")?.uppercased()
        if let behavior = members.text("passthroughBehavior") {
            integration.passthroughBehavior = behavior.uppercased()
        }
        if let timeout = members.integer("timeoutInMillis") { integration.timeoutInMillis = timeout }
        integration.cacheNamespace = members.text("cacheNamespace")
        integration.cacheKeyParameters = members.texts("cacheKeyParameters") ?? []
        warnings += members.warnings
        var tls = ExtensionMembers(value["tlsConfig"], of: owner)
        if let isInsecure = tls.flag("insecureSkipVerification") {
            integration.tlsConfig = REST.TlsConfig(insecureSkipVerification: isInsecure)
        }
        warnings += tls.warnings
        integration.requestTemplates = templates(value["requestTemplates"])
        integration.requestParameters = parameters(value["requestParameters"], of: owner, &warnings)
        for (pattern, response) in value["responses"]?.object ?? [:] {
            let made = self.response(response, pattern, of: owner, &warnings)
            var responses = integration.integrationResponses ?? [:]
            responses[made.statusCode] = made
            integration.integrationResponses = responses
        }
        return integration
    }

    private static func response(
        _ value: JSONValue, _ pattern: String, of owner: String, _ warnings: inout [String]
    ) -> REST.IntegrationResponse {
        var members = ExtensionMembers(value, of: owner)
        var response = REST.IntegrationResponse(statusCode: value["statusCode"].flatMap(plainText) ?? "200")
        response.selectionPattern = pattern == "default" ? nil : pattern
        response.responseParameters = texts(value["responseParameters"])
        response.responseTemplates = templates(value["responseTemplates"])
        response.contentHandling = members.text("contentHandling")?.uppercased()
        warnings += members.warnings
        return response
    }

    /// A template that is null passes the body through, and is kept so.
    private static func templates(_ value: JSONValue?) -> OrderedMap<String?>? {
        guard let object = value?.object else { return nil }
        let templates = object.compactMap { type, template -> (String, String?)? in
            if template.isNull { return (type, nil) }
            return plainText(template).map { (type, $0) }
        }
        return templates.isEmpty ? nil : OrderedMap(templates)
    }

    /// Recorded: a value that is no text is left out, with a warning.
    private static func parameters(
        _ value: JSONValue?, of owner: String, _ warnings: inout [String]
    ) -> OrderedMap<String>? {
        guard let object = value?.object else { return nil }
        var parameters: OrderedMap<String> = [:]
        for (name, value) in object {
            if let text = value.string {
                parameters[name] = text
            } else {
                warnings.append(
                    "Invalid format for 'requestParameters'. Expected type string for property '\(name)' of \(owner) "
                        + "but got '\(value.text)'")
            }
        }
        return parameters.isEmpty ? nil : parameters
    }

    /// A map of texts; nil when it is empty.
    static func texts(_ value: JSONValue?) -> OrderedMap<String>? {
        guard let object = value?.object else { return nil }
        let texts = object.compactMap { member in
            plainText(member.value).map { (member.key, $0) }
        }
        return texts.isEmpty ? nil : OrderedMap(texts)
    }
}
