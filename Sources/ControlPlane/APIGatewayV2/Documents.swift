import GatewayModel
import JSON
import OpenAPIDocument

/// ImportApi, ReimportApi and ExportApi: an API as an OpenAPI 3.0 document.
extension V2Operations {
    static var documents: [Operation] {
        [
            Operation("ImportApi", .apigateway, .put, "/v2/apis", success: 201, importAPI),
            Operation("ReimportApi", .put, "/v2/apis/{apiId}", success: 201, changing: reimportAPI),
            Operation("ExportApi", .get, "/v2/apis/{apiId}/exports/{specification}", reading: exportAPI),
        ]
    }

    private static func importAPI(_ control: ControlPlane, _ call: Call) async throws(ServiceError) -> Reply {
        let imported = try ImportedDocument(call)
        var api = HTTPAPI(try APIMembers.make("HTTP", name: "", control, call))
        try imported.apply(to: &api.api)
        let warnings = try imported.addParts(to: &api, call.limits)
        try await control.createAPI(api)
        return try reply(api.api, imported, warnings)
    }

    private static func reimportAPI(_ api: inout HTTPAPI, _ call: Call) throws(ServiceError) -> Reply {
        guard !api.isWebSocket else { throw V2Error.onlyFor(webSocket: false, "ReimportApi") }
        let imported = try ImportedDocument(call)
        try imported.apply(to: &api.api)
        api.removeAllParts()
        let warnings = try imported.addParts(to: &api, call.limits)
        return try reply(api.api, imported, warnings)
    }

    /// The findings belong to the import, not to the API.
    private static func reply(
        _ api: V2.Api, _ imported: ImportedDocument, _ warnings: [String]
    ) throws(ServiceError) -> Reply {
        var api = api
        api.importInfo = imported.api.info.isEmpty ? nil : imported.api.info
        api.warnings = warnings.isEmpty ? nil : warnings
        return try .json(api)
    }

    private static func exportAPI(_ api: HTTPAPI, _ call: Call) throws(ServiceError) -> Reply {
        guard !api.isWebSocket else { throw V2Error.onlyFor(webSocket: false, "ExportApi") }
        guard call.path("specification") == "OAS30" else {
            throw V2Error.badRequest("Invalid specification specified. Must be one of [OAS30]")
        }
        guard let style = call.query("outputType").flatMap(DocumentText.init(rawValue:)) else {
            throw V2Error.badRequest("Invalid outputType specified. Must be one of [JSON, YAML]")
        }
        guard (call.query("exportVersion") ?? "1.0") == "1.0" else {
            throw V2Error.badRequest("Invalid exportVersion specified. Must be one of [1.0]")
        }
        let stageName = call.query("stageName")
        let content = try content(api, stageName)
        guard !content.routes.isEmpty else {
            throw V2Error.badRequest("Unable to export API because no routes exist in this API")
        }
        let document = OpenAPIExport.document(
            api: api.api, content: content, stageName: stageName, account: call.account,
            withExtensions: call.query("includeExtensions")?.lowercased() != "false", now: call.now)
        return Reply(
            contentType: style == .json ? "application/json" : "application/yaml",
            body: Array(style.text(of: document).utf8))
    }

    private static func content(
        _ api: HTTPAPI, _ stageName: String?
    ) throws(ServiceError) -> V2.DeploymentContent {
        guard let stageName else { return api.content }
        guard let stage = api.stages[stageName] else { throw V2Error.notFound("Invalid stage identifier specified") }
        guard let content = api.content(of: stage) else {
            throw V2Error.badRequest("The stage \(stageName) has no deployment to export.")
        }
        return content
    }
}

/// The document of a call, read, with the rules of API Gateway V2 applied to what it says.
private struct ImportedDocument {
    let api: ImportedAPI
    private let failsOnWarnings: Bool

    init(_ call: Call) throws(ServiceError) {
        guard let body = try RequestMembers(call).string("body") else {
            throw V2Error.badRequest("The body with the API definition is required.")
        }
        guard let basePath = BasePath(rawValue: call.query("basepath")?.lowercased() ?? "ignore") else {
            throw V2Error.badRequest("Invalid basepath specified. Must be one of [ignore, prepend, split]")
        }
        failsOnWarnings = call.query("failOnWarnings")?.lowercased() == "true"
        do { api = try OpenAPIImport.read(body, basePath: basePath, account: call.account) } catch {
            throw V2Error.badRequest(error.message)
        }
    }

