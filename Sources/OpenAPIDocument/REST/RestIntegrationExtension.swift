import GatewayModel
import JSON

/// `x-amazon-apigateway-integration` of REST APIs. Source: docs/api-gateway-swagger-extensions-integration.
enum RestIntegrationExtension {
    /// - Parameter warn: told of what is left out.
    static func read(_ value: JSONValue, _ warn: (String) -> Void) -> REST.Integration {
        var integration = REST.Integration(type: value["type"]?.string?.uppercased() ?? "")
        integration.httpMethod = value["httpMethod"]?.string?.uppercased()
        integration.uri = value["uri"]?.string
        integration.credentials = value["credentials"]?.string
        integration.connectionType = value["connectionType"]?.string?.uppercased()
        integration.connectionId = value["connectionId"]?.string
        integration.integrationTarget = value["integrationTarget"]?.string
        integration.contentHandling = value["contentHandling"]?.string?.uppercased()
        integration.responseTransferMode = value["responseTransferMode"]?.string?.uppercased()
        if let behavior = value["passthroughBehavior"]?.string {
            integration.passthroughBehavior = behavior.uppercased()
        }
        if let timeout = value["timeoutInMillis"]?.integer { integration.timeoutInMillis = timeout }
        integration.cacheNamespace = value["cacheNamespace"]?.string
        integration.cacheKeyParameters = value["cacheKeyParameters"]?.array?.compactMap(\.string) ?? []
        if let isInsecure = value["tlsConfig"]?["insecureSkipVerification"]?.bool {
            integration.tlsConfig = REST.TlsConfig(insecureSkipVerification: isInsecure)
        }
        integration.requestTemplates = texts(value["requestTemplates"]).map { templates in
            OrderedMap(templates.map { ($0.key, Optional($0.value)) })
        }
        integration.requestParameters = parameters(value["requestParameters"], warn)
        for (pattern, response) in value["responses"]?.object ?? [:] {
            let made = self.response(response, pattern)
            var responses = integration.integrationResponses ?? [:]
            responses[made.statusCode] = made
            integration.integrationResponses = responses
        }
        return integration
    }

    private static func response(_ value: JSONValue, _ pattern: String) -> REST.IntegrationResponse {
        var response = REST.IntegrationResponse(statusCode: value["statusCode"].flatMap(plainText) ?? "200")
        response.selectionPattern = pattern == "default" ? nil : pattern
        response.responseParameters = texts(value["responseParameters"])
        response.responseTemplates = texts(value["responseTemplates"]).map { templates in
            OrderedMap(templates.map { ($0.key, Optional($0.value)) })
        }
        response.contentHandling = value["contentHandling"]?.string?.uppercased()
        return response
    }

    /// Recorded: a value that is no text is left out, with a warning.
    private static func parameters(_ value: JSONValue?, _ warn: (String) -> Void) -> OrderedMap<String>? {
        guard let object = value?.object else { return nil }
        var parameters: OrderedMap<String> = [:]
        for (name, value) in object {
            if let text = value.string {
                parameters[name] = text
            } else {
                warn("Expected type string for property '\(name)' of %@ but got '\(value.text)'")
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
