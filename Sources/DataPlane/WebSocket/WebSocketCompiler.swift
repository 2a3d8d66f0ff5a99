import GatewayModel
import JSON

/// Compiles the stage of a WebSocket API. Routes of which nothing has changed are taken over from the version before.
struct WebSocketCompiler {
    let key: StageKey
    let account: AccountIdentity
    let variables: OrderedMap<String>
    let functions: any FunctionDirectory
    let origins: Origins
    let services: AWSServices
    let gates: FunctionGates
    let logs: any AccessLogDirectory

    func stage(
        _ content: V2.DeploymentContent, _ limits: RouteLimits, previous: CompiledStage?
    ) throws(CompileError) -> WebSocketStage {
        guard let selection = try SelectionKey(content.webSocket?.routeSelectionExpression) else {
            throw CompileError(message: "A WebSocket API needs a route selection expression.")
        }
        let authorizers = RouteAuthorizers(
            content.authorizers, variables, key, account, functions, gates, isWebSocket: true)
        var known: [String: CompiledRoute] = [:]
        // Stage variables, models and authorizers may stand in any route.
        if let previous, previous.variables == variables, let earlier = previous.webSocket, earlier.limits == limits,
            earlier.content.models == content.models, earlier.content.authorizers == content.authorizers
        {
            for route in earlier.all { known[route.name] = route }
        }
        var routes: [CompiledRoute] = []
        for route in content.routes {
            let integration = route.integrationId.flatMap { content.integrations[String($0)] }
            let function = resolve(integration)
            if let earlier = known[route.routeKey], let socket = earlier.socket, socket.source == route,
                socket.integration == integration, isSame(function, earlier.method?.function), earlier.authorizer == nil
            {
                routes.append(earlier)
                continue
            }
            routes.append(try compile(route, integration, function, content, authorizers, limits))
        }
        let isLogged = routes.contains { $0.socket?.logging != nil }
        return WebSocketStage(
            content, routes, selection, limits: limits,
            logSink: isLogged
                ? logs.sink(forExecutionLog: "API-Gateway-Execution-Logs_\(key.apiId)/\(key.stageName)") : nil)
    }

    private func compile(
        _ route: V2.Route, _ integration: V2.Integration?, _ function: ResolvedFunction?,
        _ content: V2.DeploymentContent, _ authorizers: RouteAuthorizers, _ limits: RouteLimits
    ) throws(CompileError) -> CompiledRoute {
        let lowered = integration.map(Self.lowered)
        let request = try RequestIntegration(
            lowered, pathVariables: [], stageVariables: variables, names: .webSocket,
            choice: .expression(try SelectionKey(integration?.templateSelectionExpression)))
        let authorizer = authorizers.authorizer(of: route)
        guard authorizer != nil || (route.authorizationType ?? "NONE") == "NONE" else {
            throw CompileError(
                message: "The route '\(route.routeKey)' asks for the authorization \(route.authorizationType ?? ""), "
                    + "which cannot be served.")
        }
        var method = REST.Method(httpMethod: "POST", authorizationType: route.authorizationType ?? "NONE")
        method.apiKeyRequired = route.apiKeyRequired ?? false
        method.methodIntegration = lowered
        let compiler = IntegrationCompiler(
            key: key, account: account, origins: origins, services: services, variables: variables)
        return CompiledRoute(
            route.routeKey, .default, variables: [],
            integration: lowered.map {
                compiler.compile($0, source: route.routeKey, function, Self.format($0), request)
            } ?? .missing,
            integrationURI: integration?.integrationUri, integrationId: route.integrationId.map(String.init),
            authorizer: authorizer, bucket: limits.bucket(route.routeKey), metrics: limits.metrics(route.routeKey),
            method: RESTMethod(
                method, resourceId: route.routeId, validation: nil, request: request,
                responses: try WebSocketResponses(integration),
                // What an origin answers is sent in frames, so that none of it passes as it comes.
                isProxy: false, function: function),
            socket: try WebSocketRoute(
                route, integration, validation: try MessageValidation(route, content),
                logging: limits.logging(route.routeKey)))
    }

    /// The function that an integration calls, if it is one of Lambda.
    private func resolve(_ integration: V2.Integration?) -> ResolvedFunction? {
        guard let integration, integration.integrationType?.hasPrefix("AWS") == true,
            let uri = integration.integrationUri, uri.contains(":lambda:path/")
        else { return nil }
        return ResolvedFunction(
            uri: StageVariables.fill(uri, variables), stageVariables: variables, directory: functions)
    }

    private func isSame(_ function: ResolvedFunction?, _ other: ResolvedFunction?) -> Bool {
        guard let function, let other else { return function == nil && other == nil }
        return function.isSame(as: other)
    }

    /// An integration as REST APIs have it.
    private static func lowered(_ integration: V2.Integration) -> REST.Integration {
        let type = integration.integrationType ?? ""
        var lowered = REST.Integration(type: type)
        lowered.uri = integration.integrationUri
        lowered.httpMethod = integration.integrationMethod
        lowered.connectionType = integration.connectionType
        lowered.connectionId = integration.connectionId
        lowered.credentials = integration.credentialsArn
        lowered.contentHandling = integration.contentHandlingStrategy
        lowered.requestParameters = integration.requestParameters
        lowered.timeoutInMillis = integration.timeoutInMillis ?? lowered.timeoutInMillis
        // A proxy passes its messages as they are.
        guard !type.hasSuffix("_PROXY") else { return lowered }
        lowered.passthroughBehavior = integration.passthroughBehavior ?? lowered.passthroughBehavior
        lowered.requestTemplates = integration.requestTemplates.map { templates in
            OrderedMap(templates.map { ($0.key, Optional($0.value)) })
        }
        return lowered
    }

    private static func format(_ integration: REST.Integration) -> PayloadFormat {
        integration.type == "AWS" ? .custom : .webSocket
    }
}
