import GatewayModel
import JSON

/// The paths of an export, and the schemas and schemes that they need.
struct RestPathWriter {
    private let api: REST.RestApi
    private let content: REST.DeploymentContent
    private let specification: RestExport.Specification
    private let withIntegrations: Bool
    private let withAuthorizers: Bool
    private let withValidators: Bool

    init(
        _ api: REST.RestApi, _ content: REST.DeploymentContent, _ specification: RestExport.Specification,
        extensions: Set<String>
    ) {
        self.api = api
        self.content = content
        self.specification = specification
        let isWhole = extensions.contains("apigateway")
        withIntegrations = isWhole || !extensions.isDisjoint(with: ["integrations", "postman"])
        withAuthorizers = isWhole || extensions.contains("authorizers")
        withValidators = isWhole || extensions.contains("validators")
    }

    private var isSwagger: Bool { specification == .swagger }

    var paths: JSONValue {
        var paths = JSONObject()
        for resource in content.resources {
            guard let methods = resource.resourceMethods, !methods.isEmpty else { continue }
            var item = JSONObject()
            for (verb, method) in methods {
                let name = verb == "ANY" ? "x-amazon-apigateway-any-method" : verb.lowercased()
                item[name] = operation(method)
            }
            paths[resource.path] = .object(item)
        }
        return .object(paths)
    }

    /// The models, their references within the document.
    var schemas: JSONObject {
        var schemas = JSONObject()
        for model in content.models where used.contains(model.name) {
            guard let schema = model.schema.flatMap({ try? JSONValue(parsing: Array($0.utf8)) }) else { continue }
            schemas[model.name] = local(schema)
        }
        return schemas
    }

    var securitySchemes: JSONObject {
        var schemes = JSONObject()
        let methods = content.resources.flatMap { ($0.resourceMethods ?? [:]).map(\.value) }
        if methods.contains(where: \.apiKeyRequired) {
            schemes["api_key"] = ["type": "apiKey", "name": "x-api-key", "in": "header"]
        }
        if methods.contains(where: { $0.authorizationType == "AWS_IAM" }) {
            schemes["sigv4"] = [
                "type": "apiKey", "name": "Authorization", "in": "header", "x-amazon-apigateway-authtype": "awsSigv4",
            ]
        }
        let wanted = Set(methods.compactMap(\.authorizerId))
        for authorizer in content.authorizers where wanted.contains(authorizer.id) {
            schemes[authorizer.name] = scheme(authorizer)
        }
        return schemes
    }

    private func scheme(_ authorizer: REST.Authorizer) -> JSONValue {
        let source = authorizer.identitySource ?? ""
        let header =
            source.hasPrefix("method.request.header.") ? source.dropFirst("method.request.header.".count) : "Unused"
        var scheme: JSONObject = [
            "type": "apiKey", "name": .string(String(header.prefix { $0 != "," })), "in": "header",
            "x-amazon-apigateway-authtype": .string(authorizer.authType ?? "custom"),
        ]
        guard withAuthorizers else { return .object(scheme) }
        var value = JSONObject()
        value["identitySource"] = authorizer.identitySource.map(JSONValue.string)
        value["authorizerUri"] = authorizer.authorizerUri.map(JSONValue.string)
        value["authorizerCredentials"] = authorizer.authorizerCredentials.map(JSONValue.string)
        value["authorizerResultTtlInSeconds"] = authorizer.authorizerResultTtlInSeconds.map { .number($0) }
        value["identityValidationExpression"] = authorizer.identityValidationExpression.map(JSONValue.string)
        value["providerARNs"] = authorizer.providerARNs.map { .array($0.map(JSONValue.string)) }
        value["type"] = .string(authorizer.type.lowercased())
        scheme["x-amazon-apigateway-authorizer"] = .object(value)
        return .object(scheme)
    }

