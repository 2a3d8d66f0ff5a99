import GatewayModel
import JSON

/// `x-amazon-apigateway-integration` and its collection under the components.
///
/// Source: docs/api-gateway-swagger-extensions-integration. What only REST APIs have (templates, caching, responses) is
/// left aside, as the service does.
enum IntegrationExtension {
    static let name = "x-amazon-apigateway-integration"
    static let collection = "x-amazon-apigateway-integrations"

    static func read(_ value: JSONValue) -> V2.Integration {
        var integration = V2.Integration(integrationId: "")
        integration.integrationType = value["type"]?.string?.uppercased()
        integration.integrationUri = value["uri"]?.string
        integration.integrationMethod = value["httpMethod"]?.string?.uppercased()
        integration.payloadFormatVersion = value["payloadFormatVersion"].flatMap(plainText)
        integration.integrationSubtype = value["integrationSubtype"]?.string
        integration.credentialsArn = value["credentials"]?.string
        integration.connectionType = value["connectionType"]?.string?.uppercased()
        integration.connectionId = value["connectionId"]?.string
        integration.description = value["description"]?.string
        integration.timeoutInMillis = value["timeoutInMillis"]?.integer
        integration.tlsConfig = value["tlsConfig"].flatMap { try? $0.decode(V2.TlsConfig.self) }
        integration.requestParameters = value["requestParameters"]?.object.flatMap(mappings)
        if let statuses = value["responseParameters"]?.object?.prefix(maximumMappings) {
            let read = statuses.compactMap { status in
                status.value.object.flatMap(mappings).map { (status.key, $0) }
            }
            integration.responseParameters = read.isEmpty ? nil : OrderedMap(read)
        }
        return integration
    }

    /// In the order of the service's own exports; a time-out is written when it is not the default one.
    static func write(_ integration: V2.Integration, account: AccountIdentity) -> JSONValue {
        var object = JSONObject()
        if let responses = integration.responseParameters, !responses.isEmpty {
            object["responseParameters"] = .object(JSONObject(responses.map { ($0.key, write($0.value)) }))
        }
        if let request = integration.requestParameters, !request.isEmpty {
            object["requestParameters"] = write(request)
        }
        object["payloadFormatVersion"] = integration.payloadFormatVersion.map(JSONValue.string)
        object["type"] = integration.integrationType.map { .string($0.lowercased()) }
        object["httpMethod"] = integration.integrationMethod.map(JSONValue.string)
        object["uri"] = integration.integrationUri.map { .string(uri($0, integration, account)) }
        object["connectionType"] = integration.connectionType.map(JSONValue.string)
        object["credentials"] = integration.credentialsArn.map(JSONValue.string)
        if let timeout = integration.timeoutInMillis, timeout != defaultTimeoutMilliseconds {
            object["timeoutInMillis"] = .number(timeout)
        }
        return .object(object)
    }

    private static let defaultTimeoutMilliseconds = 30_000

    /// More than an integration may have, so that the one who checks integrations sees that there are too many.
    private static let maximumMappings = 2_000

    private static func mappings(_ object: JSONObject) -> OrderedMap<String>? {
        let mappings = object.prefix(maximumMappings).compactMap { member in
            plainText(member.value).map { (member.key, $0) }
        }
        return mappings.isEmpty ? nil : OrderedMap(mappings)
    }

    private static func write(_ mappings: OrderedMap<String>) -> JSONValue {
        .object(JSONObject(mappings.map { ($0.key, .string($0.value)) }))
    }

    /// A function's bare ARN is exported in API Gateway's own form.
    private static func uri(_ uri: String, _ integration: V2.Integration, _ account: AccountIdentity) -> String {
        guard integration.integrationType == "AWS_PROXY", !uri.contains(":lambda:path/") else { return uri }
        let prefix = "arn:\(account.partition):apigateway:\(account.region):lambda:path/2015-03-31/functions/"
        return prefix + uri + "/invocations"
    }
}
