import GatewayModel
import JSON

/// Compiles the stage of a REST API. Methods of which nothing has changed are taken over from the version before.
struct RESTCompiler {
    let key: StageKey
    let account: AccountIdentity
    let functions: any FunctionDirectory
    let origins: Origins
    let services: AWSServices
    let logs: any AccessLogDirectory
    let state: StageState
    let gates: FunctionGates
    /// Those that look at tokens.
    var tokens: (any AuthorizerDirectory)?

    func stage(
        _ definition: StageDefinition, _ content: REST.StageContent, previous: RESTStage?
    ) throws(CompileError) -> RESTStage {
        try RESTSupport.check(content)
        let deployment = try deployment(
            content.deployment, id: content.deploymentId, definition.variables, previous?.deployment)
        var canary: RESTDeployment?
        if let settings = content.canary {
            var variables = definition.variables
            for (name, value) in settings.settings.stageVariableOverrides ?? [:] { variables[name] = value }
            canary = try self.deployment(
                settings.deployment, id: settings.settings.deploymentId, variables, previous?.canary)
        }
        return RESTStage(
            content, deployment: deployment, canary: canary, cache: cache(content, previous),
            logging: StageLogging(content.methodSettings, key, deployment: deployment, canary: canary, logs: logs),
            metrics: { metrics($0, content.methodSettings) }
        ) { buckets($0, content.methodSettings) }
    }

    /// Of the methods that are counted by themselves.
    private func metrics(
        _ deployment: RESTDeployment, _ settings: OrderedMap<REST.MethodSetting>
    ) -> [MethodMetrics?] {
        guard settings.contains(where: \.value.metricsEnabled) else { return [] }
        return deployment.methods.map { method in
            guard MethodSettings.of(method, in: settings)?.metricsEnabled == true else { return nil }
            let path = String(decoding: method.resourcePath, as: UTF8.self)
            return state.methodMetrics(resource: path, method: String(method.name.prefix { $0 != " " }))
        }
    }

    /// The stage's cache before, as long as it has the same size and serves something of what it served: keys have the
    /// deployment in them, so of another one nothing would be found, and all of it goes with the old stage.
    private func cache(_ content: REST.StageContent, _ previous: RESTStage?) -> StageCache? {
        guard let size = content.cacheClusterSize else { return nil }
        if let previous, let cache = previous.cache, previous.content.cacheClusterSize == size,
            !Self.cachedDeployments(previous.content).isDisjoint(with: Self.cachedDeployments(content))
        {
            return cache
        }
        return state.makeCache(clusterSize: size)
    }

    private static func cachedDeployments(_ content: REST.StageContent) -> Set<String> {
        var ids: Set<String> = [content.deploymentId]
        if let canary = content.canary?.settings, canary.useStageCache { ids.insert(canary.deploymentId) }
        return ids
    }

    /// Each method has a bucket of its own, by its own settings or by those for all (AWS's log names the method that a
    /// limit was exceeded for).
    private func buckets(
        _ deployment: RESTDeployment, _ settings: OrderedMap<REST.MethodSetting>
    ) -> [TokenBucket?] {
        guard !settings.isEmpty else { return [] }
        return deployment.methods.map { method in
            let name = MethodSettings.name(of: method)
            // -1 means no limit at this level.
            guard let setting = MethodSettings.of(method, in: settings), setting.throttlingRateLimit.value >= 0,
                setting.throttlingBurstLimit >= 0
            else { return nil }
            return state.bucket(name, rate: setting.throttlingRateLimit.value, burst: setting.throttlingBurstLimit)
        }
    }

