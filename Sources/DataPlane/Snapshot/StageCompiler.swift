import GatewayModel
import JSON

/// Why a stage cannot be compiled, in words for the caller of the management API.
package struct CompileError: Error, Sendable {
    package let message: String
}

/// Turns a stage's resources into something that only answers.
struct StageCompiler {
    let functions: any FunctionDirectory
    let registry: Registry
    let accessLogs: any AccessLogDirectory

    /// `previous` lends the routes that have not changed: creating one route among thousands compiles one.
    func compile(
        _ definition: V2.StageDefinition, previous: CompiledStage?
    ) throws(CompileError) -> CompiledStage {
        let stage = definition.stage
        let key = V2.StageKey(apiId: definition.apiId, stageName: stage.stageName)
        let variables = stage.stageVariables ?? [:]
        let routes = try routes(definition, variables, key, lent: lentRoutes(definition, previous))
        return CompiledStage(
            key: key, account: definition.account, routes: routes,
            cors: definition.content.corsConfiguration.map(CompiledCORS.init),
            accessLog: try accessLog(stage.accessLogSettings),
            isEndpointDisabled: definition.content.disableExecuteApiEndpoint,
            variables: variables,
            metricsSlot: registry.metricsSlot(of: key))
    }

    /// Routes to use again, by id. Functions may have changed meanwhile, so only HTTP routes are lent.
    private func lentRoutes(_ definition: V2.StageDefinition, _ previous: CompiledStage?) -> [String: CompiledRoute] {
        guard let previous, previous.variables == definition.stage.stageVariables ?? [:] else { return [:] }
        var lent: [String: CompiledRoute] = [:]
        lent.reserveCapacity(previous.routes.count)
        for route in previous.routes {
            if case .http = route.integration { lent[route.source.routeId] = route }
        }
        return lent
    }

    private func routes(
        _ definition: V2.StageDefinition, _ variables: OrderedMap<String>, _ key: V2.StageKey,
        lent: [String: CompiledRoute]
    ) throws(CompileError) -> [CompiledRoute] {
        var integrations: [Substring: V2.Integration] = [:]
        for integration in definition.content.integrations {
            integrations[Substring(integration.integrationId)] = integration
        }
        var resolved: [String: ResolvedFunction] = [:]
        var shared: [String: HTTPIntegration] = [:]
        var routes: [CompiledRoute] = []
        routes.reserveCapacity(definition.content.routes.count)
        for route in definition.content.routes {
            let integration = route.integrationId.flatMap { integrations[$0] }
            if let old = lent[route.routeId], old.source == route, old.integrationSource == integration {
                routes.append(old)
                if case .http(let http) = old.integration, let integration, http.isShareable {
                    shared[integration.integrationId] = http
                }
                continue
            }
            routes.append(
                try compile(
                    route, integration, definition.account, variables, key, resolved: &resolved, shared: &shared))
        }
        return routes
    }

    private func compile(
        _ route: V2.Route, _ integration: V2.Integration?, _ account: AccountIdentity,
        _ stageVariables: OrderedMap<String>, _ key: V2.StageKey, resolved: inout [String: ResolvedFunction],
        shared: inout [String: HTTPIntegration]
    ) throws(CompileError) -> CompiledRoute {
        guard let routeKey = RouteKey(route.routeKey) else {
            throw CompileError(message: "The route key '\(route.routeKey)' cannot be read.")
        }
        // The management API refuses these; a stored one must never become an open route.
        guard (route.authorizationType ?? "NONE") == "NONE" else {
            throw CompileError(
                message: "The route '\(route.routeKey)' asks for an authorizer, which is not served yet.")
        }
        let names = Self.variableNames(routeKey)
        let compiled: CompiledIntegration
        switch integration?.integrationType {
        case nil: compiled = .missing
        case "HTTP_PROXY":
            compiled = .http(
                try httpIntegration(integration, routeKey, names, stageVariables, shared: &shared))
        case "AWS_PROXY":
            compiled = .function(
                try functionIntegration(
                    integration, route, routeKey, account, stageVariables, key, resolved: &resolved))
        case let other?:
            throw CompileError(message: "The integration type \(other) is not served by HTTP APIs.")
        }
        return CompiledRoute(
            source: route, integrationSource: integration, key: routeKey, variables: names, integration: compiled)
    }

    private func httpIntegration(
        _ integration: V2.Integration?, _ routeKey: RouteKey, _ variables: [[UInt8]],
        _ stageVariables: OrderedMap<String>, shared: inout [String: HTTPIntegration]
    ) throws(CompileError) -> HTTPIntegration {
        let id = integration?.integrationId ?? ""
        if routeKey != .default, let known = shared[id] { return known }
        let compiled = try HTTPIntegration(
            integration, routeKey: routeKey, variables: variables, stageVariables: stageVariables, registry: registry)
        if compiled.isShareable { shared[id] = compiled }
        return compiled
    }

    private func functionIntegration(
        _ integration: V2.Integration?, _ route: V2.Route, _ routeKey: RouteKey, _ account: AccountIdentity,
        _ stageVariables: OrderedMap<String>, _ key: V2.StageKey, resolved: inout [String: ResolvedFunction]
    ) throws(CompileError) -> FunctionIntegration {
        let mappings = (integration?.requestParameters?.count ?? 0) + (integration?.responseParameters?.count ?? 0)
        guard mappings == 0 else {
            throw CompileError(message: "Gatehouse does not map parameters of Lambda proxy integrations yet.")
        }
        let uri = integration?.integrationUri ?? ""
        let function: ResolvedFunction
        if let known = resolved[uri] {
            function = known
        } else {
            function = ResolvedFunction(uri: uri, stageVariables: stageVariables, directory: functions)
            resolved[uri] = function
        }
        return FunctionIntegration(
            function: function, integration: integration, routeKey: routeKey, account: account, key: key)
    }

    private static func variableNames(_ key: RouteKey) -> [[UInt8]] {
        guard case .path(_, let segments) = key else { return [] }
        return segments.compactMap { segment in
            switch segment {
            case .literal: nil
            case .variable(let name), .greedy(let name): Array(name.utf8)
            }
        }
    }

    private func accessLog(_ settings: V2.AccessLogSettings?) throws(CompileError) -> CompiledAccessLog? {
        guard let destination = settings?.destinationArn, let format = settings?.format else { return nil }
        return CompiledAccessLog(format: format, sink: accessLogs.sink(for: destination))
    }
}
