import GatewayModel
import JSON
import OpenAPIDocument

/// Puts what a document says into an API: over what is there, or in its place.
///
/// All faults are collected; an API with any is not kept.
struct RestImporting {
    let document: ImportedRestAPI
    let isOverwriting: Bool
    let call: Call
    private(set) var errors: [String] = []
    private var told: Set<String> = []
    private var index = ResourceIndex([])
    /// The resources that the document names, with those above them.
    private var named: Set<String> = []
    private var pathBytes = 0
    /// Recorded: what stood at a resource before and is overwritten keeps no cache, so that a cache of another name follows.
    private var cacheNamespaces: [String: String] = [:]
    private var authorizers: [String: String] = [:]
    private var requestValidators: [String: String] = [:]

    init(document: ImportedRestAPI, isOverwriting: Bool, call: Call) {
        self.document = document
        self.isOverwriting = isOverwriting
        self.call = call
    }

    mutating func apply(to api: inout RESTAPI) throws(ServiceError) {
        try applySettings(to: &api.api)
        if isOverwriting { clear(&api) }
        try applyModels(to: &api)
        try applyNamed(to: &api)
        index = ResourceIndex(api.resources)
        for path in document.paths { try place(path, in: &api) }
        for method in document.methods { try put(method, into: &api) }
        if isOverwriting { removeUnnamed(from: &api) }
        try applyDocumentation(to: &api)
    }

    /// Nobody reads more of them than these.
    private mutating func fail(_ fault: String) {
        if errors.count < RESTQuotas.importFaults, told.insert(fault).inserted { errors.append(fault) }
    }

    private func applySettings(to api: inout REST.RestApi) throws(ServiceError) {
        let settings = document.settings
        api.name = settings.name ?? api.name
        api.description = settings.description?.isEmpty == true ? nil : settings.description
        api.version = settings.version
        if let source = settings.apiKeySource?.uppercased() {
            guard ["HEADER", "AUTHORIZER"].contains(source) else {
                throw RESTError.badRequest("Invalid API key source specified. Valid options are HEADER,AUTHORIZER")
            }
            api.apiKeySource = source
        }
        if let types = settings.binaryMediaTypes {
            // Recorded: merging unites them.
            var merged = isOverwriting ? [] : api.binaryMediaTypes ?? []
            var known = Set(merged)
            for type in types where known.insert(type).inserted { merged.append(type) }
            try RESTQuotas.checkEntries(merged.count, "binaryMediaTypes")
            api.binaryMediaTypes = merged.isEmpty ? nil : merged
        } else if isOverwriting {
            api.binaryMediaTypes = nil
        }
        if let size = settings.minimumCompressionSize {
            api.minimumCompressionSize = try RestApiRules.compressionSize(size)
        } else if isOverwriting {
            api.minimumCompressionSize = nil
        }
        if let isDisabled = settings.disableExecuteApiEndpoint { api.disableExecuteApiEndpoint = isDisabled }
        if let ids = settings.vpcEndpointIds { api.endpointConfiguration.vpcEndpointIds = ids.isEmpty ? nil : ids }
        if let policy = settings.policy {
            api.policy = try RestApiPolicy.stored(policy, apiId: api.id, call)
        } else if isOverwriting {
            api.policy = nil
        }
        if let policy = settings.securityPolicy { api.securityPolicy = policy }
        if let mode = settings.endpointAccessMode { api.endpointAccessMode = mode }
        try RestApiRules.check(api)
        if let tags = settings.tags {
            var merged = api.tags ?? [:]
            for (name, value) in tags { merged[name] = value }
            try Tags.check(merged, over: api.tags ?? [:])
            api.tags = merged
        }
    }

    /// Methods go from the resources that stay; resources go at the end, when those that the document names are known.
    private mutating func clear(_ api: inout RESTAPI) {
        for var resource in api.resources where resource.resourceMethods != nil {
            cacheNamespaces[resource.id] = api.freshId(of: REST.Resource.self)
            resource.resourceMethods = nil
            api.resources.put(resource)
        }
        api.models = []
        api.requestValidators = []
        api.authorizers = []
        api.gatewayResponses = []
    }

    private mutating func applyModels(to api: inout RESTAPI) throws(ServiceError) {
        try ModelRules.checkBytes(of: PartList(document.models))
        for var model in document.models {
            guard model.name.isWord(), !model.name.contains("-"), !model.name.contains("_") else {
                fail("Unable to create model for '\(model.name)': Model name must be alphanumeric: \(model.name)")
                continue
            }
            model.id = api.models[model.name]?.id ?? api.freshId(of: REST.Authorizer.self)
            do throws(ServiceError) { try ModelRules.check(model) } catch {
                fail("Unable to create model for '\(model.name)': \(error.message)")
                continue
            }
            try api.put(model)
        }
        try ModelRules.checkBytes(of: api.models)
    }

