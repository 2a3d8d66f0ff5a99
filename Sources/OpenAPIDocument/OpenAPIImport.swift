package import GatewayModel
import JSON

/// Reads an OpenAPI 3.0 document with the `x-amazon-apigateway-*` extensions of HTTP APIs.
///
/// Source: docs/http-api-open-api and docs/api-gateway-swagger-extensions. What a document asks for and Gatehouse does
/// not enforce is an error, so that no route comes out more open than its author wrote it.
package enum OpenAPIImport {
    package static func read(
        _ text: String, basePath: BasePath, account: AccountIdentity
    ) throws(DocumentError) -> ImportedAPI {
        let document = AWSVariables(account).resolve(try DocumentReader.read(text))
        try checkVersion(document)
        var api = try api(document)
        let prefix = basePath.prefix(document["servers"])
        var reader = OperationReader(document: document, prefix: prefix)
        try reader.read()
        guard reader.errors.isEmpty else {
            throw DocumentError("Errors found during import:\n\t" + reader.errors.joined(separator: "\n\t"))
        }
        api.integrations = reader.integrations
        api.routes = reader.routes
        api.authorizers = reader.authorizers
        api.info = reader.info
        api.warnings = reader.warnings
        return api
    }

    private static func checkVersion(_ document: JSONValue) throws(DocumentError) {
        guard document.object != nil else { throw DocumentError("The definition must be an OpenAPI 3.0 document.") }
        if document["swagger"] != nil {
            throw DocumentError("HTTP APIs import OpenAPI 3.0; the definition is a Swagger 2.0 document.")
        }
        // In YAML, a version without quotes may be a number: 3.0 has no third part.
        let version = document["openapi"].flatMap(plainText)
        guard let version, version == "3.0" || version.hasPrefix("3.0.") else {
            throw DocumentError("HTTP APIs import OpenAPI 3.0; the definition's version is \(version ?? "missing").")
        }
        guard document["paths"]?.object != nil else { throw DocumentError("The definition has no paths.") }
    }

    private static func api(_ document: JSONValue) throws(DocumentError) -> ImportedAPI {
        guard let title = document["info"]?["title"].flatMap(plainText), !title.isEmpty else {
            throw DocumentError("The definition has no title (info.title).")
        }
        var api = ImportedAPI(name: title)
        api.version = document["info"]?["version"].flatMap(plainText)
        api.description = document["info"]?["description"]?.string
        api.corsConfiguration = try CORSExtension.read(document["x-amazon-apigateway-cors"])
        api.disableExecuteApiEndpoint =
            document["servers"]?.array?.lazy.compactMap {
                $0["x-amazon-apigateway-endpoint-configuration"]?["disableExecuteApiEndpoint"]?.bool
            }.first
        api.tags = document["tags"]?.array.map(tags)
        return api
    }

    /// A root tag is a tag of the API; without the extension its value is empty.
    private static func tags(_ list: [JSONValue]) -> OrderedMap<String> {
        OrderedMap(
            list.prefix(maximumTags).compactMap { tag in
                tag["name"]?.string.map { ($0, tag["x-amazon-apigateway-tag-value"].flatMap(plainText) ?? "") }
            })
    }

    /// More than AWS's 50, so that the one who checks tags sees that there are too many.
    private static let maximumTags = 1_000
}

/// Text, or a number as it is written.
func plainText(_ value: JSONValue) -> String? {
    switch value {
    case .string(let text), .number(let text): text
    default: nil
    }
}
