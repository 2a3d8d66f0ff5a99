import GatewayModel
import JSON
import NIOCore

/// One stage of one API, ready to answer. Nothing in it changes.
final class CompiledStage: Sendable {
    /// What it was made from.
    let definition: V2.StageDefinition
    /// Which compilation this is: of two versions of a stage the one with the higher number is the later one.
    let preparation: Int
    let key: V2.StageKey
    let account: AccountIdentity
    let name: [UInt8]
    let isDefault: Bool
    let router: Router
    let routes: RouteTable
    /// What the stage's next version takes over.
    let routeSet: RouteSet
    let cors: CompiledCORS?
    let accessLog: CompiledAccessLog?
    /// `disableExecuteApiEndpoint`: the default host name does not serve.
    let isEndpointDisabled: Bool
    /// `{apiId}.execute-api.{region}.amazonaws.com`, for calls that name the API by path.
    let domainName: [UInt8]
    /// `"accountId":"…","apiId":"…"`
    let eventIdentity: [UInt8]
    let variables: OrderedMap<String>
    /// The stage variables as a JSON object, or nil when there are none.
    let eventStageVariables: [UInt8]?
    /// What outlives this version of the stage.
    let state: StageState
    /// Those of `state`, which itself is weakly known elsewhere: counting its references takes the longer way.
    let metrics: [NIOLoopBoundBox<StageMetrics>]

    init(
        _ definition: V2.StageDefinition, preparation: Int, routes: RouteSet, cors: CompiledCORS?,
        accessLog: CompiledAccessLog?, state: StageState
    ) {
        let key = definition.key
        let account = definition.account
        self.definition = definition
        self.preparation = preparation
        self.key = key
        self.account = account
        name = Array(key.stageName.utf8)
        isDefault = key.stageName == "$default"
        router = routes.router
        self.routes = routes.table
        routeSet = routes
        self.cors = cors
        self.accessLog = accessLog
        isEndpointDisabled = definition.content.disableExecuteApiEndpoint
        domainName = Array("\(key.apiId).execute-api.\(account.region).amazonaws.com".utf8)
        eventIdentity = Array("\"accountId\":\"\(account.accountId)\",\"apiId\":\"\(key.apiId)\"".utf8)
        variables = definition.stage.stageVariables ?? [:]
        eventStageVariables =
            variables.isEmpty
            ? nil : JSONValue.object(JSONObject(variables.map { ($0.key, .string($0.value)) })).bytes
        self.state = state
        metrics = state.metrics
    }
}

/// One route with the integration it calls.
final class CompiledRoute: Sendable {
    let source: V2.Route
    let integrationSource: V2.Integration?
    let key: RouteKey
    /// The route key as text.
    let keyText: [UInt8]
    /// The path template of the route key; `$default` for the default route.
    let resourcePath: [UInt8]
    /// Names of the path variables in order, without `+`.
    let variables: [[UInt8]]
    let integration: CompiledIntegration
    /// nil where anybody may call.
    let authorizer: (any Authorizer)?

    init(
        source: V2.Route, integrationSource: V2.Integration?, key: RouteKey, variables: [[UInt8]],
        integration: CompiledIntegration, authorizer: (any Authorizer)? = nil
    ) {
        self.source = source
        self.integrationSource = integrationSource
        self.key = key
        keyText = Array(source.routeKey.utf8)
        resourcePath = Array((key == .default ? "$default" : key.path).utf8)
        self.variables = variables
        self.integration = integration
        self.authorizer = authorizer
    }
}

enum CompiledIntegration: Sendable {
    case function(FunctionIntegration)
    case http(HTTPIntegration)
    /// The route has no target: it answers 500 (AWS's answer is unconfirmed).
    case missing
}