    private func deployment(
        _ content: REST.DeploymentContent, id: String, _ variables: OrderedMap<String>, _ previous: RESTDeployment?
    ) throws(CompileError) -> RESTDeployment {
        // Stage variables, validators and models may stand in any method.
        let lender = previous.flatMap { previous in
            previous.variables == variables && previous.content.requestValidators == content.requestValidators
                && previous.content.models == content.models ? previous : nil
        }
        let authorizers = RESTAuthorizers(content, deploymentId: id, variables, key, account, functions, gates)
        let keepsAuthorizers =
            lender?.authorizers.isSame(as: authorizers) == true && lender?.content.authorizers == content.authorizers
        var known: [String: CompiledRoute] = [:]
        for method in lender?.methods ?? [] {
            known[method.name + String(decoding: method.method?.resourceId ?? [], as: UTF8.self)] = method
        }
        var router = Router()
        var methods: [CompiledRoute] = []
        for resource in content.resources.values {
            guard let segments = RouteKey.segments(of: resource.path) else {
                throw CompileError(message: "The path '\(resource.path)' cannot be read.")
            }
            for (verb, method) in resource.resourceMethods ?? [:] {
                guard let verb = RouteKey.Method(rawValue: verb) else {
                    throw CompileError(message: "The method '\(verb)' of '\(resource.path)' is not known.")
                }
                let key = RouteKey.path(method: verb, segments: segments)
                let function = resolve(method, variables)
                let compiled: CompiledRoute
                if let earlier = known[key.description + resource.id], earlier.method?.source == method,
                    Self.isSame(function, earlier.method?.function),
                    keepsAuthorizers || method.authorizationType == "NONE"
                {
                    compiled = earlier
                } else {
                    compiled = try route(verb, key, resource, method, function, content, authorizers, variables)
                }
                router.add(key, methods.count)
                methods.append(compiled)
            }
        }
        return RESTDeployment(
            content, id: id, variables: variables, authorizers: authorizers, router: router, methods: methods,
            gatewayResponses: try RESTGatewayResponses(content.gatewayResponses, stageVariables: variables))
    }

    private static func isSame(_ function: ResolvedFunction?, _ other: ResolvedFunction?) -> Bool {
        guard let function, let other else { return function == nil && other == nil }
        return function.isSame(as: other)
    }

    /// The function that a method calls, if its integration is one of Lambda.
    private func resolve(_ method: REST.Method, _ variables: OrderedMap<String>) -> ResolvedFunction? {
        guard let integration = method.methodIntegration, integration.type.hasPrefix("AWS"),
            let uri = integration.uri, uri.contains(":lambda:path/")
        else { return nil }
        return ResolvedFunction(
            uri: StageVariables.fill(uri, variables), stageVariables: variables, directory: functions)
    }

    private func route(
        _ verb: RouteKey.Method, _ key: RouteKey, _ resource: REST.Resource, _ method: REST.Method,
        _ function: ResolvedFunction?, _ content: REST.DeploymentContent, _ authorizers: RESTAuthorizers,
        _ variables: OrderedMap<String>
    ) throws(CompileError) -> CompiledRoute {
        let names = RouteCompiler.variableNames(key)
        let integration = method.methodIntegration
        let request = try RequestIntegration(integration, pathVariables: names, stageVariables: variables)
        let validator = method.requestValidatorId.flatMap { content.requestValidators[$0] }
        return CompiledRoute(
            key.description, key, variables: names,
            integration: integration.map { integration in
                IntegrationCompiler(
                    key: self.key, account: account, origins: origins, services: services, variables: variables
                ).compile(
                    integration, source: verb.rawValue + resource.path, function, Self.format(integration), request)
            } ?? .missing,
            integrationURI: integration?.uri,
            authorizer: authorizers.authorizer(of: method)
                ?? tokens?.authorizer(of: method, method.authorizerId.flatMap { content.authorizers[$0] }),
            method: RESTMethod(
                method, resourceId: resource.id,
                validation: try RequestValidation(method, validator, content, pathVariables: names), request: request,
                responses: try IntegrationResponses(method, stageVariables: variables),
                isProxy: integration?.type.hasSuffix("_PROXY") == true, function: function))
    }

    private static func format(_ integration: REST.Integration) -> PayloadFormat {
        if integration.type == "AWS" { return .custom }
        return integration.responseTransferMode == "STREAM" ? .stream : .rest
    }
}
