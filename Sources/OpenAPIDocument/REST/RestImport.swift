package import GatewayModel
import JSON

/// Reads an OpenAPI 2.0 or 3.0 document with the `x-amazon-apigateway-*` extensions of REST APIs.
///
/// Source: docs/api-gateway-import-api, docs/api-gateway-swagger-extensions; recorded imports.
package enum RestImport {
    /// What the service answers to text that is no such document.
    package static let invalid = "Invalid OpenAPI input."

    /// - Parameters:
    ///   - apiId: references to models are by its models' addresses.
    ///   - needsTitle: whether it names the API. Public templates put documents without a title into an API that has its
    ///     name; what AWS answers where there is none is unconfirmed.
    package static func read(
        _ text: String, apiId: String, basePath: BasePath, needsTitle: Bool, account: AccountIdentity
    ) throws(DocumentError) -> ImportedRestAPI {
        let read: JSONValue
        do throws(DocumentError) { read = try DocumentReader.read(text) } catch { throw DocumentError(invalid) }
        let document = AWSVariables(account).resolve(read)
        let title = document["info"]?["title"].flatMap(plainText)
        guard let dialect = Dialect(document), document["paths"]?.object != nil, title?.isEmpty != true,
            title != nil || !needsTitle
        else { throw DocumentError(invalid) }
        var warnings: [String] = []
        var api = ImportedRestAPI(settings: try RestSettings.read(document, title: title, dialect, &warnings))
        var schemas = SchemaReader(document: document, dialect: dialect, apiId: apiId)
        api.models = schemas.models()
        api.authorizers = SecuritySchemes.authorizers(document, dialect)
        api.requestValidators = RestSettings.requestValidators(document, &warnings)
        api.gatewayResponses = RestSettings.gatewayResponses(document)
        (api.documentationVersion, api.documentationParts) = RestSettings.documentation(document)
        var reader = RestOperationReader(
            document: document, dialect: dialect, prefix: dialect.prefix(document, basePath), schemas: schemas)
        try reader.read()
        api.paths = reader.paths
        api.methods = reader.methods
        api.models += reader.schemas.made
        api.warnings = warnings + reader.schemas.warnings + reader.warnings
        guard reader.errors.isEmpty else {
            throw DocumentError("Errors found during import:\n\t" + reader.errors.joined(separator: "\n\t"))
        }
        return api
    }
}

/// The two versions of OpenAPI, where they differ.
enum Dialect {
    case swagger
    case openAPI

    init?(_ document: JSONValue) {
        if let version = document["swagger"].flatMap(plainText) {
            guard version == "2.0" || version == "2" else { return nil }
            self = .swagger
        } else if let version = document["openapi"].flatMap(plainText), version.hasPrefix("3.") || version == "3" {
            self = .openAPI
        } else {
            return nil
        }
    }

    func schemas(_ document: JSONValue) -> JSONObject {
        let schemas = self == .swagger ? document["definitions"] : document["components"]?["schemas"]
        return schemas?.object ?? [:]
    }

    func securitySchemes(_ document: JSONValue) -> JSONObject {
        let schemes = self == .swagger ? document["securityDefinitions"] : document["components"]?["securitySchemes"]
        return schemes?.object ?? [:]
    }

    /// What to put before every path.
    func prefix(_ document: JSONValue, _ basePath: BasePath) -> String {
        guard self == .swagger else { return basePath.prefix(document["servers"], pathVariable: true) }
        return basePath.prefix(ofPath: document["basePath"]?.string ?? "")
    }
}
