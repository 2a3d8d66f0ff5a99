package import GatewayModel
package import JSON

/// Writes an API as an OpenAPI 3.0 document, member for member in the order of the service's own exports.
package enum OpenAPIExport {
    /// The document of what `content` serves. Without extensions it says no more than plain OpenAPI can: an ANY route
    /// is each method that its path does not name, and the default route is left out.
    package static func document(
        api: V2.Api, content: V2.DeploymentContent, stageName: String?, account: AccountIdentity,
        withExtensions: Bool, now: Timestamp
    ) -> JSONValue {
        var document: JSONObject = ["openapi": "3.0.1", "info": info(api, now: now)]
        document["servers"] = .array([server(api, content, stageName, withExtensions: withExtensions)])
        if let tags = api.tags, !tags.isEmpty {
            document["tags"] = .array(tags.map { tag($0.key, $0.value, withExtensions: withExtensions) })
        }
        let paths = PathWriter(content: content, account: account, withExtensions: withExtensions)
        document["paths"] = paths.paths
        if withExtensions {
            document["components"] = paths.components
            document["x-amazon-apigateway-cors"] = content.corsConfiguration.map(CORSExtension.write)
            document["x-amazon-apigateway-importexport-version"] = "1.0"
        }
        return .object(document)
    }

    private static func info(_ api: V2.Api, now: Timestamp) -> JSONValue {
        var info: JSONObject = ["title": .string(api.name)]
        info["description"] = api.description.map(JSONValue.string)
        // An API without a version gets the time of the export: `2025-06-20 17:22:45UTC`.
        let time = now.iso8601.replacing("T", with: " ").replacing("Z", with: "UTC")
        info["version"] = .string(api.version ?? time)
        return .object(info)
    }

    private static func server(
        _ api: V2.Api, _ content: V2.DeploymentContent, _ stageName: String?, withExtensions: Bool
    ) -> JSONValue {
        let basePath = stageName == "$default" ? "" : stageName ?? ""
        var server: JSONObject = [
            "url": .string("\(api.apiEndpoint ?? "")/{basePath}"),
            "variables": ["basePath": ["default": .string(basePath)]],
        ]
        if withExtensions, content.disableExecuteApiEndpoint {
            server["x-amazon-apigateway-endpoint-configuration"] = ["disableExecuteApiEndpoint": true]
        }
        return .object(server)
    }

    private static func tag(_ name: String, _ value: String, withExtensions: Bool) -> JSONValue {
        var tag: JSONObject = ["name": .string(name)]
        if withExtensions { tag["x-amazon-apigateway-tag-value"] = .string(value) }
        return .object(tag)
    }
}
