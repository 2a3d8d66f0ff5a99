import GatewayModel
import JSON

/// What stands at the root of a document.
enum RestSettings {
    private static let prefix = "x-amazon-apigateway-"

    static func read(
        _ document: JSONValue, title: String?, _ dialect: Dialect, _ warnings: inout [String]
    ) throws(DocumentError) -> ImportedRestAPI.Settings {
        var root = ExtensionMembers(document, of: "the API")
        var settings = ImportedRestAPI.Settings(name: title)
        settings.description = document["info"]?["description"]?.string
        settings.version = document["info"]?["version"].flatMap(plainText)
        settings.apiKeySource = root.text(prefix + "api-key-source")
        settings.binaryMediaTypes = root.texts(prefix + "binary-media-types")
        // What is no number of bytes is refused as one that is out of range.
        settings.minimumCompressionSize = document[prefix + "minimum-compression-size"].flatMap { size in
            size.isNull ? nil : size.integer ?? -1
        }
        settings.securityPolicy = root.text(prefix + "security-policy")
        settings.endpointAccessMode = root.text(prefix + "endpoint-access-mode")
        warnings += root.warnings
        if let policy = document[prefix + "policy"], !policy.isNull {
            // Nobody is let in whom a policy might keep out (AWS's answer is unknown).
            guard policy.object != nil else {
                throw DocumentError("Errors found during import:\n\t\(prefix)policy must be an object")
            }
            settings.policy = policy.text
        }
        let endpointValue =
            dialect == .swagger
            ? document[prefix + "endpoint-configuration"]
            : document["servers"]?.array?.lazy.compactMap { $0[prefix + "endpoint-configuration"] }.first
        var endpoint = ExtensionMembers(endpointValue, of: "the API's endpoint configuration")
        settings.disableExecuteApiEndpoint = endpoint.flag("disableExecuteApiEndpoint")
        settings.vpcEndpointIds = endpoint.texts("vpcEndpointIds")
        warnings += endpoint.warnings
        settings.tags = tags(document)
        return settings
    }

    /// A root tag with the extension is a tag of the API.
    private static func tags(_ document: JSONValue) -> OrderedMap<String>? {
        let tags = (document["tags"]?.array ?? []).prefix(maximumTags).compactMap { tag -> (String, String)? in
            guard let name = tag["name"]?.string, let value = tag[prefix + "tag-value"].flatMap(plainText) else {
                return nil
            }
            return (name, value)
        }
        return tags.isEmpty ? nil : OrderedMap(tags)
    }

    /// More than AWS's 50, so that the one who checks tags sees that there are too many.
    private static let maximumTags = 1_000

    static func requestValidators(_ document: JSONValue, _ warnings: inout [String]) -> [REST.RequestValidator] {
        (document[prefix + "request-validators"]?.object ?? [:]).map { name, value in
            var members = ExtensionMembers(value, of: "request validator '\(name)'")
            var validator = REST.RequestValidator(id: "", name: name)
            validator.validateRequestBody = members.flag("validateRequestBody") ?? false
            validator.validateRequestParameters = members.flag("validateRequestParameters") ?? false
            warnings += members.warnings
            return validator
        }
    }

    static func gatewayResponses(_ document: JSONValue) -> [REST.GatewayResponse] {
        (document[prefix + "gateway-responses"]?.object ?? [:]).map { type, value in
            var response = REST.GatewayResponse(
                responseType: type, statusCode: value["statusCode"].flatMap(plainText))
            response.responseParameters = RestIntegrationExtension.texts(value["responseParameters"]) ?? [:]
            response.responseTemplates =
                RestIntegrationExtension.texts(value["responseTemplates"])
                ?? ["application/json": #"{"message":$context.error.messageString}"#]
            return response
        }
    }

    static func documentation(_ document: JSONValue) -> (version: String?, parts: [REST.DocumentationPart]) {
        let extensions = document[prefix + "documentation"]
        let parts = (extensions?["documentationParts"]?.array ?? []).compactMap { part -> REST.DocumentationPart? in
            guard let place = part["location"], let type = place["type"]?.string, let properties = part["properties"]
            else { return nil }
            var location = REST.DocumentationPartLocation(type: type, path: place["path"]?.string)
            location.method = place["method"]?.string
            location.statusCode = place["statusCode"].flatMap(plainText)
            location.name = place["name"]?.string
            return REST.DocumentationPart(id: "", location: location, properties: properties.text)
        }
        return (extensions?["version"].flatMap(plainText), parts)
    }
}