    /// What the document says of the API itself. Tags stay when it has none.
    func apply(to target: inout V2.Api) throws(ServiceError) {
        guard api.name.unicodeScalars.count <= V2Quotas.apiNameLength else {
            throw V2Error.badRequest("Invalid API name specified")
        }
        target.name = api.name
        target.description = try limited(api.description, "description", V2Quotas.descriptionLength)
        target.version = try limited(api.version, "version", V2Quotas.versionLength)
        if let cors = api.corsConfiguration { try CorsRules.check(cors) }
        target.corsConfiguration = api.corsConfiguration
        if let isDisabled = api.disableExecuteApiEndpoint { target.disableExecuteApiEndpoint = isDisabled }
        if let tags = api.tags {
            try Tags.check(tags)
            target.tags = tags
        }
    }

    /// Adds the routes and integrations, and answers all warnings. An integration that breaks a rule is left out and
    /// its routes stay without a target, as the service has it; one that asks for what is not served fails the import.
    func addParts(to api: inout HTTPAPI, _ limits: CallLimits) throws(ServiceError) -> [String] {
        var warnings = self.api.warnings
        var targets: [Int: String] = [:]
        for (position, imported) in self.api.integrations.enumerated() {
            var integration = imported.integration
            do throws(ServiceError) { try IntegrationRules.refuseUnsupported(integration) } catch {
                throw ServiceError.unsupported("Unable to create integration for \(imported.place): \(error.message)")
            }
            do throws(ServiceError) { try IntegrationRules.check(&integration, limits) } catch {
                warnings.append("Unable to create integration for \(imported.place): \(error.message). Ignoring.")
                continue
            }
            integration = integration.named(api.freshId(of: V2.Integration.self))
            try api.put(integration)
            targets[position] = "integrations/\(integration.integrationId)"
        }
        var authorizers: [String: String] = [:]
        for var authorizer in self.api.authorizers {
            do throws(ServiceError) { try AuthorizerMembers.check(authorizer) } catch {
                // Left out, it would leave its routes open.
                throw V2Error.badRequest("Unable to create authorizer '\(authorizer.name)': \(error.message)")
            }
            authorizer.authorizerId = api.freshId(of: V2.Authorizer.self)
            try api.put(authorizer)
            authorizers[authorizer.name] = authorizer.authorizerId
        }
        for imported in self.api.routes {
            var route = Routes.make(id: api.freshId(of: V2.Route.self), routeKey: imported.routeKey)
            route.operationName = try limited(
                imported.operationName, "operationId", V2Quotas.operationNameLength)
            route.target = imported.integration.flatMap { targets[$0] }
            switch imported.security {
            case .authorizer(let name, let scopes):
                route.authorizerId = authorizers[name]
                let kind = route.authorizerId.flatMap { api.authorizers[$0]?.authorizerType }
                route.authorizationType = kind == "REQUEST" ? "CUSTOM" : "JWT"
                route.authorizationScopes = scopes.isEmpty ? nil : scopes
            case .signature: route.authorizationType = "AWS_IAM"
            case nil: break
            }
            if imported.security != nil { try RouteMembers.checkAuthorization(&route, api.authorizers) }
            do throws(ServiceError) { try api.put(route) } catch {
                guard error.status != 429 else { throw error }
                warnings.append("Unable to put \(imported.place): \(error.message). Ignoring.")
            }
        }
        guard warnings.isEmpty || !failsOnWarnings else {
            throw V2Error.badRequest("Warnings found during import:\n\t" + warnings.joined(separator: "\n\t"))
        }
        return warnings
    }

    private func limited(_ text: String?, _ name: String, _ length: Int) throws(ServiceError) -> String? {
        guard let text, !text.isEmpty else { return nil }
        guard text.unicodeScalars.count <= length else {
            throw V2Error.badRequest("\(name) must have at most \(length) characters.")
        }
        return text
    }
}

extension V2.Integration {
    /// The same integration under an id.
    fileprivate func named(_ id: String) -> V2.Integration {
        var named = self
        named.integrationId = id
        return named
    }
}