    private mutating func applyNamed(to api: inout RESTAPI) throws(ServiceError) {
        for validator in api.requestValidators { requestValidators[validator.name ?? ""] = validator.id }
        for var validator in document.requestValidators {
            validator.id = requestValidators[validator.name ?? ""] ?? api.freshId(of: REST.RequestValidator.self)
            try api.put(validator)
            requestValidators[validator.name ?? ""] = validator.id
        }
        for authorizer in api.authorizers { authorizers[authorizer.name] = authorizer.id }
        for var authorizer in document.authorizers {
            authorizer.id = authorizers[authorizer.name] ?? api.freshId(of: REST.Authorizer.self)
            do throws(ServiceError) { try AuthorizerRules.check(&authorizer) } catch {
                fail("Unable to create authorizer '\(authorizer.name)': \(error.message)")
                continue
            }
            try api.put(authorizer)
            authorizers[authorizer.name] = authorizer.id
        }
        for var response in document.gatewayResponses {
            guard GatewayResponseDefaults.order.contains(response.responseType) else {
                fail("Unable to put gateway response '\(response.responseType)': Invalid response type")
                continue
            }
            response.statusCode =
                response.statusCode ?? GatewayResponseDefaults.response(response.responseType).statusCode
            do throws(ServiceError) {
                try RESTQuotas.checkEntries(response.responseParameters?.count, "responseParameters")
                try RESTQuotas.checkEntries(response.responseTemplates?.count, "responseTemplates")
                try GatewayResponseRules.check(response)
            } catch {
                fail("Unable to put gateway response '\(response.responseType)': \(error.message)")
                continue
            }
            try api.put(response)
        }
    }

    /// The resource of a path, with those above it.
    @discardableResult
    private mutating func place(_ path: String, in api: inout RESTAPI) throws(ServiceError) -> REST.Resource? {
        guard var resource = api.resources[api.api.rootResourceId] else { return nil }
        for part in path.split(separator: "/").map(String.init) {
            if let child = index.child(part, of: resource.id).flatMap({ api.resources[$0] }) {
                resource = child
            } else {
                do throws(ServiceError) {
                    resource = try api.addResource(
                        part, to: resource, id: api.freshId(of: REST.Resource.self), &index)
                } catch {
                    fail("Unable to create resource at path '\(path)': \(error.message)")
                    return nil
                }
                // Of a path of many parts every part is a resource with a path.
                pathBytes += resource.path.utf8.count
                guard pathBytes <= RESTQuotas.importedPathBytes else {
                    throw RESTError.badRequest(
                        "The paths of an import's resources can have at most \(RESTQuotas.importedPathBytes) bytes.")
                }
            }
            named.insert(resource.id)
        }
        return resource
    }

    private mutating func put(_ imported: ImportedMethod, into api: inout RESTAPI) throws(ServiceError) {
        guard var resource = try place(imported.path, in: &api) else { return }
        var method = imported.method
        let place = "'\(method.httpMethod)' for resource at path '\(imported.path)'"
        if let name = imported.authorizer { method.authorizerId = authorizers[name] }
        if let name = imported.requestValidator { method.requestValidatorId = requestValidators[name] ?? name }
        do throws(ServiceError) {
            try checkEntries(of: method)
            try MethodRules.check(&method, changed: nil, in: api)
        } catch {
            fail("Unable to put method \(place): \(error.message)")
            return
        }
        if var integration = method.methodIntegration {
            let responses = integration.integrationResponses ?? [:]
            integration.integrationResponses = nil
            integration.cacheNamespace = integration.cacheNamespace ?? cacheNamespaces[resource.id] ?? resource.id
            do throws(ServiceError) {
                guard ["HTTP", "MOCK", "AWS_PROXY", "HTTP_PROXY", "AWS"].contains(integration.type) else {
                    throw RESTError.badRequest("Invalid integration type specified: \(integration.type)")
                }
                try RestIntegrationRules.check(&integration, of: method, call.limits)
                method.methodIntegration = integration
                for (_, response) in responses { _ = try method.put(response) }
            } catch {
                fail("Unable to put integration on \(place): \(error.message)")
                return
            }
        }
        var methods = resource.resourceMethods ?? [:]
        methods[method.httpMethod] = method
        resource.resourceMethods = methods
        api.resources.put(resource)
    }

    private func checkEntries(of method: REST.Method) throws(ServiceError) {
        try RESTQuotas.checkEntries(method.requestParameters?.count, "requestParameters")
        try RESTQuotas.checkEntries(method.requestModels?.count, "requestModels")
        for (_, response) in method.methodResponses ?? [:] {
            try RESTQuotas.checkEntries(response.responseParameters?.count, "responseParameters")
            try RESTQuotas.checkEntries(response.responseModels?.count, "responseModels")
        }
        guard let integration = method.methodIntegration else { return }
        try RESTQuotas.checkEntries(integration.requestParameters?.count, "requestParameters")
        try RESTQuotas.checkEntries(integration.requestTemplates?.count, "requestTemplates")
        try RESTQuotas.checkEntries(integration.cacheKeyParameters.count, "cacheKeyParameters")
        for (_, response) in integration.integrationResponses ?? [:] {
            try RESTQuotas.checkEntries(response.responseParameters?.count, "responseParameters")
            try RESTQuotas.checkEntries(response.responseTemplates?.count, "responseTemplates")
        }
    }

    /// A resource that the document does not name goes, unless one below it stays.
    private func removeUnnamed(from api: inout RESTAPI) {
        for resource in api.resources.values where resource.parentId != nil && !named.contains(resource.id) {
            api.remove(resource)
        }
    }

    private func applyDocumentation(to api: inout RESTAPI) throws(ServiceError) {
        if isOverwriting { api.documentationParts = [] }
        var known: [REST.DocumentationPartLocation: REST.DocumentationPart] = [:]
        for part in api.documentationParts { known[part.location] = part }
        for var part in document.documentationParts {
            guard DocumentationRules.types.contains(part.location.type) else { continue }
            if let old = known[part.location] { api.remove(old) }
            part.id = api.freshId(of: REST.DocumentationPart.self)
            try api.put(part)
            known[part.location] = part
        }
        guard let name = document.documentationVersion, !name.isEmpty, !api.documentationParts.isEmpty else { return }
        try api.put(REST.DocumentationVersion(version: name, createdDate: Int(call.now.seconds)))
        api.documentation[name] = api.documentationParts.values
    }
}
