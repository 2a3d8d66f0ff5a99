package import GatewayModel
package import JSON

/// Writes a REST API as an OpenAPI document, member for member in the order of the service's own exports.
package enum RestExport {
    package enum Specification: String, Sendable {
        case oas30
        case swagger
    }

    /// An API without a version has the time of its making: `2016-11-17T07:03:59Z`.
    package static func version(of api: REST.RestApi) -> String {
        api.version ?? Timestamp(milliseconds: Int64(api.createdDate) * 1000).iso8601
    }

    /// The document of what `content` froze.
    ///
    /// - Parameter extensions: `apigateway` stands for all that API Gateway has of its own.
    package static func document(
        _ api: REST.RestApi, _ content: REST.DeploymentContent, stageName: String, account: AccountIdentity,
        _ specification: Specification, extensions: Set<String>,
        documentation: (version: String, parts: [REST.DocumentationPart])?
    ) -> JSONValue {
        let writer = RestPathWriter(api, content, specification, extensions: extensions)
        let host = "\(api.id).\(account.executeAPIDomain)"
        var document: JSONObject
        switch specification {
        case .swagger:
            document = ["swagger": "2.0", "info": info(api, titleFirst: false)]
            document["host"] = .string(host)
            document["basePath"] = .string("/\(stageName)")
            document["schemes"] = ["https"]
        case .oas30:
            document = ["openapi": "3.0.1", "info": info(api, titleFirst: true)]
            document["servers"] = [
                [
                    "url": .string("https://\(host)/{basePath}"),
                    "variables": ["basePath": ["default": .string(stageName)]],
                ]
            ]
        }
        document["paths"] = writer.paths
        let (schemas, security) = (writer.schemas, writer.securitySchemes)
        switch specification {
        case .swagger:
            if !security.isEmpty { document["securityDefinitions"] = .object(security) }
            if !schemas.isEmpty { document["definitions"] = .object(schemas) }
        case .oas30:
            var components = JSONObject()
            if !schemas.isEmpty { components["schemas"] = .object(schemas) }
            if !security.isEmpty { components["securitySchemes"] = .object(security) }
            document["components"] = .object(components)
        }
        addExtensions(to: &document, api, content, extensions, documentation)
        return .object(document)
    }

    private static func info(_ api: REST.RestApi, titleFirst: Bool) -> JSONValue {
        let title = ("title", JSONValue.string(api.name))
        var info = JSONObject(titleFirst ? [title] : [])
        info["description"] = api.description.map(JSONValue.string)
        info["version"] = .string(version(of: api))
        if !titleFirst { info["title"] = title.1 }
        return .object(info)
    }

    private static func addExtensions(
        to document: inout JSONObject, _ api: REST.RestApi, _ content: REST.DeploymentContent,
        _ extensions: Set<String>, _ documentation: (version: String, parts: [REST.DocumentationPart])?
    ) {
        let prefix = "x-amazon-apigateway-"
        let isWhole = extensions.contains("apigateway")
        if isWhole {
            if let policy = api.policy, let value = try? JSONValue(parsing: Array(policy.utf8)) {
                document[prefix + "policy"] = value
            }
            if content.apiKeySource != "HEADER" { document[prefix + "api-key-source"] = .string(content.apiKeySource) }
            document[prefix + "minimum-compression-size"] = content.minimumCompressionSize.map { .number($0) }
            if !content.gatewayResponses.isEmpty {
                document[prefix + "gateway-responses"] = .object(
                    JSONObject(content.gatewayResponses.map { ($0.responseType, write($0)) }))
            }
        }
        if isWhole || extensions.contains("validators"), !content.requestValidators.isEmpty {
            document[prefix + "request-validators"] = .object(
                JSONObject(
                    content.requestValidators.map { validator in
                        (
                            validator.name ?? validator.id,
                            [
                                "validateRequestParameters": .bool(validator.validateRequestParameters),
                                "validateRequestBody": .bool(validator.validateRequestBody),
                            ]
                        )
                    }))
        }
        if isWhole || extensions.contains("documentation"), let documentation {
            document[prefix + "documentation"] = [
                "version": .string(documentation.version),
                "documentationParts": .array(documentation.parts.compactMap(write)),
            ]
        }
        if isWhole || extensions.contains("integrations"), !content.binaryMediaTypes.isEmpty {
            document[prefix + "binary-media-types"] = .array(content.binaryMediaTypes.map(JSONValue.string))
        }
    }

    private static func write(_ response: REST.GatewayResponse) -> JSONValue {
        var object = JSONObject()
        object["statusCode"] = response.statusCode.map { Int($0).map { .number($0) } ?? .string($0) }
        if let parameters = response.responseParameters, !parameters.isEmpty {
            object["responseParameters"] = .object(JSONObject(parameters.map { ($0.key, .string($0.value)) }))
        }
        if let templates = response.responseTemplates, !templates.isEmpty {
            object["responseTemplates"] = .object(JSONObject(templates.map { ($0.key, .string($0.value)) }))
        }
        return .object(object)
    }

    private static func write(_ part: REST.DocumentationPart) -> JSONValue? {
        guard let location = try? JSONValue(encoding: part.location),
            let properties = try? JSONValue(parsing: Array(part.properties.utf8))
        else { return nil }
        return ["location": location, "properties": properties]
    }
}
