import GatewayModel
import HTTPFront
import JSON
import NIOCore

/// What a stage of a WebSocket API has beyond what every stage has.
final class WebSocketStage: Sendable {
    /// What it was made from.
    let content: V2.DeploymentContent
    let limits: RouteLimits
    let connect: CompiledRoute?
    let disconnect: CompiledRoute?
    /// `apiKeySelectionExpression` names the authorizer.
    let takesKeyFromAuthorizer: Bool
    /// The group of the stage's execution log; nil where nothing is logged.
    let logSink: (any AccessLogSink)?
    private let otherwise: CompiledRoute?
    private let routes: [[UInt8]: CompiledRoute]
    /// `routeSelectionExpression`
    private let selection: SelectionKey

    init(
        _ content: V2.DeploymentContent, _ routes: [CompiledRoute], _ selection: SelectionKey, limits: RouteLimits,
        logSink: (any AccessLogSink)?
    ) {
        self.logSink = logSink
        self.content = content
        self.limits = limits
        self.selection = selection
        takesKeyFromAuthorizer =
            content.webSocket?.apiKeySelectionExpression == "$context.authorizer.usageIdentifierKey"
        func special(_ key: String) -> CompiledRoute? { routes.first { $0.keyText.elementsEqual(key.utf8) } }
        connect = special("$connect")
        disconnect = special("$disconnect")
        otherwise = special("$default")
        // Nobody sends a message to the special routes by naming them (AWS's answer is unconfirmed).
        var named: [[UInt8]: CompiledRoute] = [:]
        for route in routes where route.keyText.first != UInt8(ascii: "$") { named[route.keyText] = route }
        self.routes = named
    }

    var all: [CompiledRoute] { [connect, disconnect, otherwise].compactMap(\.self) + routes.values }

    /// The route of a message: the one whose key the expression yields, else `$default`. Source: Developer Guide,
    /// websocket-api-develop-routes.
    func route(of x: Exchange) -> CompiledRoute? {
        // What is no JSON is never selected for, even by an expression that asks it for nothing.
        guard selection.readsMessage || JSONText(x.body) != nil, let key = selection.value(x) else { return otherwise }
        return routes[key] ?? otherwise
    }
}

/// What only routes of WebSocket APIs have.
final class WebSocketRoute: Sendable {
    /// What it was made from.
    let source: V2.Route
    let integration: V2.Integration?
    /// Whether what the integration answers is sent to the client: with a selection expression and a response of the route.
    let isTwoWay: Bool
    /// What `$connect` asks for, by name; nil where nothing is required.
    let requiredParameters: [(name: String, source: ParameterSource)]
    let validation: MessageValidation?
    /// nil where nothing is written down.
    let logging: ExecutionLog.Setting?

    init(
        _ source: V2.Route, _ integration: V2.Integration?, validation: MessageValidation?,
        logging: ExecutionLog.Setting?
    ) throws(CompileError) {
        self.source = source
        self.integration = integration
        isTwoWay =
            source.routeResponseSelectionExpression == "$default" && source.routeResponses?.isEmpty == false
        var required: [(name: String, source: ParameterSource)] = []
        for (name, constraints) in source.requestParameters ?? [:] where constraints.required == true {
            required.append(
                (name, try ParameterSource(name, pathVariables: [], stageVariables: [:], names: .webSocket)))
        }
        requiredParameters = required
        self.validation = validation
        self.logging = logging
    }

    /// Refuses a handshake without what the route asks for (AWS's answer is unconfirmed; it is that of REST APIs).
    func checkParameters(_ x: Exchange) throws(Refusal) {
        guard !requiredParameters.isEmpty else { return }
        let values = ParameterValues(x: x)
        let missing = requiredParameters.filter { values.value($0.source) == nil }
        guard missing.isEmpty else {
            x.reason = "was called without \(missing.map(\.name).joined(separator: ", "))"
            throw .missingParameters
        }
    }
}

extension CompiledStage {
    /// The payload of a WebSocket API's stage; nil for another kind.
    var webSocket: WebSocketStage? { if case .webSocket(let stage) = kind { stage } else { nil } }
}
