import GatewayModel
import JSON

/// Why a stage cannot be compiled, in words for the caller of the management API.
package struct CompileError: Error, Sendable {
    package let message: String
}

/// Turns a stage's resources into something that only answers.
struct StageCompiler: Sendable {
    let functions: any FunctionDirectory
    let accessLogs: any AccessLogDirectory
    let origins: Origins
    let states: StageStates
    var authorizers: (any AuthorizerDirectory)?
    var services = AWSServices()
    /// Of function authorizers.
    let gates = FunctionGates()

    /// `previous` lends every part of which nothing has changed that it was made from: creating one route among
    /// thousands compiles one. `preparation` counts what is compiled.
    func compile(
        _ definition: StageDefinition, previous: CompiledStage?, preparation: Int = 0
    ) throws(CompileError) -> CompiledStage {
        // One and the same for all parts: it is kept by nobody else yet.
        let state = states.state(of: definition.key)
        let kind: CompiledStage.Kind
        switch definition.kind {
        case .http(let content): kind = .http(try httpStage(definition, content, previous, state))
        case .webSocket(let content):
            let compiler = WebSocketCompiler(
                key: definition.key, account: definition.account, variables: definition.variables,
                functions: functions, origins: origins, services: services, gates: gates, logs: accessLogs)
            let limits = RouteLimits(definition, state: state)
            kind = .webSocket(try compiler.stage(content, limits, previous: previous))
        case .rest(let content):
            let compiler = RESTCompiler(
                key: definition.key, account: definition.account, functions: functions, origins: origins,
                services: services, logs: accessLogs, state: state, gates: gates, tokens: authorizers)
            kind = .rest(try compiler.stage(definition, content, previous: previous?.rest))
        }
        return CompiledStage(
            definition, kind, preparation: preparation, accessLog: accessLog(definition, previous),
            state: state)
    }

    private func httpStage(
        _ definition: StageDefinition, _ content: V2.DeploymentContent, _ previous: CompiledStage?, _ state: StageState
    ) throws(CompileError) -> HTTPStage {
        let variables = definition.variables
        // Stage variables may stand in any integration.
        let limits = RouteLimits(definition, state: state)
        // The limits of all routes may be others now.
        var routes = RouteSet()
        if let previous, previous.variables == variables, let http = previous.http, http.limits == limits {
            routes = http.routeSet
        }
        try routes.update(
            to: content,
            RouteCompiler(
                key: definition.key, account: definition.account, stageVariables: variables, functions: functions,
                origins: origins, authorizers: authorizers, definitions: content.authorizers,
                gates: gates, vpcLinks: services.vpcLinks, limits: limits))
        return HTTPStage(content, routes: routes, limits: limits, cors: cors(content, previous?.http))
    }

    private func cors(_ content: V2.DeploymentContent, _ previous: HTTPStage?) -> CompiledCORS? {
        let settings = content.corsConfiguration
        if let previous, previous.content.corsConfiguration == settings { return previous.cors }
        return settings.map(CompiledCORS.init)
    }

    private func accessLog(_ definition: StageDefinition, _ previous: CompiledStage?) -> CompiledAccessLog? {
        let settings = definition.accessLogSettings
        let hasCanary = definition.rest?.canary != nil
        if let previous, previous.accessLogSettings == settings, (previous.rest?.canary != nil) == hasCanary {
            return previous.accessLog
        }
        guard let destination = settings?.destinationArn, let format = settings?.format else { return nil }
        let variables =
            switch definition.kind {
            case .http: HTTPPipeline.contextVariables
            case .webSocket: WebSocketPipeline.contextVariables
            case .rest: RESTPipeline.contextVariables
            }
        // A delivery stream is one for all.
        let canarySink =
            hasCanary && destination.contains(":log-group:") ? accessLogs.sink(for: destination + "/Canary") : nil
        return CompiledAccessLog(
            format: format, sink: accessLogs.sink(for: destination), canarySink: canarySink, variables: variables)
    }
}
