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
    /// None are served yet.
    var authorizers: (any AuthorizerDirectory)?

    /// `previous` lends every part of which nothing has changed that it was made from: creating one route among
    /// thousands compiles one. `preparation` counts what is compiled.
    func compile(
        _ definition: V2.StageDefinition, previous: CompiledStage?, preparation: Int = 0
    ) throws(CompileError) -> CompiledStage {
        let key = definition.key
        let variables = definition.stage.stageVariables ?? [:]
        // Stage variables may stand in any integration.
        var routes = previous.flatMap { $0.variables == variables ? $0.http?.routeSet : nil } ?? RouteSet()
        try routes.update(
            to: definition.content,
            RouteCompiler(
                key: key, account: definition.account, stageVariables: variables, functions: functions,
                origins: origins, authorizers: authorizers))
        let stage = HTTPStage(definition, routes: routes, cors: cors(definition, previous?.http))
        return CompiledStage(
            .http(stage), key: key, account: definition.account, preparation: preparation, variables: variables,
            accessLog: accessLog(definition, previous),
            isEndpointDisabled: definition.content.disableExecuteApiEndpoint, state: states.state(of: key))
    }

    private func cors(_ definition: V2.StageDefinition, _ previous: HTTPStage?) -> CompiledCORS? {
        let settings = definition.content.corsConfiguration
        if let previous, previous.definition.content.corsConfiguration == settings { return previous.cors }
        return settings.map(CompiledCORS.init)
    }

    private func accessLog(_ definition: V2.StageDefinition, _ previous: CompiledStage?) -> CompiledAccessLog? {
        let settings = definition.stage.accessLogSettings
        if let previous, previous.http?.definition.stage.accessLogSettings == settings { return previous.accessLog }
        guard let destination = settings?.destinationArn, let format = settings?.format else { return nil }
        return CompiledAccessLog(format: format, sink: accessLogs.sink(for: destination))
    }
}