    private func operation(_ method: REST.Method) -> JSONValue {
        var operation = JSONObject()
        operation["operationId"] = method.operationName.map(JSONValue.string)
        if isSwagger {
            let consumed = method.requestModels?.keys ?? (method.methodIntegration?.requestTemplates ?? [:]).keys
            if !consumed.isEmpty { operation["consumes"] = .array(consumed.map(JSONValue.string)) }
            let produced = Self.produced(by: method)
            if !produced.isEmpty { operation["produces"] = .array(produced.map(JSONValue.string)) }
        }
        var parameters = self.parameters(method)
        if isSwagger, let model = method.requestModels?.entries.first {
            parameters.append([
                "in": "body", "name": .string(model.value), "required": true, "schema": reference(model.value),
            ])
        }
        if !parameters.isEmpty { operation["parameters"] = .array(parameters) }
        if !isSwagger, let models = method.requestModels {
            let content = models.map { ($0.key, JSONValue.object(["schema": reference($0.value)])) }
            operation["requestBody"] = ["content": .object(JSONObject(content)), "required": true]
        }
        operation["responses"] = .object(
            JSONObject((method.methodResponses ?? [:]).map { ($0.key, response($0.value)) }))
        let security = security(method)
        if !security.isEmpty { operation["security"] = .array(security) }
        if withValidators, let id = method.requestValidatorId, let validator = content.requestValidators[id] {
            operation["x-amazon-apigateway-request-validator"] = .string(validator.name ?? id)
        }
        if withIntegrations, let integration = method.methodIntegration {
            operation["x-amazon-apigateway-integration"] = RestIntegrationExtension.write(
                integration, typeFirst: isSwagger)
        }
        return .object(operation)
    }

    /// What the responses' models say, or else their templates.
    private static func produced(by method: REST.Method) -> [String] {
        let models = (method.methodResponses ?? [:]).flatMap { ($0.value.responseModels ?? [:]).keys }
        if !models.isEmpty { return models.reduce(into: []) { if !$0.contains($1) { $0.append($1) } } }
        return (method.methodIntegration?.integrationResponses ?? [:]).flatMap {
            ($0.value.responseTemplates ?? [:]).keys
        }
    }

    private func parameters(_ method: REST.Method) -> [JSONValue] {
        (method.requestParameters ?? [:]).compactMap { key, isRequired -> JSONValue? in
            let parts = key.split(separator: ".", maxSplits: 3)
            guard parts.count == 4 else { return nil }
            let place = parts[2] == "querystring" ? "query" : String(parts[2])
            var parameter: JSONObject = ["name": .string(String(parts[3])), "in": .string(place)]
            if isSwagger || isRequired { parameter["required"] = .bool(isRequired) }
            if isSwagger { parameter["type"] = "string" } else { parameter["schema"] = ["type": "string"] }
            return .object(parameter)
        }
    }

    private func response(_ response: REST.MethodResponse) -> JSONValue {
        var object: JSONObject = ["description": .string("\(response.statusCode) response")]
        if isSwagger, let model = response.responseModels?.entries.first { object["schema"] = reference(model.value) }
        let headers = (response.responseParameters ?? [:]).map { parameter -> (String, JSONValue) in
            let name = parameter.key.split(separator: ".", maxSplits: 3).last.map(String.init) ?? parameter.key
            return (name, isSwagger ? ["type": "string"] : ["schema": ["type": "string"]])
        }
        if !headers.isEmpty { object["headers"] = .object(JSONObject(headers)) }
        if !isSwagger {
            let content = (response.responseModels ?? [:]).map {
                ($0.key, JSONValue.object(["schema": reference($0.value)]))
            }
            object["content"] = .object(JSONObject(content))
        }
        return .object(object)
    }

    private func security(_ method: REST.Method) -> [JSONValue] {
        var security: [JSONValue] = []
        if method.apiKeyRequired { security.append(["api_key": []]) }
        if method.authorizationType == "AWS_IAM" { security.append(["sigv4": []]) }
        if let id = method.authorizerId, let authorizer = content.authorizers[id] {
            let scopes = (method.authorizationScopes ?? []).map(JSONValue.string)
            security.append(.object([authorizer.name: .array(scopes)]))
        }
        return security
    }

    private var schemaPath: String { isSwagger ? "#/definitions/" : "#/components/schemas/" }

    private func reference(_ model: String) -> JSONValue { ["$ref": .string(schemaPath + model)] }

    private static let modelAddress = "https://apigateway.amazonaws.com/restapis/"

    private func local(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let elements): return .array(elements.map(local))
        case .object(let object):
            return .object(
                JSONObject(
                    object.map { key, value in
                        if key == "$ref", let text = value.string, text.hasPrefix(Self.modelAddress) {
                            return (key, .string(schemaPath + (text.split(separator: "/").last ?? "")))
                        }
                        return (key, local(value))
                    }))
        default: return value
        }
    }

    /// The models that methods name, and those that these refer to.
    private var used: Set<String> {
        var used: Set<String> = []
        var pending: [String] = []
        for resource in content.resources {
            for (_, method) in resource.resourceMethods ?? [:] {
                pending += (method.requestModels ?? [:]).map(\.value)
                for (_, response) in method.methodResponses ?? [:] {
                    pending += (response.responseModels ?? [:]).map(\.value)
                }
            }
        }
        while let name = pending.popLast() {
            guard used.insert(name).inserted, let schema = content.models[name]?.schema else { continue }
            for reference in schema.ranges(of: "/models/") {
                let name = schema[reference.upperBound...].prefix { $0 != "\"" }
                if content.models[name] != nil { pending.append(String(name)) }
            }
        }
        return used
    }
}

extension RestIntegrationExtension {
    /// - Parameter typeFirst: recorded; an OpenAPI 3.0 export has the type last.
    static func write(_ integration: REST.Integration, typeFirst: Bool) -> JSONValue {
        let type = JSONValue.string(integration.type.lowercased())
        var object = typeFirst ? JSONObject([("type", type)]) : JSONObject()
        object["connectionId"] = integration.connectionId.map(JSONValue.string)
        object["credentials"] = integration.credentials.map(JSONValue.string)
        object["httpMethod"] = integration.httpMethod.map(JSONValue.string)
        object["uri"] = integration.uri.map(JSONValue.string)
        if let responses = integration.integrationResponses {
            object["responses"] = .object(
                JSONObject(
                    responses.map { _, response in
                        let pattern = response.selectionPattern ?? ""
                        return (pattern.isEmpty ? "default" : pattern, write(response))
                    }))
        }
        object["requestParameters"] = integration.requestParameters.map(write)
        object["requestTemplates"] = integration.requestTemplates.map(write)
        object["passthroughBehavior"] = .string(integration.passthroughBehavior.lowercased())
        if integration.connectionType == "VPC_LINK" { object["connectionType"] = "VPC_LINK" }
        if integration.timeoutInMillis != 29_000 { object["timeoutInMillis"] = .number(integration.timeoutInMillis) }
        if !integration.cacheKeyParameters.isEmpty {
            object["cacheNamespace"] = integration.cacheNamespace.map(JSONValue.string)
            object["cacheKeyParameters"] = .array(integration.cacheKeyParameters.map(JSONValue.string))
        }
        object["contentHandling"] = integration.contentHandling.map(JSONValue.string)
        object["responseTransferMode"] = integration.responseTransferMode.map(JSONValue.string)
        if let tls = integration.tlsConfig {
            object["tlsConfig"] = ["insecureSkipVerification": .bool(tls.insecureSkipVerification)]
        }
        if !typeFirst { object["type"] = type }
        return .object(object)
    }

    private static func write(_ response: REST.IntegrationResponse) -> JSONValue {
        var object: JSONObject = ["statusCode": .string(response.statusCode)]
        object["responseParameters"] = response.responseParameters.map(write)
        object["responseTemplates"] = response.responseTemplates.map(write)
        object["contentHandling"] = response.contentHandling.map(JSONValue.string)
        return .object(object)
    }

    private static func write(_ map: OrderedMap<String>) -> JSONValue {
        .object(JSONObject(map.map { ($0.key, .string($0.value)) }))
    }

    private static func write(_ map: OrderedMap<String?>) -> JSONValue {
        .object(JSONObject(map.map { ($0.key, $0.value.map(JSONValue.string) ?? .null) }))
    }
}
